"""Pages with known lines become marked pages."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

pytest.importorskip("yaml")

from inkread.datasets.ground_truth import TrueLine, TruePage
from inkread.errors import DataError
from inkread.ink.page_sample import PageLine, PageSample
from inkread.runtime.finder import Finder
from inkread.runtime.store import packaged
from inkread.training.layout_prepare import drawn, transcribed
from inkread.training.x_height import x_heights
from tests.layout.drawing import page as blank
from tests.layout.drawing import write


def box(left: float, top: float, right: float, bottom: float):
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float32)


def feet(left: float, right: float, row: float):
    return np.array([(left, row), (right, row)], dtype=np.float32)


def test_the_x_height_is_that_of_the_small_letters() -> None:
    ink = np.zeros((300, 600), dtype=np.uint8)
    for foot, high in ((100, 16), (200, 20)):
        for x in range(50, 540, 14):
            ink[foot - high : foot, x : x + 3] = 1
            ink[foot - 2 : foot, x : x + 10] = 1
            ink[foot - high : foot - high + 2, x : x + 10] = 1
        ink[foot - 2 * high : foot, 100:540:70] = 1  # ascenders
    found = x_heights(
        ink, [feet(50, 540, 100), feet(50, 540, 200)],
        [box(45, 60, 550, 112), box(45, 150, 550, 212)], gap=100,
    )  # fmt: skip
    assert found == pytest.approx([16, 20], abs=2)


def test_lines_without_ink_take_the_pages_x_height() -> None:
    empty = np.zeros((80, 200), dtype=np.uint8)
    assert x_heights(empty, [feet(10, 190, 50)], [box(10, 20, 190, 60)], gap=40) == [10.0]


def test_text_that_nobody_transcribed_is_unknown(tmp_path) -> None:
    grey, text_map = blank(800, 600)
    for foot in (120, 220, 320, 420, 520):
        write(grey, text_map, 80, foot, 600)
    cv2.imwrite(str(tmp_path / "a.png"), grey)
    lines = tuple(
        TrueLine("x", box(70, foot - 40, 700, foot + 20) * 2, feet(60, 720, foot) * 2)
        for foot in (220, 320, 420, 520)
    )
    finder = Finder(packaged("layout"), threads=1)
    marked = transcribed(TruePage(tmp_path / "a.xml", tmp_path / "a.png", 1600.0, 1200.0, lines), finder)
    assert [round(float(line.baseline[0, 1])) for line in marked.lines] == [220, 320, 420, 520]
    assert all(line.baseline[0, 0] >= 70 and line.baseline[-1, 0] <= 700 for line in marked.lines)
    assert all(abs(line.x_height - 20) < 6 for line in marked.lines)
    covered = np.zeros((600, 800), dtype=np.uint8)
    for polygon in marked.unknown:
        cv2.fillPoly(covered, [np.round(polygon).astype(np.int32)], 1)
    assert covered[110, 100:640].mean() > 0.6 and not covered[180:].any()
    with pytest.raises(DataError, match="no image"):
        transcribed(TruePage(tmp_path / "a.xml", None, 1600.0, 1200.0, lines), finder)


def test_print_and_crossed_out_lines_of_a_drawn_page_are_unknown() -> None:
    grey, text_map = blank(800, 600)
    write(grey, text_map, 80, 200, 600)
    write(grey, text_map, 80, 300, 600)
    kinds = ("body", "crossed")
    lines = tuple(
        PageLine("x", feet(80, 680, row), box(80, row - 30, 680, row + 10), 20.0, 0, number, kinds[number])
        for number, row in enumerate((200, 300))
    )
    sample = PageSample(
        np.repeat(grey[:, :, None], 3, axis=2), lines, np.zeros((600, 800), dtype=np.int32), frozenset(),
        box(80, 40, 400, 70)[None],
    )  # fmt: skip
    marked = drawn(sample)
    assert [line.x_height for line in marked.lines] == pytest.approx([20.0], abs=0.2)
    assert len(marked.unknown) == 2
