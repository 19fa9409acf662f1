"""``/v1/picture``: any page as a JPEG, and its size in the pixels of a reading."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.pictures import encoded, marked_picture
from tests.server.conftest import LINE_PNG, FakeReader, client_of, make_app, settings
from tests.server.test_read import pdf, tiff


def test_a_page_that_no_browser_shows(client: FlaskClient) -> None:
    response = client.post("/v1/picture?page=2", data=tiff(3))
    assert response.status_code == 200 and response.mimetype == "image/jpeg"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Inkread-Model"] == "fake/7"
    shown = Image.open(io.BytesIO(response.data))
    read = client.post("/v1/read", data=tiff(3)).json["pages"][1]
    size = (int(response.headers["Inkread-Width"]), int(response.headers["Inkread-Height"]))
    assert shown.format == "JPEG" and shown.size == size == (read["width"], read["height"])
    form = {"file": (io.BytesIO(pdf(2)), "letter.pdf")}
    assert client.post("/v1/picture?page=2", data=form).mimetype == "image/jpeg"


def test_a_large_page_is_shown_small_and_upright(client: FlaskClient) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right by a quarter
    sent = encoded(marked_picture(3000, 1000), "JPEG", exif=exif.tobytes())
    response = client.post("/v1/picture", data=sent)
    assert (response.headers["Inkread-Width"], response.headers["Inkread-Height"]) == ("1000", "3000")
    shown = Image.open(io.BytesIO(response.data))
    assert shown.size == (667, 2000) and not shown.getexif()
    red, green, _ = shown.getpixel((4, 1996))  # the red corner: from bottom right to bottom left
    assert red > 150 > green


def test_pages_that_are_not_there(client: FlaskClient) -> None:
    response = client.post("/v1/picture?page=2", data=LINE_PNG)
    assert response.status_code == 422 and "page 2" in response.json["detail"]
    assert client.post("/v1/picture?page=4", data=pdf(3)).status_code == 422
    for page in ("0", "-1", "two", "", "1000000"):
        response = client.post(f"/v1/picture?page={page}", data=LINE_PNG)
        assert response.status_code == 400 and "page" in response.json["detail"]
    assert client.post("/v1/picture", data=b"Dear diary").status_code == 422
    assert client.post("/v1/picture", data=b"").status_code == 400


@pytest.mark.parametrize("path", ["/v1/picture", "/v1/write", "/v1/corrections"])
def test_limits_hold_here_too(fake: FakeReader, path: str) -> None:
    client = client_of(make_app(fake, settings(max_bytes=100, rate="2/minute", held=1)))
    assert client.post(path, data=LINE_PNG).status_code in (404, 413)
    assert client.application.service.gate._inside == 0
    ticket = client.application.service.gate.admit()
    refused = client.post(path, data=b"{}")
    assert refused.status_code == 503 and refused.json["type"] == "/problems#busy"
    ticket.give_back()
    assert client.post(path, data=b"{}").status_code == 429
