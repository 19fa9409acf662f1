"""Probes, models, figures, ids, and the headers that every answer has."""

from __future__ import annotations

import json
import logging
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from inkread.document import ModelInfo
from inkread.errors import BundleError
from inkread.server.logs import JsonLines
from inkread.server.service import MODES
from inkread.writers import WRITERS
from tests.server.conftest import LINE_PNG, FakeReader, client_of, make_app, settings


def test_probes(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ready"}


def test_without_a_model_it_lives_but_is_not_ready() -> None:
    app = make_app(None)

    def broken() -> None:
        raise BundleError("The shipped weights are missing; install inkread again.")

    app.service._make_reader = broken
    client = client_of(app)
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert response.status_code == 503 and response.json["type"] == "/problems#unavailable"


def test_models(client: FlaskClient) -> None:
    answer = client.get("/v1/models").json
    assert answer["modes"] == list(MODES) and answer["formats"] == list(WRITERS)
    kinds = {model["kind"]: model for model in answer["models"]}
    schema = client.get("/openapi.json").json["components"]["schemas"]["PackagedModel"]
    assert list(kinds) == schema["properties"]["kind"]["enum"] and {"line", "layout"} <= set(kinds)
    assert all(model["name"] and model["version"] and model["bytes"] > 0 for model in answer["models"])


def test_formats_that_cannot_be_written_here_are_not_offered(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offered() -> tuple[bool, ...]:
        page = client.get("/", headers={"Accept": "text/html"}).text
        document = json.dumps(client.get("/openapi.json").json)
        formats = client.get("/v1/models").json["formats"]
        return "pdf" in formats, 'value="pdf"' in page, '"pdf"' in document

    monkeypatch.setattr("inkread.writers.find_spec", lambda name: None)
    assert offered() == (False, False, False)
    monkeypatch.setattr("inkread.writers.find_spec", lambda name: object())
    client.application._spec = None  # the document is made once
    assert offered() == (True, True, True)


def figures(client: FlaskClient) -> dict[tuple[str, ...], float]:
    response = client.get("/metrics")
    assert response.mimetype == "text/plain"
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_figures(client: FlaskClient) -> None:
    client.post("/v1/read", data=LINE_PNG)
    client.post("/v1/read", data=LINE_PNG)
    client.post("/v1/read", data=b"Dear diary")
    client.get("/wp-login.php")
    found = figures(client)
    assert found["inkread_requests_total", "POST", "/v1/read", "200"] == 2
    assert found["inkread_requests_total", "POST", "/v1/read", "422"] == 1
    assert found["inkread_requests_total", "GET", "none", "404"] == 1
    assert found["inkread_refused_total", "unreadable"] == 1
    assert found["inkread_pages_total",] == found["inkread_lines_total",] == 2
    assert found["inkread_stage_seconds_count", "recognise"] == 2
    assert found["inkread_stage_seconds_count", "queue"] == 2
    assert found["inkread_request_seconds_count", "/v1/read"] == 3
    assert found["inkread_requests_held",] == found["inkread_pages_waiting",] == 0


def test_the_log_is_json_without_content(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "inkread.server"):
        client.post("/v1/read?mode=line", data={"file": (__import__("io").BytesIO(LINE_PNG), "diary.png")})
        client.get("/v1/predict?image_url=http://10.0.0.1/secret.png", headers={"X-Request-Id": "abc"})
        client.get("/healthz")
    first, second = (json.loads(JsonLines().format(record)) for record in caplog.records)
    assert first["method"] == "POST" and first["route"] == "/v1/read" and first["status"] == 200
    assert first["pages"] == first["lines"] == 1 and first["ms"] >= 0 and first["bytes_in"] > len(LINE_PNG)
    assert first["level"] == "info" and first["time"].endswith("+00:00") and len(first["request_id"]) == 32
    assert second["request_id"] == "abc" and second["problem"] == "address-refused"
    for told in (json.dumps(first), json.dumps(second)):
        assert not any(word in told for word in ("Hello", "diary", "secret", "10.0.0.1", "mode"))


@pytest.mark.parametrize("given", ["", "a" * 65, "x\ty", 'quote"', "ünï"])
def test_ids_that_could_harm_a_log_are_replaced(client: FlaskClient, given: str) -> None:
    told = client.get("/healthz", headers={"X-Request-Id": given.encode("latin-1").decode("latin-1")})
    assert told.headers["X-Request-Id"] != given and len(told.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/models", "/docs", "/openapi.json", "/nowhere"])
def test_headers_of_every_answer(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Inkread-Model"] == "fake/7" and headers["X-Request-Id"]
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers and "Set-Cookie" not in headers


def test_pages_of_others_are_let_in_only_when_asked(fake: FakeReader) -> None:
    origin = {"Origin": "https://notes.example"}
    closed = client_of(make_app(fake))
    assert "Access-Control-Allow-Origin" not in closed.get("/v1/models", headers=origin).headers
    some = client_of(make_app(fake, settings(cors=("https://notes.example",))))
    answer = some.post("/v1/read", data=LINE_PNG, headers=origin).headers
    assert answer["Access-Control-Allow-Origin"] == "https://notes.example" and "Origin" in answer["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer
    preflight = some.options("/v1/read", headers=origin | {"Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 200 and "POST" in preflight.headers["Access-Control-Allow-Methods"]
    other = some.get("/v1/models", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers and "Origin" in other.headers["Vary"]
    everyone = client_of(make_app(fake, settings(cors=("*",))))
    assert everyone.get("/v1/models", headers=origin).headers["Access-Control-Allow-Origin"] == "*"


def test_each_client_has_a_rate(fake: FakeReader) -> None:
    client = client_of(make_app(fake, settings(rate="3/minute")))
    for path in ("/v1/read", "/v1/predict", "/v1/read"):
        assert client.post(path, data=LINE_PNG).status_code == 200
    refused = client.post("/v1/predict", data=LINE_PNG)
    assert refused.status_code == 429 and refused.json["type"] == "/problems#too-many-requests"
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    other = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.post("/v1/read", data=LINE_PNG, environ_base=other).status_code == 200
    assert client.get("/healthz").status_code == client.get("/v1/models").status_code == 200


def test_a_proxy_is_believed_only_when_named(fake: FakeReader) -> None:
    for proxies, allowed in ((0, False), (1, True)):
        client = client_of(make_app(fake, settings(rate="1/minute", proxies=proxies)))
        codes = [
            client.post("/v1/read", data=LINE_PNG, headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code
            for n in range(2)
        ]
        assert (codes == [200, 200]) == allowed


def test_any_name_of_a_model_fits_a_header(fake: FakeReader) -> None:
    fake.model = ModelInfo("手書き\r\nX: y", "1 (é)")
    answer = client_of(make_app(fake)).get("/healthz")
    assert answer.status_code == 200
    value = answer.headers["Inkread-Model"]
    fake.model = ModelInfo("a\ud800", "1")
    assert client_of(make_app(fake)).get("/healthz").headers["Inkread-Model"] == "a%3F/1"
    assert value.isascii() and unquote(value) == "手書き\r\nX: y/1 (é)" and value.endswith("/1 (%C3%A9)")
