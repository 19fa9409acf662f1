"""Lines found by their ink and by their baselines, on pages of bars."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.line_metrics import LineCounts, Outlines, count_lines, match_baselines, match_lines


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def level(left: float, right: float, y: float) -> np.ndarray:
    return np.array([[left, y], [right, y]])


INK = np.zeros((100, 200), dtype=np.uint8)
INK[10:20, 20:180] = INK[50:60, 20:180] = 1
TRUE = Outlines([box(10, 5, 190, 30), box(10, 45, 190, 70)], [level(20, 180, 20), level(20, 180, 60)])


def test_lines_match_one_to_one_by_their_ink() -> None:
    true = TRUE.polygons
    assert match_lines(INK, true, [box(0, 40, 199, 99), box(20, 10, 179, 19)]) == [(0, 1), (1, 0)]
    assert match_lines(INK, true, [box(10, 5, 190, 70)]) == [(0, 0)]  # both rows in one: half of its ink
    assert match_lines(INK, true, [box(10, 5, 80, 30)]) == []
    assert match_lines(INK, true, []) == []
    assert match_lines(INK, [box(-50, -50, -10, -10)], [box(-50, -50, -10, -10)]) == []


def test_the_truth_itself_is_found_and_on_course() -> None:
    assert count_lines(INK, TRUE, TRUE) == LineCounts(lines=2, found=2, on_course=2, read=2)


def test_nothing_read_misses_all_and_a_line_without_ink_is_none() -> None:
    assert count_lines(INK, TRUE, Outlines([])) == LineCounts(lines=2, missed=2)
    assert count_lines(INK, Outlines([box(0, 80, 200, 99)]), Outlines([])) == LineCounts()


def test_a_line_in_two_pieces_is_split_even_where_one_piece_is_most_of_it() -> None:
    pieces = [box(10, 5, 140, 30), box(140, 5, 190, 30), TRUE.polygons[1]]
    counts = count_lines(INK, TRUE, Outlines(pieces))
    assert (counts.found, counts.split, counts.merged, counts.missed) == (2, 1, 0, 0)
    halves = [box(10, 5, 100, 30), box(100, 5, 190, 30), TRUE.polygons[1]]
    assert count_lines(INK, TRUE, Outlines(halves)).split == 1


def test_two_lines_in_one_are_merged_both() -> None:
    counts = count_lines(INK, TRUE, Outlines([box(10, 5, 190, 70)]))
    assert (counts.merged, counts.split, counts.read) == (2, 0, 1)


def test_what_is_read_beside_the_lines_is_spurious() -> None:
    ink = INK.copy()
    ink[80:90, 20:100] = 1
    counts = count_lines(ink, TRUE, Outlines([*TRUE.polygons, box(10, 75, 110, 95)]))
    assert (counts.found, counts.spurious) == (2, 1)


@pytest.mark.parametrize(
    ("read", "pairs"),
    [
        (level(20, 180, 24), [(0, 0)]),
        (level(30, 170, 15), [(0, 0)]),
        (level(20, 180, 27), []),  # too low
        (level(20, 120, 20), []),  # five eighths of it
        (level(20, 300, 20), []),  # it goes on into another column
        (np.array([[20, 20]]), []),
    ],
)
def test_a_baseline_is_found_where_each_lies_along_the_other(
    read: np.ndarray, pairs: list[tuple[int, int]]
) -> None:
    assert match_baselines(TRUE.baselines, [read], tolerance=6.0) == pairs


def test_a_curved_baseline_is_compared_along_its_course() -> None:
    x = np.linspace(0, 200, 21)
    sagging = np.stack([x, 50 + 0.002 * (x - 100) ** 2], axis=1)
    assert match_baselines([sagging], [np.add(sagging[::5], [0.0, 2.0])], tolerance=5.0) == [(0, 0)]
    assert match_baselines([sagging], [level(0, 200, 50)], tolerance=5.0) == []


def test_counts_of_pages_add_up() -> None:
    both = count_lines(INK, TRUE, TRUE) + count_lines(INK, TRUE, Outlines([]))
    assert both == LineCounts(lines=4, found=2, missed=2, on_course=2, read=2)
    assert both.share(both.found) == 0.5 and LineCounts().share(0) == 0.0
