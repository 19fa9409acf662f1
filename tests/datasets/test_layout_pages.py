"""Folders of pages with marked lines, and crops of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkread.datasets.base import sample_rng
from inkread.datasets.layout_crops import draw_crop
from inkread.datasets.layout_pages import MarkedLine, MarkedPage, MarkedPages, read_page, write_page
from inkread.errors import DataError


def page(width: int = 640, height: int = 480, right: int = 580) -> MarkedPage:
    """Black bars as lines: their ink fills the band of small letters."""
    image = np.full((height, width, 3), 250, dtype=np.uint8)
    lines = []
    for foot in range(80, height - 40, 70):
        cv2.rectangle(image, (60, foot - 20), (min(right, width), foot - 1), (20, 20, 60), -1)
        baseline = np.array([(60, foot), (right, foot)], dtype=np.float32)
        corners = [(60, foot - 40), (right, foot - 40), (right, foot + 20), (60, foot + 20)]
        lines.append(MarkedLine(baseline, 20.0, np.array(corners, dtype=np.float32)))
    unknown = np.array([(0, 0), (width, 0), (width, 25), (0, 25)], dtype=np.float32)
    return MarkedPage(image, tuple(lines), (unknown,))


def test_a_page_is_read_as_it_was_written(tmp_path) -> None:
    written = page()
    write_page(tmp_path, "b", written)
    write_page(tmp_path, "a", page(height=300))
    pages = MarkedPages(tmp_path)
    assert pages.names == ["a", "b"] and len(pages) == 2
    found = pages[1]
    assert np.abs(found.image.astype(int) - written.image).mean() < 3
    assert found.image[70, 300, 2] > found.image[70, 300, 0]  # still RGB
    assert len(found.lines) == len(written.lines)
    for one, other in zip(found.lines, written.lines, strict=True):
        np.testing.assert_allclose(one.baseline, other.baseline, atol=0.05)
        np.testing.assert_allclose(one.polygon, other.polygon, atol=0.05)
        assert one.x_height == other.x_height
    np.testing.assert_allclose(found.unknown[0], written.unknown[0])
    assert not list(tmp_path.glob("*.part"))


def test_folders_and_pages_that_cannot_be_read_are_named(tmp_path) -> None:
    with pytest.raises(DataError, match="no marked pages"):
        MarkedPages(tmp_path)
    write_page(tmp_path, "a", page())
    (tmp_path / "a.jpg").write_bytes(b"nothing")
    with pytest.raises(DataError, match="make it anew"):
        read_page(tmp_path, "a")
    (tmp_path / "a.json").write_text('{"lines": 3}')
    with pytest.raises(DataError, match="make it anew"):
        read_page(tmp_path, "a")


def test_a_crop_is_a_function_of_its_random_numbers() -> None:
    one, other = (draw_crop(page(), 128, sample_rng(3, 7)) for _ in range(2))
    assert (one.image == other.image).all() and (one.targets.maps == other.targets.maps).all()
    third = draw_crop(page(), 128, sample_rng(3, 8))
    assert (one.image != third.image).any()


@pytest.mark.parametrize("plain", [True, False])
def test_the_core_lies_on_the_ink_whatever_the_turn_and_scale(plain) -> None:
    agreeing = []
    for number in range(8):
        crop = draw_crop(page(), 256, sample_rng(5, number), plain)
        assert crop.image.shape == (256, 256, 3) and crop.targets.maps.shape == (3, 128, 128)
        grey = cv2.resize(crop.image.mean(axis=2), (128, 128), interpolation=cv2.INTER_AREA)
        ink = grey < 0.5 * (float(np.percentile(grey, 2)) + float(np.median(grey)))
        core = crop.targets.maps[0] > 0
        agreeing.append(((ink & core).sum() / max(ink.sum(), 1), ink.sum() / max(core.sum(), 1)))
    covered, filled = np.median(agreeing, axis=0)
    assert covered > 0.9 and 0.6 < filled < 1.0  # a core reaches a little beyond its bar


def test_a_line_that_runs_off_the_page_ends_at_its_edge() -> None:
    crop = draw_crop(page(width=200, right=900), 256, sample_rng(1, 0), plain=True)
    columns = np.flatnonzero(crop.targets.maps[0].any(axis=0))
    inside = np.flatnonzero((crop.image[:, :, 0] < 100).any(axis=0)) // 2
    assert columns.size and columns[-1] <= inside[-1] + 2
