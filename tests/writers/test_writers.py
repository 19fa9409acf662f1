"""What each writer writes, byte for byte."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from inkread.document import Alternative, Character, Line, ModelInfo, Page, Region, Word
from inkread.errors import ConfigError
from inkread.writers import WRITERS, PicturedPage, writer
from inkread.writers.overlay import confidence_colour, draw, to_png

BOX = ((10.04, 10.0), (90.0, 10.0), (90.0, 30.0), (10.0, 30.0))
WORD = Word("été", 0.5, BOX, (Character("é", 0.123456, BOX),))
FIRST = Line("été", 0.87654321, BOX, ((10.0, 28.0), (90.0, 28.0)), (WORD,), (Alternative("ete", 0.25),))
MODEL = ModelInfo("tiny", "1")
PAGE = Page(
    1, 100, 80, MODEL, (Region((FIRST, Line("two", 1.0))), Region((Line("three", 0.5),))), "fr", "a.png"
)
BLANK = Page(2, 100, 80, MODEL)


def written(name: str, *pages: Page) -> bytes:
    out = io.BytesIO()
    writer(name).write((PicturedPage(page) for page in pages), out)
    return out.getvalue()


def test_text() -> None:
    assert written("txt", PAGE).decode() == "été\ntwo\n\nthree\n"
    assert written("txt", BLANK) == b""
    assert written("txt", PAGE, BLANK, PAGE).decode() == "été\ntwo\n\nthree\n\f\fété\ntwo\n\nthree\n"
    assert written("txt") == b""


def test_json() -> None:
    content = written("json", PAGE, BLANK)
    first, second = json.loads(content)["pages"]
    assert "été".encode() in content and content.endswith(b"\n]}\n")
    assert list(first) == ["source", "number", "width", "height", "model", "language", "text", "regions"]
    line = first["regions"][0]["lines"][0]
    assert line["confidence"] == 0.8765 and line["polygon"][0] == [10.0, 10.0]
    assert line["words"][0]["characters"] == [
        {
            "text": "é",
            "confidence": 0.1235,
            "polygon": [[10.0, 10.0], [90.0, 10.0], [90.0, 30.0], [10.0, 30.0]],
        }
    ]
    assert line["alternatives"] == [{"text": "ete", "confidence": 0.25}]
    assert second["regions"] == [] and second["text"] == ""
    assert json.loads(written("json")) == {"pages": []}


def test_json_stays_whole_when_reading_fails() -> None:
    def pages():
        yield PicturedPage(PAGE)
        raise RuntimeError

    out = io.BytesIO()
    with pytest.raises(RuntimeError):
        WRITERS["json"].write(pages(), out)
    assert len(json.loads(out.getvalue())["pages"]) == 1


def test_times_stand_only_where_they_were_asked_for() -> None:
    timed = Page(1, 1, 1, MODEL, timing=(("open", 0.12345678),))
    assert json.loads(written("json", timed))["pages"][0]["timing"] == {"open": 0.1235}


def test_an_unknown_format() -> None:
    with pytest.raises(ConfigError, match="choose one of txt, json"):
        writer("docx")


def test_the_overlay_draws_on_a_copy() -> None:
    paper = np.full((80, 100, 3), 255, dtype=np.uint8)
    drawn = draw(paper, PAGE)
    assert paper.min() == 255 and drawn.shape == paper.shape and drawn.dtype == np.uint8
    red, green, blue = (int(value) for value in drawn[10, 60])
    assert green > red > blue  # a confident line: between yellow and green
    assert drawn[28, 60, 2] > drawn[28, 60, 0] + 100  # the baseline is blue
    assert np.array_equal(draw(paper, BLANK), paper)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(to_png(drawn)))), drawn)


def test_colours_run_from_red_to_green() -> None:
    assert confidence_colour(0.2) == confidence_colour(0.5) == (204, 0, 0)
    assert confidence_colour(0.75) == (204, 204, 0)
    assert confidence_colour(1.0) == (0, 204, 0)
