"""``/v1/predict``, the contract of the original: one line's image in, ``{"pred", "conf"}`` out."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g

from inkread.server.fetch import Fetcher
from inkread.server.problems import Problem
from inkread.server.routes.admission import admitted
from inkread.server.schemas import Prediction, PredictQuery
from inkread.server.service import Service
from inkread.server.upload import received


def blueprint(service: Service, fetcher: Fetcher | None) -> APIBlueprint:
    """Return the routes; without a fetcher images are not fetched."""
    routes = admitted("predict", service)

    @routes.get("/predict")
    @routes.input(PredictQuery, location="query", arg_name="query")
    @routes.output(Prediction, description="The line's text.")
    @routes.doc(summary="Read one line that lies at an address", operation_id="predict_address")
    def predict_address(query: dict[str, str]) -> dict[str, Any]:
        """Read one line that lies at an address."""
        if fetcher is None:
            raise Problem("address-refused", "Fetching is switched off here; send the image by POST.")
        return predict(fetcher.fetch(query["image_url"]))

    @routes.post("/predict")
    @routes.output(Prediction, description="The line's text.")
    @routes.doc(summary="Read one line", operation_id="predict")
    def predict_body() -> dict[str, Any]:
        """Read one line, sent as a data URL in JSON, as a form's file, or as the body."""
        return predict(received(service.settings.upload_seconds).content)

    def predict(content: bytes) -> dict[str, Any]:
        page, _ = next(service.pages(content, "", "line", g.deadline, g.tally))
        return {"pred": page.text, "conf": round(page.lines[0].confidence, 4) if page.lines else 0.0}

    return routes
