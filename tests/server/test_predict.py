"""The original's contract: one line in, ``pred`` and ``conf`` out."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from inkread.reader import Reader
from inkread.server.addresses import Guard
from inkread.server.fetch import Fetcher
from tests.pictures import bomb, encoded, line_picture
from tests.server.conftest import LINE_PNG, FakeReader, client_of, make_app, settings
from tests.server.net import NAMES, PUBLIC, Net, Wire, answer


def data_url(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def test_post_a_data_url(client: FlaskClient, fake: FakeReader) -> None:
    response = client.post("/v1/predict", json={"image": data_url(LINE_PNG)})
    assert response.status_code == 200 and response.mimetype == "application/json"
    assert response.json == {"pred": "Hello World", "conf": 0.9123}
    assert response.headers["Inkread-Model"] == "fake/7"
    assert fake.as_line == [True]


def test_get_an_address(fake: FakeReader) -> None:
    net = Net(Wire([answer()]))
    fetcher = Fetcher(Guard(resolve=net.resolve), 1_000_000, 10.0, net.connect)
    client = client_of(make_app(fake, fetcher=fetcher))
    response = client.get("/v1/predict", query_string={"image_url": "http://images.example/line.png"})
    assert response.json == {"pred": "Hello World", "conf": 0.9123} and net.connected == [(PUBLIC, 80)]
    for url in ("http://127.0.0.1/", "file:///etc/passwd", f"http://{next(iter(NAMES))}:22/"):
        response = client.get("/v1/predict", query_string={"image_url": url})
        assert response.status_code == 422 and response.json["type"] == "/problems#address-refused"
    assert len(net.connected) == 1


def test_fetching_can_be_switched_off(fake: FakeReader) -> None:
    client = client_of(make_app(fake, settings(image_url=False)))
    response = client.get("/v1/predict?image_url=http://8.8.8.8/x.png")
    assert response.status_code == 422 and "switched off" in response.json["detail"]


def test_an_address_is_needed(client: FlaskClient) -> None:
    response = client.get("/v1/predict")
    assert response.status_code == 400 and "image_url" in response.json["detail"]


def test_a_form_and_bare_bytes_work_too(client: FlaskClient) -> None:
    assert client.post("/v1/predict", data=LINE_PNG, content_type="image/png").json["pred"] == "Hello World"
    form = {"image": (io.BytesIO(LINE_PNG), "line.png")}
    assert client.post("/v1/predict", data=form).json["pred"] == "Hello World"


def test_a_blank_line_is_empty(fake: FakeReader, client: FlaskClient) -> None:
    fake.text = ""
    assert client.post("/v1/predict", data=LINE_PNG).json == {"pred": "", "conf": 0.0}


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"{", "bad-request"),
        (b"\xff\xfe", "bad-request"),
        (b"[" * 100_000, "bad-request"),
        (b"[]", "no-image"),
        (b"{}", "no-image"),
        (b'{"image": 5}', "no-image"),
        (b'{"image": ""}', "no-image"),
        (b'{"image": "/etc/passwd"}', "no-image"),
        (b'{"image": "http://images.example/x.png"}', "no-image"),
        (b'{"image": "data:text/html;base64,AAAA"}', "no-image"),
        (b'{"image": "data:image/png,AAAA"}', "no-image"),
        (b'{"image": "data:image/png;base64,"}', "no-image"),
        (b'{"image": "data:image/png;base64,A*A="}', "no-image"),
        (b'{"image": "data:image/png;base64,\\u0661"}', "no-image"),
        (b'{"image": "data:image/png;base64,AAAA"}', "unreadable"),
    ],
)
def test_json_that_holds_no_image(client: FlaskClient, body: bytes, slug: str) -> None:
    response = client.post("/v1/predict", data=body, content_type="application/json")
    assert response.json["type"] == f"/problems#{slug}" and 400 <= response.status_code < 500


def test_a_bomb_is_refused(client: FlaskClient) -> None:
    response = client.post("/v1/predict", json={"image": data_url(bomb(30_000, 30_000))})
    assert response.status_code == 422 and "scale it down" in response.json["detail"]


def test_lines_are_read_in_earnest_light_on_dark_as_well(reader: Reader) -> None:
    client = client_of(make_app(reader))
    dark = line_picture("Hello World")
    small = dark.resize((dark.width * 28 // dark.height, 28), Image.Resampling.LANCZOS)
    inverted = Image.fromarray(255 - np.asarray(small))  # as EMNIST's lines are: 28 high, light on dark
    inverted = inverted.point(lambda level: max(0, (level - 20) * 255 // 205))
    for picture in (dark, inverted):
        result = client.post("/v1/predict", json={"image": data_url(encoded(picture))}).json
        assert result["pred"] == "Hello World" and 0.5 < result["conf"] <= 1.0
    assert json.dumps(result)
