"""Images bent out of shape in every way give a 200 or a problem, never a 500."""

from __future__ import annotations

import random

import pytest
from bent_files import bent
from flask.testing import FlaskClient
from PIL import Image

from tests.pictures import bomb, encoded, line_picture, locked_pdf
from tests.server.test_read import pdf, tiff

SMALL = line_picture("Hi", 20)
SEEDS = {
    "png": encoded(SMALL),
    "palette": encoded(SMALL.convert("P")),
    "jpeg": encoded(SMALL, "JPEG"),
    "gif": encoded(SMALL, "GIF"),
    "bmp": encoded(SMALL, "BMP"),
    "webp": encoded(SMALL, "WEBP"),
    "tiff": tiff(2),
    "jpeg2000": encoded(SMALL.convert("RGB"), "JPEG2000"),
    "ppm": encoded(SMALL, "PPM"),
    "avif": encoded(SMALL.convert("RGB"), "AVIF"),
    "pdf": pdf(1),
    "locked pdf": locked_pdf(),
    "bomb": bomb(9_000, 9_000),
    "16 bit": encoded(Image.new("I;16", (30, 20), 40_000)),
}


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("name", list(SEEDS))
def test_bent_files(client: FlaskClient, name: str) -> None:
    chance = random.Random(name)
    for turn in range(25):
        sent = bent(SEEDS[name], chance)
        path = ("/v1/read", "/v1/read?stream=ndjson", "/v1/predict")[turn % 3]
        response = client.post(path, data=sent)
        assert response.status_code in (200, 413, 422), (turn, response.text)
        assert "/problems#internal" not in response.text, (turn, response.text)
