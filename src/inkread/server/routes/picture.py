"""``POST /v1/picture``: a page as a JPEG that any browser can show, whatever the file is."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g

from inkread.server.pictures import jpeg, shrunk
from inkread.server.routes.admission import admitted
from inkread.server.schemas import PictureQuery
from inkread.server.service import Service
from inkread.server.upload import received

SIDE = 2000  # pixels of the longer side, at most
QUALITY = 85


def blueprint(service: Service) -> APIBlueprint:
    """Return the route."""
    routes = admitted("picture", service)

    @routes.post("/picture")
    @routes.input(PictureQuery, location="query", arg_name="query")
    @routes.doc(summary="Show a page", operation_id="picture")
    def picture(query: dict[str, Any]) -> Response:
        """Show a page of an image or a PDF as a JPEG, turned as EXIF says.

        The file is sent as to `/v1/read`. `Inkread-Width` and `Inkread-Height` give the size of
        the page in the pixels that a reading's coordinates count in.
        """
        upload = received(service.settings.upload_seconds)
        with service.page_image(upload.content, query.get("page", 1), g.deadline) as opened:
            height, width = opened.image.shape[:2]
            content = jpeg(shrunk(opened.image, SIDE), QUALITY)
        answer = Response(content, mimetype="image/jpeg")
        answer.headers["Inkread-Width"], answer.headers["Inkread-Height"] = str(width), str(height)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return routes
