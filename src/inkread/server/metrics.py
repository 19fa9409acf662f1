"""What a server tells Prometheus: requests, stages, the queue, refusals. Nothing leaves by itself.

Where several workers serve together, each counts into files of the folder that
``PROMETHEUS_MULTIPROC_DIR`` names, and any of them answers for all.
"""

from __future__ import annotations

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from inkread.document import Page

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self._registry = own = CollectorRegistry()
        self.requests = Counter(
            "inkread_requests", "Requests answered.", ["method", "route", "status"], registry=own
        )
        self.seconds = Histogram(
            "inkread_request_seconds",
            "Time until the whole answer is out.",
            ["route"],
            buckets=_SECONDS,
            registry=own,
        )
        self.stages = Histogram(
            "inkread_stage_seconds",
            "Time of each stage of a page.",
            ["stage"],
            buckets=_SECONDS,
            registry=own,
        )
        self.refused = Counter(
            "inkread_refused", "Requests refused, by kind of problem.", ["problem"], registry=own
        )
        self.pages = Counter("inkread_pages", "Pages read.", registry=own)
        self.lines = Counter("inkread_lines", "Lines read.", registry=own)
        self._inside = Gauge(
            "inkread_requests_held",
            "Requests being read or waiting.",
            multiprocess_mode="livesum",
            registry=own,
        )
        self._waiting = Gauge(
            "inkread_pages_waiting",
            "Pages waiting for their turn.",
            multiprocess_mode="livesum",
            registry=own,
        )

    def queue(self, inside: int, waiting: int) -> None:
        """Note how many requests are held and how many pages wait."""
        self._inside.set(inside)
        self._waiting.set(waiting)

    def page(self, page: Page, waited: float) -> None:
        """Count a page that has been read with ``timing``."""
        self.pages.inc()
        self.lines.inc(len(page.lines))
        self.stages.labels("queue").observe(waited)
        for stage, seconds in page.timing:
            self.stages.labels(stage).observe(seconds)

    def register(self, app: Flask) -> None:
        """Count the requests of ``app``."""

        @app.after_request
        def count(response: Response) -> Response:
            route = request.url_rule.rule if request.url_rule else "none"
            method = request.method if request.method in ("GET", "HEAD", "POST", "OPTIONS") else "other"
            started, problem = g.started, g.get("problem")

            def write() -> None:
                self.requests.labels(method, route, str(response.status_code)).inc()
                self.seconds.labels(route).observe(time.perf_counter() - started)
                if problem:
                    self.refused.labels(problem).inc()

            response.call_on_close(write)
            return response

    def response(self) -> Response:
        """Return all figures in Prometheus' text format."""
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
