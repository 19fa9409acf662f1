"""Ink and lines of class maps, on pages drawn line by line."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.region_metrics import RegionCounts, count_regions, ink_of

SIZE = 256
TOPS = (20, 60, 100, 140)


def page(classes: tuple[int, ...] = (1, 2, 1, 2)) -> np.ndarray:
    """Return the class map of four lines of five words each."""
    found = np.zeros((SIZE, SIZE), np.uint8)
    for top, number in zip(TOPS, classes, strict=True):
        for left in range(10, 235, 45):
            found[top : top + 12, left : left + 35] = number
    return found


INK = page() > 0


def test_the_truth_itself_finds_all_lines():
    counts = count_regions(page(), page(), INK)
    assert counts.scores() == {"iou": 1.0, "found": 1.0, "missed": 0.0, "split": 0.0, "merged": 0.0}
    assert counts.lines == 4


def test_what_is_said_of_paper_does_not_count():
    answer = page()
    answer[~INK] = 1
    assert count_regions(page(), answer, INK) == count_regions(page(), page(), INK)


def test_nothing_answered_misses_all_lines():
    counts = count_regions(page(), np.zeros((SIZE, SIZE), np.uint8), INK)
    assert (counts.missed, counts.common) == (4, 0)


def test_two_lines_answered_as_one_are_merged():
    answer = page()
    answer[20:72] = 1  # line 2 joins line 1, and what is between them is ink too
    ink = INK.copy()
    ink[20:72, 100] = True
    assert count_regions(page(), answer, ink).merged == 2


def test_a_line_in_two_pieces_is_split():
    answer = page()
    answer[20:32, 130:] = 2
    answer[20:32, 100:130] = 0
    counts = count_regions(page(), answer, INK)
    assert (counts.found, counts.split) == (3, 1)


def test_counts_add_up_over_pages():
    one = count_regions(page(), page(), INK)
    none = count_regions(page(), np.zeros((SIZE, SIZE), np.uint8), INK)
    assert (one + none).scores()["found"] == 0.5
    assert (one + none).scores()["iou"] == pytest.approx(0.5)
    assert RegionCounts().scores()["iou"] == 0.0


def test_ink_is_what_is_dark_and_a_blank_page_has_none():
    grey = np.full((40, 40), 230, np.uint8)
    assert not ink_of(grey).any()
    grey[10:20, 10:20] = 40
    assert ink_of(grey).sum() == 100
