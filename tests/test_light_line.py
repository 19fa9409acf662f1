"""The original's example, a light-on-dark line of glyphs, is read by the reader as it is shipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkread.images.line import is_light_on_dark
from inkread.reader import Reader

TEXT = "or if used the results"
SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "or-if-used-the-results.png"


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.asarray(Image.open(SAMPLE))


@pytest.fixture(scope="module")
def shipped() -> Reader:
    """The reader with its default language, on one thread."""
    return Reader(threads=1)


def test_the_originals_example_is_read(shipped: Reader, pixels: np.ndarray) -> None:
    assert pixels.ndim == 2 and pixels.shape[0] == 28 and is_light_on_dark(pixels)
    assert shipped.read_line(pixels).text == TEXT
    assert shipped.read(SAMPLE, as_line=True).text == TEXT


def test_it_reads_the_same_dark_on_light(shipped: Reader, pixels: np.ndarray) -> None:
    assert shipped.read_line(255 - pixels).text == TEXT
