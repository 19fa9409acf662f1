"""What machines ask: alive, ready, figures, models."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from inkread.server.metrics import Metrics
from inkread.server.schemas import Models, State
from inkread.server.service import MODES, Service
from inkread.writers import available


def blueprint(service: Service, metrics: Metrics) -> APIBlueprint:
    """Return the routes."""
    routes = APIBlueprint("state", __name__, tag="State")

    @routes.get("/healthz")
    @routes.output(State, description="It lives.")
    @routes.doc(summary="Whether the server lives", operation_id="healthz")
    def healthz() -> dict[str, str]:
        """Whether the server lives; asks nothing of the models."""
        return {"status": "ok"}

    @routes.get("/readyz")
    @routes.output(State, description="It can read.")
    @routes.doc(summary="Whether the server can read", operation_id="readyz")
    def readyz() -> dict[str, str]:
        """Whether the models are open; opens them if need be."""
        service.model()
        return {"status": "ready"}

    @routes.get("/metrics")
    @routes.doc(summary="Figures for Prometheus", operation_id="metrics")
    def figures() -> Response:
        """Requests, seconds of each stage, the queue and refusals, in Prometheus' text format."""
        return metrics.response()

    @routes.get("/v1/models")
    @routes.output(Models, description="The models, modes and formats.")
    @routes.doc(summary="The models that read", operation_id="models")
    def models() -> dict[str, Any]:
        """The models that are there, the modes and formats that `/v1/read` takes, and what is kept."""
        return {
            "models": service.models,
            "modes": list(MODES),
            "formats": list(available()),
            "collect": service.settings.collect is not None,
        }

    return routes
