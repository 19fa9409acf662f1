"""Where the feet of a row stand by the baseline's map, and what is done where it tells nothing sound."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.layout.feet import Below
from inkread.layout.rows import Row

ROW = Row(100.0, 500.0, np.array([100.0, 500.0]), np.array([80.0, 80.0]), 20.0, 8000)


def marked(*runs: tuple[int, int, int]) -> np.ndarray:
    """A map with a baseline on each (row, first column, last + 1)."""
    baseline = np.zeros((200, 600), dtype=np.float32)
    for row, first, last in runs:
        baseline[row, first:last] = 0.9
    return baseline


def test_the_maps_baseline_is_followed() -> None:
    below = Below.of(ROW, marked((92, 100, 500)))
    assert below(np.array([100.0, 300.0, 500.0])) == pytest.approx([12.0] * 3, abs=1.0)


def test_without_a_map_or_with_too_little_of_it_it_is_half_the_core() -> None:
    for baseline in (None, marked(), marked((92, 100, 140))):
        assert Below.of(ROW, baseline)(np.array([300.0])) == pytest.approx([10.0])


def test_what_strays_from_the_median_is_left_out() -> None:
    below = Below.of(ROW, marked((92, 100, 460), (100, 460, 500)))
    assert below(np.array([480.0])) == pytest.approx([12.0], abs=1.0)


def test_two_halves_that_contradict_each_other_tell_nothing() -> None:
    """The median of an even count lies between them, so that all of it strays."""
    below = Below.of(ROW, marked((80, 100, 300), (99, 300, 500)))
    assert below(np.array([300.0])) == pytest.approx([10.0])
