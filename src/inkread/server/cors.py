"""Pages of other origins may use this server only where its operator named them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, request

_EXPOSED = ("Inkread-Model", "Inkread-Width", "Inkread-Height", "X-Request-Id", "Retry-After")
_ALLOW = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, X-Request-Id",
    "Access-Control-Expose-Headers": ", ".join(_EXPOSED),
    "Access-Control-Max-Age": "600",
}


def register(app: Flask, origins: Sequence[str]) -> None:
    """Let pages of ``origins`` in, or of all where that is ``("*",)``; credentials never."""
    if not origins:
        return

    @app.after_request
    def allow(response: Response) -> Response:
        origin = request.headers.get("Origin")
        everyone = "*" in origins
        if not everyone:
            response.vary.add("Origin")
        if origin and (everyone or origin in origins):
            response.headers["Access-Control-Allow-Origin"] = "*" if everyone else origin
            response.headers.extend(_ALLOW)
        return response
