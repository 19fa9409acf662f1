"""The document says what the server does."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from inkread.server.problems import MIMETYPE
from inkread.writers import WRITERS
from tests.server.conftest import LINE_PNG
from tests.server.documents import document as reading


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/openapi.json")
    assert response.status_code == 200 and response.mimetype == "application/json"
    return response.json


def test_every_route_is_described(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.") and document["info"]["title"] == "inkread"
    found = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert found == {
        ("/v1/read", "post"),
        ("/v1/predict", "get"),
        ("/v1/predict", "post"),
        ("/v1/picture", "post"),
        ("/v1/write", "post"),
        ("/v1/corrections", "post"),
        ("/v1/models", "get"),
        ("/healthz", "get"),
        ("/readyz", "get"),
        ("/metrics", "get"),
    }
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["tags"][0] in ("Reading", "State")
            assert operation["summary"] and operation["operationId"] and operation["responses"]["200"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        place: Any = document
        for step in reference.split("/"):
            place = place[step]


def test_answers_have_the_members_that_are_promised(client: FlaskClient, document: dict[str, Any]) -> None:
    def check(value: Any, schema: dict[str, Any]) -> None:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        kinds = {
            "object": dict,
            "array": list,
            "string": str,
            "integer": int,
            "number": int | float,
            "boolean": bool,
        }
        assert isinstance(value, kinds[schema["type"]]), (value, schema)
        for name in schema.get("required", ()):
            assert name in value
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                check(value[name], inner)
        if schema["type"] == "object" and "properties" in schema:
            assert set(value) <= set(schema["properties"]), value
        for entry in value if schema["type"] == "array" else ():
            check(entry, schema["items"])

    written = reading()
    for path, method, status, sent in (
        ("/v1/read", "post", 200, LINE_PNG),
        ("/v1/predict", "post", 200, LINE_PNG),
        ("/v1/read", "post", 422, b"Dear diary"),
        ("/v1/predict", "get", 400, b""),
        ("/v1/picture", "post", 422, b"Dear diary"),
        ("/v1/write", "post", 200, json.dumps(written).encode()),
        ("/v1/write", "post", 400, b"[]"),
        ("/v1/corrections", "post", 404, b"{}"),
        ("/v1/models", "get", 200, b""),
        ("/readyz", "get", 200, b""),
    ):
        response = client.open(path, method=method.upper(), data=sent)
        assert response.status_code == status
        content = document["paths"][path][method]["responses"][str(status)]["content"]
        check(response.json, content[response.mimetype]["schema"])


def test_problems_are_promised(document: dict[str, Any]) -> None:
    answers = document["paths"]["/v1/read"]["post"]["responses"]
    assert {"400", "413", "422", "429", "500", "503"} <= set(answers)
    assert all(MIMETYPE in answers[status]["content"] for status in answers if status not in ("200", "414"))
    body = document["paths"]["/v1/read"]["post"]["requestBody"]["content"]
    assert {"multipart/form-data", "application/json", "application/pdf", "image/*"} <= set(body)
    assert set(body["multipart/form-data"]["schema"]["properties"]) == {
        "file",
        "mode",
        "format",
        "stream",
        "timing",
        "reject",
    }


def test_what_takes_a_corrected_reading(document: dict[str, Any]) -> None:
    write = document["paths"]["/v1/write"]["post"]
    bodies = write["requestBody"]["content"]
    assert set(bodies) == {"application/json", "multipart/form-data"}
    assert set(bodies["multipart/form-data"]["schema"]["properties"]) == {"document", "file", "format"}
    assert set(write["responses"]["200"]["content"]) == {writer.mimetype for writer in WRITERS.values()}
    keep = document["paths"]["/v1/corrections"]["post"]
    assert set(keep["requestBody"]["content"]) == {"multipart/form-data"}
    assert {"403", "404", "507"} <= set(keep["responses"])
    assert "403" not in write["responses"] and "404" not in write["responses"]
    picture = document["paths"]["/v1/picture"]["post"]
    assert list(picture["responses"]["200"]["content"]) == ["image/jpeg"]
    assert [parameter["name"] for parameter in picture["parameters"]] == ["page"]
