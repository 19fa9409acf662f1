from __future__ import annotations

import numpy as np
import pytest

from inkread.document import Line
from inkread.layout.cutter import Crop
from inkread.layout.found import FoundLine
from inkread.stains import Look, are_writing

SURE = [Line("a line of writing", 0.6), Line("two", 0.9), Line("three", 0.4)]
LOOKS = [Look(40.0, 150.0), Look(36.0, 140.0), Look(44.0, 160.0)]


def test_long_or_sure_readings_are_writing_whatever_they_look_like() -> None:
    lines = [*SURE, Line("hard to read at all", 0.001), Line("I", 0.5)]
    assert all(are_writing(lines, [*LOOKS, Look(3.0, 100.0), Look(500.0, 5.0)]))


def test_a_short_unsure_reading_is_writing_where_it_looks_like_the_page() -> None:
    assert are_writing([*SURE, Line("I", 0.0004)], [*LOOKS, Look(30.0, 145.0)])[-1]


@pytest.mark.parametrize("look", [Look(12.0, 150.0), Look(90.0, 150.0), Look(40.0, 60.0)])
def test_what_is_of_another_height_or_paler_is_a_stain(look: Look) -> None:
    assert not are_writing([*SURE, Line("I", 0.0004)], [*LOOKS, look])[-1]


def test_what_shines_through_from_behind_is_none_unless_it_can_be_read() -> None:
    lines = [*SURE, Line("brow drorrim", 0.1), Line("in pencil, faintly", 0.4)]
    assert are_writing(lines, [*LOOKS, Look(40.0, 70.0), Look(40.0, 70.0)]) == [True, True, True, False, True]


def test_a_page_of_few_lines_tells_nothing_of_how_its_writing_looks() -> None:
    assert not are_writing([*SURE[:2], Line("I", 0.0004)], [*LOOKS[:2], LOOKS[2]])[-1]


def test_nothing_read_is_nothing_written() -> None:
    assert not are_writing([*SURE, Line(" ", 0.9)], [*LOOKS, LOOKS[0]])[-1]


def test_no_lines() -> None:
    assert are_writing([], []) == []


def test_a_look_is_measured_on_the_sheet() -> None:
    image = np.full((20, 60), 240, np.uint8)
    image[5:15, 10:50] = 40
    corners = np.array([[10, 5], [50, 5], [50, 15], [10, 15]], np.float32)
    line = FoundLine(corners, corners[[3, 2]], 10.0)
    look = Look.of(Crop(image, line, np.array([2.0, 3.0])))
    assert look.height == pytest.approx(30.0)
    assert look.contrast == pytest.approx(200.0)
