"""Errors are problem documents with ids, for people as pages, and tell nothing of the inside."""

from __future__ import annotations

import io
import json
import logging

import pytest
from flask.testing import FlaskClient

from inkread.server.problems import KINDS, MIMETYPE, Problem
from tests.server.conftest import LINE_PNG, FakeReader, client_of, make_app, settings

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_every_kind_says_what_to_do() -> None:
    for slug, kind in KINDS.items():
        assert kind.slug == slug and 400 <= kind.status < 600
        assert kind.title and kind.advice.endswith(".")
        assert Problem(slug).detail == kind.advice


def test_a_problem_is_a_document(client: FlaskClient) -> None:
    response = client.get("/nowhere", headers={"X-Request-Id": "mine-1"})
    assert response.status_code == 404 and response.mimetype == MIMETYPE
    assert json.loads(response.text) == {
        "type": "/problems#not-found",
        "title": "There is nothing here",
        "status": 404,
        "detail": "See /docs for what there is.",
        "request_id": "mine-1",
    }
    assert response.headers["Inkread-Model"] == "fake/7" and response.headers["X-Request-Id"] == "mine-1"


def test_people_get_a_page(client: FlaskClient) -> None:
    form = {"file": (io.BytesIO(b"Dear diary"), "<script>.png"), "mode": "page"}
    response = client.post("/v1/read", data=form, headers={"Accept": BROWSER})
    assert response.status_code == 422 and response.mimetype == "text/html"
    assert "<h1>The image cannot be opened</h1>" in response.text and "Accept" in response.headers["Vary"]
    assert "<script>" not in response.text


def test_methods_that_do_not_fit(client: FlaskClient) -> None:
    response = client.delete("/v1/read")
    assert response.status_code == 405 and "POST" in response.headers["Allow"]
    assert response.json["type"] == "/problems#method-not-allowed"


def test_what_nobody_expected_tells_nothing(
    client: FlaskClient, fake: FakeReader, caplog: pytest.LogCaptureFixture
) -> None:
    fake.text = ValueError("the letter says: my dear Margaret")
    with caplog.at_level(logging.ERROR, "inkread.server"):
        response = client.post("/v1/read", data=LINE_PNG)
    assert response.status_code == 500 and response.json["type"] == "/problems#internal"
    assert response.json["request_id"] == response.headers["X-Request-Id"]
    (record,) = caplog.records
    assert (
        record.fields["error"] == "ValueError" and record.fields["request_id"] == response.json["request_id"]
    )
    assert any("conftest.py" in where for where in record.fields["where"])
    assert "Margaret" not in response.text + str(record.__dict__["fields"])


def test_after_an_error_there_is_room_again(fake: FakeReader) -> None:
    client = client_of(make_app(fake, settings(held=2)))
    fake.text = ValueError("no")
    for _ in range(4):  # more than the worker holds
        assert client.post("/v1/read", data=LINE_PNG).status_code == 500
    fake.text = "yes"
    assert client.post("/v1/read?format=txt", data=LINE_PNG).text == "yes\n"
