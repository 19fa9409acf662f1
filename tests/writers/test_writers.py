"""The registry of formats, and the picture of what was read where."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from inkread.errors import ConfigError
from inkread.writers import WRITERS, available, writer
from inkread.writers.overlay import confidence_colour, draw, to_png
from tests.writers.pages import BLANK, PAGE, written

XML = ["alto", "page", "hocr"]


def test_the_formats() -> None:
    assert list(WRITERS) == ["txt", "json", "tsv", "alto", "page", "hocr", "md", "pdf"]
    assert len({one.suffix for one in WRITERS.values()}) == len(WRITERS)
    assert [name for name, one in WRITERS.items() if one.pictured] == ["pdf"]
    assert [name for name, one in WRITERS.items() if one.single] == ["page"]


def test_formats_whose_packages_are_missing_are_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inkread.writers.find_spec", lambda name: object())
    assert available() == tuple(WRITERS)
    monkeypatch.setattr("inkread.writers.find_spec", lambda name: None)
    assert available() == ("txt", "json", "tsv", "alto", "page", "hocr", "md")


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "pdf"])
def test_the_same_pages_give_the_same_bytes(name: str) -> None:
    pages = [PAGE] if WRITERS[name].single else [PAGE, BLANK]
    assert written(name, *pages) == written(name, *pages) != b""


def test_a_format_is_imported_when_it_is_written() -> None:
    program = "import sys, inkread.writers; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    names = loaded.stdout.split()
    assert "inkread.writers" in names and not {"lxml", "reportlab", "inkread.writers.alto"} & set(names)


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
