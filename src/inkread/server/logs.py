"""One JSON object a line on standard error: what was asked and how it ended, never what was in it.

Neither image, nor text read, nor file name, nor query (it may hold an address) is logged.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
import uuid
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from inkread.errors import InkreadError

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = logging.getLogger("inkread.server")


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; ``extra={"fields": {...}}`` adds members."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "message": record.getMessage(),
        }
        entry.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1]:
            entry.update(origin(record.exc_info[1]))
        return json.dumps(entry, ensure_ascii=False)


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "inkread.server.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        "inkread.server": {"level": "INFO"},
        "gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
        "flask-limiter": {"level": "ERROR"},
    },
}
"""For ``logging.config.dictConfig``: everything as JSON lines on standard error."""


def origin(error: BaseException) -> dict[str, object]:
    """Return where an exception comes from; its message, which may quote content, only if it is ours."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    fields: dict[str, object] = {"error": type(error).__name__, "where": where}
    return fields | ({"reason": str(error)} if isinstance(error, InkreadError) else {})


def register(app: Flask) -> None:
    """Give every request an id, and log it when its answer has gone out."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        g.started = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        fields: dict[str, object] = {
            "request_id": g.request_id,
            "method": request.method,
            "route": request.url_rule.rule if request.url_rule else "",
            "status": response.status_code,
            "bytes_in": request.content_length or 0,
            "client": request.remote_addr or "",
        }
        if "problem" in g:
            fields["problem"] = g.problem
        tally, started = g.get("tally"), g.started

        def write() -> None:
            fields["ms"] = round((time.perf_counter() - started) * 1000, 1)
            if tally is not None:
                fields["pages"], fields["lines"] = tally.pages, tally.lines
            quiet = _is_a_probe(str(fields["route"]))
            log.log(logging.DEBUG if quiet else logging.INFO, "request", extra={"fields": fields})

        response.call_on_close(write)
        return response


def _is_a_probe(route: str) -> bool:
    """Whether a route is one that machines ask every few seconds."""
    return route in ("/healthz", "/readyz", "/metrics")
