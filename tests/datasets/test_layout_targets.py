"""The maps that a line finder is taught."""

from __future__ import annotations

import numpy as np

from inkread.datasets.layout_pages import MarkedLine
from inkread.datasets.layout_targets import OVER, UNDER, draw_targets

CORE, BASELINE, SEPARATOR = 0, 1, 2


def line(left: float, right: float, foot: float, x_height: float = 20.0, rise: float = 0.0) -> MarkedLine:
    baseline = np.array([(left, foot), (right, foot - rise)], dtype=np.float32)
    top, bottom = foot - 2 * x_height, foot + x_height
    polygon = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float32)
    return MarkedLine(baseline, x_height, polygon)


def rows_of(column) -> tuple[int, int]:
    found = np.flatnonzero(column)
    return int(found[0]), int(found[-1]) + 1


def test_the_core_reaches_from_over_the_small_letters_to_under_the_baseline() -> None:
    maps = draw_targets([line(50, 350, 100)], (), (200, 100), 0.5).maps
    top, bottom = rows_of(maps[CORE][:, 100])
    assert abs(top - (100 - OVER * 20) / 2) <= 1 and abs(bottom - (100 + UNDER * 20) / 2) <= 1
    left, right = rows_of(maps[CORE].any(axis=0))
    assert abs(left - 25) <= 1 and abs(right - 175) <= 1


def test_the_baseline_is_a_strip_on_the_feet_of_a_rising_line() -> None:
    maps = draw_targets([line(0, 400, 100, rise=40)], (), (400, 140)).maps
    for x, y in ((50, 95), (350, 65)):
        top, bottom = rows_of(maps[BASELINE][:, x])
        assert abs((top + bottom) / 2 - y) <= 1 and 3 <= bottom - top <= 7


def test_a_separator_runs_between_rows_and_between_columns() -> None:
    lines = [line(20, 180, 60), line(20, 180, 130), line(260, 400, 60), line(260, 400, 130)]
    separator = draw_targets(lines, (), (420, 170)).maps[SEPARATOR]
    top, bottom = rows_of(separator[:, 100])
    middle = (60 + UNDER * 20 + 130 - OVER * 20) / 2
    assert abs((top + bottom) / 2 - middle) <= 3
    left, right = rows_of(separator[55])
    assert abs((left + right) / 2 - 220) <= 4
    assert not separator[55, 30:180].any()


def test_lines_far_from_each_other_have_no_separator() -> None:
    lines = [line(20, 180, 60), line(20, 180, 600)]
    assert not draw_targets(lines, (), (200, 640)).maps[SEPARATOR].any()


def test_cores_that_touch_are_parted() -> None:
    maps = draw_targets([line(20, 180, 60), line(20, 180, 60 + 22)], (), (200, 120)).maps
    column = maps[CORE][:, 100]
    assert np.count_nonzero(np.diff(column.astype(np.int8)) == 1) == 2
    assert not (maps[CORE] & maps[SEPARATOR]).any()


def test_nothing_is_known_in_unknown_polygons() -> None:
    box = np.array([(40, 20), (80, 20), (80, 60), (40, 60)], dtype=np.float32)
    known = draw_targets([line(0, 200, 100)], [box], (100, 60), 0.5).known
    assert not known[12:28, 22:38].any()
    assert known.sum() > 0.9 * known.size - 20 * 20


def test_a_page_without_lines_has_empty_maps() -> None:
    targets = draw_targets([], (), (40, 30))
    assert targets.maps.shape == (3, 30, 40) and not targets.maps.any() and targets.known.all()
