"""``POST /v1/read``: an image or a PDF in, its text out in any format, at once or page by page."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, request, stream_with_context
from marshmallow import EXCLUDE, ValidationError

from inkread.document import Page
from inkread.images.open import count_pages
from inkread.server import streams
from inkread.server.problems import Problem, explain, faults
from inkread.server.routes.admission import admitted
from inkread.server.schemas import Document, ReadOptions
from inkread.server.service import Service, without_timing
from inkread.server.upload import Upload, received
from inkread.writers import WRITERS, PicturedPage

_DEFAULTS: dict[str, Any] = {"mode": "page", "format": "json", "timing": False}


def blueprint(service: Service) -> APIBlueprint:
    """Return the route."""
    routes = admitted("read", service)

    @routes.post("/read")
    @routes.input(ReadOptions, location="query", arg_name="query")
    @routes.output(Document, description="What is written there, in the format asked for.")
    @routes.doc(summary="Read an image or a PDF", operation_id="read")
    def read(query: dict[str, Any]) -> Response:
        """Read an image or a PDF.

        The file is the body, or a form's field `file`, or a data URL in JSON. With `stream` each
        page is sent as soon as it is read.
        """
        upload = received(service.settings.upload_seconds)
        options = _DEFAULTS | _of_form(upload.fields) | query
        model = service.model(options["mode"])
        pages = _pages(service, upload, options)
        stream = options.get("stream") or _stream_by_header()
        if stream:
            of = count_pages(upload.content, limits=service.settings.limits)
            events = streams.events(pages, of, model, explain)
            answer = Response(
                stream_with_context(streams.encode(stream, events)), mimetype=streams.MIMETYPES[stream]
            )
            answer.headers["Cache-Control"] = "no-store"
            answer.headers["X-Accel-Buffering"] = "no"  # proxies pass each page on at once
        else:
            out = io.BytesIO()
            WRITERS[options["format"]].write([PicturedPage(page) for page in pages], out)
            answer = Response(out.getvalue(), content_type=content_type(options["format"]))
        answer.headers["Inkread-Model"] = f"{model.name}/{model.version}"
        return answer

    return routes


def content_type(name: str) -> str:
    """Return what a writer's output is called on the wire."""
    kind = WRITERS[name].mimetype
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _pages(service: Service, upload: Upload, options: Mapping[str, Any]) -> Iterator[Page]:
    read = service.pages(upload.content, upload.name, options["mode"], g.deadline, g.tally)
    return read if options["timing"] else map(without_timing, read)


def _of_form(fields: Mapping[str, str]) -> dict[str, Any]:
    given = {name: value for name, value in fields.items() if value}
    try:
        return dict(ReadOptions().load(given, unknown=EXCLUDE))
    except ValidationError as error:
        raise Problem("bad-request", faults(error.messages_dict)) from None


def _stream_by_header() -> str:
    wanted = {mimetype for mimetype, _ in request.accept_mimetypes}
    return next((name for name, mimetype in streams.MIMETYPES.items() if mimetype in wanted), "")
