from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkread.layout.lines import find_lines
from tests.layout.drawing import page, write


def test_a_blank_page_has_no_lines() -> None:
    grey, text_map = page()
    assert find_lines(text_map, grey) == []


def test_certain_text_without_any_ink_is_no_line() -> None:
    grey, text_map = page()
    text_map[100:120, 100:500] = 0.9
    assert find_lines(text_map, grey) == []


def test_three_rows_come_from_top_to_bottom_with_their_ink_inside() -> None:
    grey, text_map = page()
    for y in (300, 100, 200):
        write(grey, text_map, 80, y, 600)
    lines = find_lines(text_map, grey)
    assert [round(float(line.baseline[:, 1].mean()), -1) for line in lines] == [100, 200, 300]
    inside = np.zeros(grey.shape, dtype=np.uint8)
    for line in lines:
        cv2.fillPoly(inside, [np.round(line.polygon).astype(np.int32)], 1)
        assert abs(line.x_height - 20) < 4
        assert line.polygon.dtype == np.float32 and line.baseline.dtype == np.float32
    assert (grey[inside == 0] > 200).all()


def test_words_of_one_row_are_one_line() -> None:
    grey, text_map = page()
    for x, width in ((60, 150), (260, 120), (430, 200)):
        write(grey, text_map, x, 100, width)
    assert len(find_lines(text_map, grey)) == 1


def test_a_falling_row_in_pieces_is_one_line_and_its_neighbour_another() -> None:
    grey, text_map = page()
    for y in (100, 150):
        for x in (60, 300, 540):
            write(grey, text_map, x, round(y + 0.08 * (x - 60)), 200, slope=0.08)
    lines = find_lines(text_map, grey)
    assert len(lines) == 2
    for line, y in zip(lines, (100, 150), strict=True):
        assert np.interp(700, line.baseline[:, 0], line.baseline[:, 1]) == pytest.approx(
            y + 0.08 * 640, abs=5
        )


def test_two_rows_that_the_map_runs_together_are_split() -> None:
    grey, text_map = page()
    write(grey, text_map, 80, 100, 600)
    write(grey, text_map, 80, 140, 600)
    text_map[100:120, 300:420] = 0.4
    write(grey, text_map, 80, 300, 600)
    assert len(find_lines(text_map, grey)) == 3


def test_columns_are_not_run_together() -> None:
    grey, text_map = page()
    for y in range(80, 500, 50):
        write(grey, text_map, 40, y, 330)
        write(grey, text_map, 440, y, 320)
    assert len(find_lines(text_map, grey)) == 18


def test_ruled_lines_and_specks_do_not_widen_a_line() -> None:
    grey, text_map = page()
    write(grey, text_map, 200, 200, 300)
    grey[203:205, :] = 120
    grey[260:262, :] = 120
    grey[300:303, 600:603] = 0
    (line,) = find_lines(text_map, grey)
    left, top, right, bottom = line.box
    assert left > 170 and right < 530 and top > 165 and bottom < 225


def test_a_dot_above_belongs_to_its_line() -> None:
    grey, text_map = page()
    write(grey, text_map, 200, 200, 300)
    cv2.circle(grey, (300, 168), 3, 20, -1)
    (line,) = find_lines(text_map, grey)
    assert line.box[1] < 166


def test_map_and_page_must_match() -> None:
    grey, text_map = page()
    with pytest.raises(ValueError, match="same shape"):
        find_lines(text_map[:-1], grey)
