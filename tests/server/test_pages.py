"""What people see works without a script too, and needs no other host."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from lxml import html

from inkread.server.problems import KINDS
from inkread.writers import WRITERS

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_programs_get_a_greeting(client: FlaskClient) -> None:
    for accept in ("*/*", "text/plain", "application/json"):
        response = client.get("/", headers={"Accept": accept})
        assert response.mimetype == "text/plain" and "curl" in response.text
        assert response.headers["Vary"] == "Accept"
    assert client.get("/").mimetype == "text/plain"


def test_people_get_a_form_that_works_by_itself(client: FlaskClient) -> None:
    response = client.get("/", headers=BROWSER)
    assert response.mimetype == "text/html"
    page = html.fromstring(response.text)
    (form,) = page.forms
    assert (form.action, form.method) == ("/v1/read", "POST")
    assert form.get("enctype") == "multipart/form-data"
    assert form.xpath("ancestor::noscript")
    labels = {label.get("for") for label in form.iter("label")}
    fields = list(form.iter("input", "select"))
    assert {field.name for field in fields} == {"file", "mode", "format"}
    assert {field.get("id") for field in fields} == labels
    assert form.xpath("//select[@name='format']/option/@value") == list(WRITERS)
    assert page.getroottree().getroot().get("lang") == "en" and page.find(".//title").text
    assert page.xpath("//main//h1") and not page.xpath("//script[not(@src)] | //@style | //@onclick")


@pytest.mark.parametrize("path", ["/", "/docs", "/problems"])
def test_everything_comes_from_this_server(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers=BROWSER)
    assert response.status_code == 200
    page = html.fromstring(response.text)
    found = page.xpath("//@src | //link/@href | //form/@action")
    assert found and all(re.match(r"/[^/]", address) for address in found)
    for address in page.xpath("//@src | //link/@href"):
        assert client.get(address).status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "http" not in policy


def test_the_documentation_is_ours(client: FlaskClient) -> None:
    script = client.get("/docs/swagger-ui-bundle.js")
    assert script.status_code == 200 and len(script.data) > 500_000
    assert script.mimetype == "text/javascript"
    assert client.get("/docs/index.html").status_code == 404
    assert client.get("/docs/../app.py").status_code == 404
    assert "validatorUrl: null" in client.get("/static/docs.js").text  # or it would ask another host


def test_every_problem_is_explained(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/problems").text)
    assert page.xpath("//dt/@id") == list(KINDS)
