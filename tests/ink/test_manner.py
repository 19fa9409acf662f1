from __future__ import annotations

import itertools

import numpy as np
import pytest

from inkread.ink.compose import Piece, choose_setting, set_line, with_manner
from inkread.ink.manner import STEP, Manner, choose_manner, resample, vary
from inkread.ink.strokes import Points


def _stroke(*points: tuple[float, float]) -> Points:
    return np.array(points, np.float32)


ZIGZAG = _stroke((0, 0), (0.5, -1), (1, 0), (1.5, -1), (2, 0))
DOT = _stroke((0.7, -1.5))


def test_points_of_a_resampled_stroke_are_evenly_spaced_and_its_ends_stay() -> None:
    even = resample(_stroke((0, 0), (3, 0), (3, -1)))
    assert np.allclose(even[[0, -1]], [[0, 0], [3, -1]])
    assert np.abs(np.hypot(*np.diff(even, axis=0).T) - STEP).max() < 0.3 * STEP  # less about the corner
    assert np.array_equal(resample(DOT), DOT)


def test_rounding_takes_corners_off_and_keeps_the_ends() -> None:
    (round_one,) = vary([ZIGZAG], Manner(rounding=8), np.random.default_rng(1))
    assert np.allclose(round_one[[0, -1]], ZIGZAG[[0, -1]])
    assert -1.0 < round_one[:, 1].min() < -0.85


def test_tremor_moves_strokes_by_about_its_size() -> None:
    rng = np.random.default_rng(2)
    line = _stroke((0, 0), (30, 0))
    (shaken,) = vary([line], Manner(tremor=0.04), rng)
    assert 0.03 < shaken[:, 1].std() < 0.05


@pytest.mark.parametrize(
    ("second", "count"),
    [
        (ZIGZAG + np.float32([2.2, 0]), 1),  # runs on into the next letter
        (ZIGZAG + np.float32([2.6, 0]), 2),  # too far: another word
        (_stroke((2.1, -1.5), (2.15, -1.45)), 2),  # a dot on an i
        (_stroke((1.8, -1.2), (2.4, -1.2)), 2),  # the bar of a t
    ],
)
def test_only_letters_that_follow_each_other_are_joined(second: Points, count: int) -> None:
    joined = vary([ZIGZAG, second], Manner(joining=1.0), np.random.default_rng(3))
    assert len(joined) == count
    assert np.allclose(joined[0][0], ZIGZAG[0])
    assert np.allclose(joined[-1][-1], second[-1])


def test_a_pen_that_skips_leaves_gaps_and_little_out() -> None:
    line = _stroke((0, 0), (60, 0))
    parts = vary([line], Manner(skipping=0.5), np.random.default_rng(4))
    assert len(parts) > 5
    kept = sum(float(np.ptp(part[:, 0])) for part in parts)
    assert 40 < kept < 60
    assert all(before[-1, 0] < after[0, 0] for before, after in itertools.pairwise(parts))


def test_dots_stay_dots() -> None:
    manner = Manner(rounding=3, tremor=0.04, joining=1.0, skipping=0.5)
    assert np.array_equal(vary([DOT], manner, np.random.default_rng(5))[0], DOT)


def test_the_same_chance_gives_the_same_manner_and_strokes() -> None:
    first, second = (np.random.default_rng(6) for _ in range(2))
    assert choose_manner(first) == choose_manner(second)
    strokes = [vary([ZIGZAG], Manner(2, 0.03, 0.5, 0.2), rng)[0] for rng in (first, second)]
    assert np.array_equal(*strokes)


def test_a_line_is_set_in_the_manner_of_its_setting() -> None:
    piece = Piece("w", (ZIGZAG,), 2.0, 0.0, joined=True)
    rng = np.random.default_rng(7)
    plain = choose_setting(rng)
    varied = with_manner(plain, rng)
    assert varied.manner is not None and plain.manner is None
    points = [
        sum(len(stroke) for stroke in set_line([[piece]], setting, np.random.default_rng(8))[0])
        for setting in (plain, varied)
    ]
    assert points[0] == len(ZIGZAG) < points[1]
