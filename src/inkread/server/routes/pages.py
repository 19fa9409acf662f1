"""What people see: the page, the documentation, the list of problems; all files are our own."""

from __future__ import annotations

from importlib.resources import as_file, files

from apiflask import APIBlueprint
from flask import Response, abort, render_template, request, send_from_directory

from inkread import __version__
from inkread.server.problems import KINDS
from inkread.server.service import MODES, Service
from inkread.writers import WRITERS, available

_SWAGGER = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
}
_GREETING = """inkread {version} reads handwriting.

  curl -F file=@page.jpg {url}v1/read?format=txt
  curl -F file=@line.png {url}v1/predict

{url}docs tells the rest.
"""


def blueprint(service: Service) -> APIBlueprint:
    """Return the routes; none of them is part of the API's document."""
    routes = APIBlueprint("pages", __name__, enable_openapi=False)

    @routes.get("/")
    def home() -> Response:
        if "text/html" in {mimetype for mimetype, _ in request.accept_mimetypes}:
            settings = service.settings
            formats = {name: WRITERS[name] for name in available()}
            answer = Response(render_template("index.html", formats=formats, modes=MODES, settings=settings))
        else:
            text = _GREETING.format(version=__version__, url=request.host_url)
            answer = Response(text, content_type="text/plain; charset=utf-8")
        answer.vary.add("Accept")
        return answer

    @routes.get("/docs")
    def docs() -> str:
        return render_template("docs.html")

    @routes.get("/docs/<name>")
    def docs_file(name: str) -> Response:
        if name not in _SWAGGER:
            abort(404)
        with as_file(files("flask_swagger_ui") / "dist") as folder:
            return send_from_directory(folder, name, mimetype=_SWAGGER[name], max_age=3600)

    @routes.get("/problems")
    def problems() -> str:
        return render_template("problems.html", kinds=KINDS.values())

    return routes
