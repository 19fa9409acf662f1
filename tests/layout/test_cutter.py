from __future__ import annotations

import numpy as np
import pytest

from inkread.layout.crop import crop_line
from inkread.layout.cutter import Cutter
from inkread.layout.lines import find_lines
from tests.layout.drawing import page, write


def test_small_writing_is_cut_from_the_page_itself() -> None:
    grey, text_map = page()
    for y in (150, 200, 250):
        write(grey, text_map, 80, y, 600)
    lines = find_lines(text_map, grey)
    cut = Cutter(grey, lines)
    for number, line in enumerate(lines):
        crop = cut(number)
        assert np.array_equal(crop.image, crop_line(grey, line, lines))
        assert crop.line is line and crop.scale.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("size", [40, 90, 180])
def test_large_writing_is_cut_from_a_smaller_page_and_its_place_is_known(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inkread.layout.cutter.FINEST", 24.0)
    grey, text_map = page(1600, 900)
    write(grey, text_map, 200, 500, 1100, size=size)
    write(grey, text_map, 200, 800, 900, size=20)
    lines = find_lines(text_map, grey)
    large, small = Cutter(grey, lines)(0), Cutter(grey, lines)(1)
    assert small.scale.tolist() == [1.0, 1.0]
    assert 24 * 0.99 <= large.line.x_height < 24 * 1.42
    assert large.scale == pytest.approx(size / large.line.x_height, rel=0.1)
    np.testing.assert_allclose(large.line.polygon * large.scale, lines[0].polygon, atol=0.01)
    whole = crop_line(grey, lines[0], lines)
    assert large.image.shape[1] * large.scale[0] == pytest.approx(whole.shape[1], rel=0.02, abs=8)
    assert large.image.min() < 100 and large.image.max() == 255


def test_lines_far_away_make_no_difference() -> None:
    grey, text_map = page(500, 1400)
    for y in range(100, 1350, 44):
        write(grey, text_map, 60, y, 360, bend=8.0)
    lines = find_lines(text_map, grey)
    cut = Cutter(grey, lines)
    for number in (0, 14, len(lines) - 1):
        assert np.array_equal(cut(number).image, crop_line(grey, lines[number], lines))
