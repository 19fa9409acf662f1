"""``POST /v1/write``: a reading that was corrected, in any format."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g

from inkread.document import Page
from inkread.server.answers import Pictured, refuse_several, written
from inkread.server.documents import corrected_pages
from inkread.server.problems import Problem
from inkread.server.routes.admission import admitted
from inkread.server.schemas import WriteOptions, of_form
from inkread.server.service import Service
from inkread.server.upload import received_correction
from inkread.writers import WRITERS, PicturedPage


def blueprint(service: Service) -> APIBlueprint:
    """Return the route."""
    routes = admitted("write", service)

    @routes.post("/write")
    @routes.input(WriteOptions, location="query", arg_name="query")
    @routes.doc(summary="Write a corrected reading", operation_id="write")
    def write(query: dict[str, Any]) -> Response:
        """Write a corrected reading in any format.

        The reading is what `/v1/read` gave as JSON, with the `text` of its lines corrected; the
        words find their places by it. A format that shows the image, such as PDF, needs the form's
        field `file` as well.
        """
        sent = received_correction(service.settings.upload_seconds)
        chosen = ({"format": "json"} | of_form(WriteOptions, sent.fields) | query)["format"]
        writer = WRITERS[chosen]
        with service.gate.turn(g.deadline, service.settings.patience):
            pages = corrected_pages(sent.document, service.settings.max_pages, g.deadline)
        refuse_several(writer, len(pages))
        if writer.pictured and not sent.file:
            raise Problem("no-image", f'The format {chosen} shows the image; send it as the field "file".')
        answer = written(writer, _pictured(service, pages, sent.file if writer.pictured else b""))
        answer.headers.set("Content-Disposition", "attachment", filename=f"text{writer.suffix}")
        return answer

    return routes


def _pictured(service: Service, pages: list[Page], file: bytes) -> Pictured:
    """Yield the pages, each when it is its turn, with its image where there is a file."""
    for page in pages:
        if file:
            with service.page_image(file, page.number, g.deadline, page) as opened:
                yield PicturedPage(page, opened.image)
        else:
            with service.gate.turn(g.deadline, service.settings.patience):
                yield PicturedPage(page)
