from __future__ import annotations

import numpy as np
import pytest

from inkread.document import Line
from inkread.layout.cutter import Crop
from inkread.layout.found import FoundLine
from inkread.stains import Look, are_writing

SURE = [Line("a line of writing", 0.6), Line("two", 0.9), Line("three", 0.4)]
LOOKS = [Look(40.0, 150.0), Look(36.0, 140.0), Look(44.0, 160.0)]


def _always(number: int) -> bool:
    return True


def _last(line: Line, look: Look, **arguments: object) -> bool:
    return are_writing([*SURE, line], [*LOOKS, look], **arguments)[-1]  # type: ignore[arg-type]


@pytest.mark.parametrize("line", [Line("hard to read at all", 0.001), Line("I", 0.5)])
def test_long_or_sure_readings_are_writing_of_any_height(line: Line) -> None:
    assert _last(line, Look(3.0, 150.0))
    assert _last(line, Look(500.0, 150.0))


def test_a_short_unsure_reading_is_writing_where_it_looks_like_the_page() -> None:
    assert _last(Line("I", 0.0004), Look(30.0, 145.0))


@pytest.mark.parametrize("look", [Look(12.0, 150.0), Look(90.0, 150.0), Look(40.0, 60.0)])
def test_what_is_of_another_height_or_paler_is_a_stain(look: Look) -> None:
    assert not _last(Line("I", 0.0004), look)


def test_a_pale_line_is_none_only_where_the_mirror_makes_sense_of_it() -> None:
    line, pale = Line("brow drorrim", 0.1), Look(40.0, 70.0)
    assert _last(line, pale)
    assert not _last(line, pale, mirrored=_always)


@pytest.mark.parametrize(("confidence", "contrast"), [(0.1, 100.0), (0.6, 70.0)])
def test_the_mirror_is_not_asked_of_dark_or_readable_lines(confidence: float, contrast: float) -> None:
    assert _last(Line("in pencil, faintly", confidence), Look(40.0, contrast), mirrored=_always)


def test_a_page_of_few_lines_tells_nothing_of_how_its_writing_looks() -> None:
    assert not are_writing([*SURE[:2], Line("I", 0.0004)], LOOKS)[-1]


def test_nothing_read_is_nothing_written() -> None:
    assert not _last(Line(" ", 0.9), LOOKS[0])


def test_no_lines() -> None:
    assert are_writing([], []) == []


def _crop(image: np.ndarray) -> Crop:
    corners = np.array([[10, 5], [50, 5], [50, 15], [10, 15]], np.float32)
    return Crop(image, FoundLine(corners, corners[[3, 2]], 10.0), np.array([2.0, 3.0]))


@pytest.mark.parametrize("columns", [1, 40, 900])
def test_a_look_is_measured_on_ink_however_little_there_is(columns: int) -> None:
    image = np.full((60, 1000), 240, np.uint8)
    image[5:15, 10 : 10 + columns] = 40
    look = Look.of(_crop(image))
    assert look.height == pytest.approx(30.0)
    assert look.contrast == pytest.approx(200.0)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (3, 1), (40, 400)])
def test_blank_crops_have_no_contrast(size: tuple[int, int]) -> None:
    assert Look.of(_crop(np.full(size, 250, np.uint8))).contrast == 0.0
