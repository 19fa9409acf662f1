from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkread.layout.found import FoundLine
from inkread.layout.unseen import unseen_height

Grey = npt.NDArray[np.uint8]


def strokes(height: int, rows: int = 10, side: int = 900) -> Grey:
    """Rows of upright strokes."""
    image = np.full((side, side), 250, dtype=np.uint8)
    for row in range(rows):
        foot = 60 + (side - 100) * row // rows
        for x in range(40, side - 40, 9):
            image[foot - height : foot, x : x + 3] = 20
    return image


def line(left: float, top: float, right: float, bottom: float) -> FoundLine:
    box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)
    return FoundLine(box, box[[3, 2]])


@pytest.mark.parametrize("height", [6, 12, 30])
def test_the_height_of_strokes_that_no_line_holds(height: int) -> None:
    assert unseen_height(strokes(height), []) == pytest.approx(height, abs=2)


def test_a_tall_page_is_measured_part_by_part() -> None:
    page = np.full((9_000, 200), 250, dtype=np.uint8)
    page[8_500:8_508, 20:180:9] = 20
    assert unseen_height(page, []) == pytest.approx(8, abs=1)


def test_lines_that_hold_most_of_the_ink_leave_nothing_to_be_seen() -> None:
    image, lines = strokes(6, rows=3), [line(30, 40, 870, 80), line(30, 310, 870, 350)]
    assert unseen_height(image, lines[:1]) == pytest.approx(6, abs=2)
    assert unseen_height(image, lines) == 0.0


def test_where_lines_take_up_much_of_the_page_nothing_is_measured() -> None:
    assert unseen_height(strokes(6), [line(0, 800, 900, 900), line(0, 700, 900, 800)]) == 0.0


@pytest.mark.parametrize("shape", [(900, 700), (1, 1), (20, 4000)])
def test_a_blank_page_has_no_ink(shape: tuple[int, int]) -> None:
    assert unseen_height(np.full(shape, 250, dtype=np.uint8), []) == 0.0


@pytest.mark.parametrize(("deviation", "blur"), [(4, 0.0), (6, 0.0), (12, 0.0), (4, 1.2), (8, 1.2)])
def test_the_grain_of_paper_is_no_writing(deviation: float, blur: float) -> None:
    grain = np.random.default_rng(7).normal(0, 1, (900, 1200)).astype(np.float32)
    grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), blur) if blur else grain, dtype=np.float32)
    paper = 240 + deviation * grain / grain.std()
    assert unseen_height(paper.clip(0, 255).astype(np.uint8), []) == 0.0


@pytest.mark.parametrize("number", [1, 40, 400])
def test_specks_that_lie_apart_are_no_writing(number: int) -> None:
    paper = np.full((1800, 2400), 250, dtype=np.uint8)
    for x, y in np.random.default_rng(7).integers(10, 1780, (number, 2)):
        paper[y : y + 5, x : x + 4] = 60
    assert unseen_height(paper, []) == 0.0


def test_writing_is_measured_in_spite_of_some_grain() -> None:
    grain = np.random.default_rng(7).normal(0, 4, (900, 900))
    assert unseen_height((strokes(6) + grain).clip(0, 255).astype(np.uint8), []) == pytest.approx(6, abs=2)


def test_a_few_letters_are_not_worth_a_closer_look() -> None:
    assert unseen_height(strokes(6, rows=1)[:, :90], []) == 0.0
    assert unseen_height(strokes(6, rows=1)[:, :180], []) == pytest.approx(6, abs=2)


def test_rules_are_no_writing_and_hide_none() -> None:
    paper, written = strokes(6, rows=0), strokes(6)
    for image in (paper, written):
        for foot in range(50, 900, 60):
            image[foot : foot + 5, 20:880] = 120
    assert unseen_height(paper, []) == 0.0
    assert unseen_height(written, []) == pytest.approx(6, abs=2)
