"""The application: settings in, a WSGI application out, everything it needs wired together here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from apiflask import APIFlask
from flask import Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from inkread import __version__
from inkread.errors import InkreadError
from inkread.server import cors, logs, openapi, problems, rates
from inkread.server.addresses import Guard
from inkread.server.answers import model_header
from inkread.server.fetch import Fetcher
from inkread.server.metrics import Metrics
from inkread.server.routes import corrections, pages, picture, predict, read, state, write
from inkread.server.service import Service
from inkread.server.settings import Settings
from inkread.server.upload import InMemoryRequest

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class Application(APIFlask):
    """The Flask application, with the service that reads for it."""

    request_class = InMemoryRequest
    service: Service


def create_app(
    settings: Settings | None = None, *, service: Service | None = None, fetcher: Fetcher | None = None
) -> Application:
    """Make the application. Make it after a fork: what it opens does not survive one.

    Args:
        settings: see there.
        service: what reads; by default one made of ``settings``.
        fetcher: what fetches images by address; by default one made of ``settings``.

    Raises:
        ConfigError: an allow list that is not understood.
    """
    settings = settings or (service.settings if service else Settings())
    app = Application(
        "inkread.server",
        title="inkread",
        version=__version__,
        docs_path=None,
        json_errors=False,
        static_folder="page/static",
        template_folder="page/templates",
    )
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]
    metrics = service.metrics if service else Metrics()
    app.service = service or Service(settings, metrics)
    if settings.image_url and fetcher is None:
        guard = Guard.parse(settings.image_url_allow)
        fetcher = Fetcher(guard, settings.max_bytes, settings.fetch_seconds)

    logs.register(app)
    metrics.register(app)
    cors.register(app, settings.cors)
    problems.register(app)
    openapi.register(app)
    reading = [predict.blueprint(app.service, fetcher)]
    reading += [route.blueprint(app.service) for route in (read, write, picture, corrections)]
    rates.register(app, reading, settings.rate)
    for blueprint in (*reading, state.blueprint(app.service, metrics), pages.blueprint(app.service)):
        app.register_blueprint(blueprint)
    app.after_request(_headers(app.service))
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _headers(service: Service) -> Callable[[Response], Response]:
    """Return what names the model in every answer, and keeps browsers from guessing and calling out."""

    def add(response: Response) -> Response:
        headers = response.headers
        if "Inkread-Model" not in headers:
            with contextlib.suppress(InkreadError):
                headers["Inkread-Model"] = model_header(service.model())
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        inline = " 'unsafe-inline'" if request.path == "/docs" else ""  # Swagger UI styles in place
        headers["Content-Security-Policy"] = _CSP.format(styles=inline)
        return response

    return add
