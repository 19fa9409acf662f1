from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkread.layout.crop import crop_line
from inkread.layout.found import FoundLine
from inkread.layout.lines import find_lines
from tests.layout.drawing import page, write


def test_a_level_line_is_cut_to_its_ink_and_a_margin_of_eight_percent() -> None:
    grey, text_map = page()
    write(grey, text_map, 100, 200, 400, size=50)
    (line,) = find_lines(text_map, grey)
    crop = crop_line(grey, line, [line])
    rows, columns = np.nonzero(grey < 128)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    margin = 0.08 * height
    assert crop.dtype == np.uint8
    assert crop.shape[0] == pytest.approx(height + 2 * margin, abs=4)
    assert crop.shape[1] == pytest.approx(width + 2 * margin, abs=4)


def test_a_level_line_keeps_its_very_pixels() -> None:
    grey, text_map = page()
    write(grey, text_map, 100, 200, 400)
    (line,) = find_lines(text_map, grey)
    crop = crop_line(grey, line)
    assert cv2.matchTemplate(grey, crop, cv2.TM_SQDIFF).min() < 1.0


@pytest.mark.parametrize(("bend", "slope"), [(40.0, 0.0), (-30.0, 0.0), (0.0, 0.12), (25.0, -0.08)])
def test_a_curved_or_slanted_line_comes_out_straight(bend: float, slope: float) -> None:
    grey, text_map = page(900, 500)
    write(grey, text_map, 80, 240, 720, bend=bend, slope=slope)
    (line,) = find_lines(text_map, grey)
    crop = crop_line(grey, line, [line])
    assert crop.shape[0] < 20 * 1.16 + 16
    feet = [np.flatnonzero(part.min(axis=1) < 128).max() for part in np.array_split(crop, 6, axis=1)]
    assert np.ptp(feet) <= 5


def test_a_neighbours_descender_is_painted_over_and_the_lines_own_stays() -> None:
    grey, text_map = page()
    write(grey, text_map, 80, 150, 600)
    write(grey, text_map, 80, 200, 600)
    cv2.line(grey, (300, 150), (300, 172), 30, 2)  # hangs from the upper line
    cv2.line(grey, (500, 185), (500, 165), 30, 2)  # rises from the lower one
    cv2.line(grey, (400, 195), (400, 225), 30, 2)  # hangs from the lower one
    upper, lower = find_lines(text_map, grey)
    crop = crop_line(grey, lower, [upper, lower])
    left = int(np.flatnonzero((grey < 128)[180:200].any(axis=0)).min())
    margin = round(0.08 * (226 - 165))
    column = lambda x: crop[:, x - left + margin - 3 : x - left + margin + 4]  # noqa: E731
    top = round(165 - 0.08 * 61)
    assert (column(300)[: 174 - top] > 200).all()
    assert (column(500)[: 180 - top] < 128).any()
    assert (column(400)[204 - top :] < 128).any()
    alone = crop_line(grey, lower, [lower])
    assert alone.shape[0] >= crop.shape[0]


def test_a_polygon_partly_off_the_page_gives_a_crop() -> None:
    grey, _ = page(200, 100)
    polygon = np.array([[-20, -10], [260, -10], [260, 30], [-20, 30]], dtype=np.float32)
    line = FoundLine(polygon, np.array([[-20, 20], [260, 20]], dtype=np.float32))
    crop = crop_line(grey, line)
    assert crop.size > 0 and (crop == 255).all()


def test_a_colour_page_is_read_as_grey() -> None:
    grey, text_map = page()
    write(grey, text_map, 100, 200, 400)
    (line,) = find_lines(text_map, grey)
    colour = np.repeat(grey[:, :, None], 3, axis=2)
    assert np.array_equal(crop_line(colour, line), crop_line(grey, line))
