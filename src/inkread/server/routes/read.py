"""``POST /v1/read``: an image or a PDF in, its text out in any format, at once or page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, request, stream_with_context

from inkread.images.open import count_pages
from inkread.rejection import reject
from inkread.server import streams
from inkread.server.answers import Pictured, model_header, refuse_several, written
from inkread.server.problems import explain
from inkread.server.routes.admission import admitted
from inkread.server.schemas import Document, ReadOptions, of_form
from inkread.server.service import Service
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
        options = _DEFAULTS | of_form(ReadOptions, upload.fields) | query
        model = service.model(options["mode"])
        pages = _pages(service, upload, options)
        stream = options.get("stream") or _stream_by_header()
        if stream:
            of = count_pages(upload.content, limits=service.settings.limits)
            events = streams.events((page for page, _ in pages), of, model, explain)
            answer = Response(
                stream_with_context(streams.encode(stream, events)), mimetype=streams.MIMETYPES[stream]
            )
            answer.headers["Cache-Control"] = "no-store"
            answer.headers["X-Accel-Buffering"] = "no"  # proxies pass each page on at once
        else:
            writer = WRITERS[options["format"]]
            if writer.single:
                refuse_several(writer, count_pages(upload.content, limits=service.settings.limits))
            answer = written(writer, pages)
        answer.headers["Inkread-Model"] = model_header(model)
        return answer

    return routes


def _pages(service: Service, upload: Upload, options: Mapping[str, Any]) -> Pictured:
    for page, image in service.pages(upload.content, upload.name, options["mode"], g.deadline, g.tally):
        page = reject(page, options.get("reject"))
        yield PicturedPage(page if options["timing"] else replace(page, timing=()), image)


def _stream_by_header() -> str:
    wanted = {mimetype for mimetype, _ in request.accept_mimetypes}
    return next((name for name, mimetype in streams.MIMETYPES.items() if mimetype in wanted), "")
