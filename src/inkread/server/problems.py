"""Every error is a problem document (RFC 9457): what went wrong, and what to do about it.

A browser that asks for a page gets the same words as HTML.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from inkread.errors import InkreadError, InputError
from inkread.server.logs import origin

MIMETYPE = "application/problem+json"

log = logging.getLogger("inkread.server")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name in addresses, its status, and what is always true of it."""

    slug: str
    status: int
    title: str
    advice: str


KINDS = {
    kind.slug: kind
    for kind in (
        Kind("bad-request", 400, "The request is not understood", "See /docs for what it may hold."),
        Kind(
            "no-image",
            400,
            "There is no image in the request",
            'Send the file as the body, as the form field "file", or as JSON {"image": "data:..."}.',
        ),
        Kind("foreign-page", 403, "Another site's page asked", "Use the page that this server gives."),
        Kind(
            "unknown-host",
            403,
            "The server does not go by this name",
            "Use http://localhost, or start the server with --collect-host NAME.",
        ),
        Kind("not-found", 404, "There is nothing here", "See /docs for what there is."),
        Kind("not-collecting", 404, "Nothing is kept here", "Start the server with --collect FOLDER."),
        Kind("method-not-allowed", 405, "Not by this method", "See the header Allow for those that work."),
        Kind("too-large", 413, "The request is too large", "Scale the image down, or split the document."),
        Kind("unreadable", 422, "The image cannot be opened", "Convert it to JPEG, PNG or PDF."),
        Kind("address-refused", 422, "The address is refused", "Give a public http or https address."),
        Kind("fetch-failed", 422, "The image cannot be fetched", "Check the address, or send the image."),
        Kind("too-many-requests", 429, "Too many requests", "Wait as long as Retry-After says."),
        Kind("internal", 500, "Something broke inside", "Try again; report the request_id if it stays."),
        Kind("unavailable", 503, "The reader is not there", "Look at the server's log, or come back later."),
        Kind("busy", 503, "The server is busy", "Wait as long as Retry-After says, then send it again."),
        Kind("full", 507, "The folder takes no more", "Make room there, or raise --collect-megabytes."),
        Kind("too-slow", 503, "The reading took too long", "Send fewer pages, or a smaller image."),
    )
}
_BY_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 429: "too-many-requests"}


class Problem(Exception):
    """An error with a kind of ``KINDS`` and one sentence on this case."""

    def __init__(self, slug: str, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
        self.kind = KINDS[slug]
        self.detail = detail or self.kind.advice
        self.headers = dict(headers or {})
        super().__init__(self.detail)

    @classmethod
    def of(cls, error: Exception) -> Problem:
        """Return what any exception means to a client; what is not on purpose tells nothing."""
        if isinstance(error, Problem):
            return error
        if isinstance(error, InputError):
            return cls("unreadable", str(error))
        if isinstance(error, InkreadError):
            return cls("unavailable")
        return cls("internal")

    def as_dict(self) -> dict[str, object]:
        """Return the members of the document."""
        kind = self.kind
        return {
            "type": f"/problems#{kind.slug}",
            "title": kind.title,
            "status": kind.status,
            "detail": self.detail,
            "request_id": g.get("request_id", ""),
        }

    def response(self) -> Response:
        """Return the document in the form that the client prefers."""
        g.problem = self.kind.slug
        if _wants_html():
            body, mimetype = render_template("problem.html", problem=self), "text/html"
        else:
            body, mimetype = json.dumps(self.as_dict(), ensure_ascii=False), MIMETYPE
        response = Response(body, self.kind.status, self.headers, mimetype=mimetype)
        response.vary.add("Accept")
        return response


def register(app: APIFlask) -> None:
    """Turn every exception of ``app`` into a problem document."""
    app.register_error_handler(Problem, Problem.response)
    app.register_error_handler(HTTPError, _of_validation)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_any)


def explain(error: Exception) -> Problem:
    """Return what any exception means to a client, and log those that nobody expected."""
    problem = Problem.of(error)
    if problem.kind.slug in ("internal", "unavailable", "full"):
        log.error("failed", extra={"fields": {"request_id": g.get("request_id", "")} | origin(error)})
    return problem


def faults(messages: Mapping[str, Any]) -> str:
    """Return what is wrong with each parameter, as one text."""
    return " ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in messages.items())


def _of_any(error: Exception) -> Response:
    return explain(error).response()


def _of_http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:  # a redirect is no problem
        return error
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    slug = _BY_STATUS.get(error.code, "bad-request" if error.code < 500 else "internal")
    return Problem(slug, headers=headers).response()


def _of_validation(error: HTTPError) -> Response:
    return Problem("bad-request", " ".join(map(faults, error.detail.values()))).response()


def _wants_html() -> bool:
    best = request.accept_mimetypes.best_match([MIMETYPE, "application/json", "text/html"], MIMETYPE)
    return best == "text/html"
