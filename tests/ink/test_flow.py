from __future__ import annotations

import itertools

import numpy as np

from inkread.ink.flow import in_runs
from inkread.ink.manner import resample
from inkread.ink.pen import Pen, render
from inkread.ink.strokes import Points


def _hook() -> Points:
    """A long straight stroke that ends in a tight curl."""
    angle = np.linspace(0.0, 5.0, 40)
    curl = np.stack([8 + 0.15 * np.sin(angle), 0.15 - 0.15 * np.cos(angle)], axis=1)
    return resample(np.concatenate((np.float32([[0, 0], [8, 0]]), curl.astype(np.float32))))


def test_the_curl_is_thicker_than_the_straight() -> None:
    stroke = _hook()
    runs, widths, owners = in_runs([stroke], 1.0)
    assert set(owners.tolist()) == {0}
    middles = np.array([run[:, 0].mean() for run in runs])
    assert widths[middles > 7.8].max() > 1.2 > widths[middles < 7.0].max()
    assert (widths > 0.6).all()
    assert (widths < 1.5).all()


def test_runs_hang_together_and_lose_no_point() -> None:
    stroke = _hook()
    runs, _, _ = in_runs([stroke], 0.5)
    for before, after in itertools.pairwise(runs):
        assert np.array_equal(before[-1], after[0])
    assert sum(len(run) for run in runs) - (len(runs) - 1) == len(stroke)


def test_without_flow_all_is_of_one_width() -> None:
    _, widths, _ = in_runs([_hook(), np.float32([[1, 1]])], 0.0)
    assert np.allclose(widths, 1.0)


def test_dots_and_short_strokes_are_single_runs() -> None:
    runs, widths, owners = in_runs([np.float32([[1, 1]]), np.float32([[0, 0], [1, 1]])], 1.0)
    assert [len(run) for run in runs] == [1, 2]
    assert widths.tolist() == [1.0, 1.0]
    assert owners.tolist() == [0, 1]


def test_a_flowing_pen_draws_more_ink_where_it_is_slow() -> None:
    strokes = [_hook() * 20 + 20]
    plain = render(strokes, (60, 220), Pen(4.0)).astype(int)
    flowing = render(strokes, (60, 220), Pen(4.0, flow=1.0)).astype(int)
    assert flowing[:, 178:].sum() > 1.1 * plain[:, 178:].sum()


def test_an_even_curve_is_of_one_width_to_its_ends() -> None:
    angle = np.linspace(0.0, 6.0, 120)
    _, widths, _ = in_runs([np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)], 1.0)
    assert np.allclose(widths, 1.0)


def test_uneven_and_fading_strokes_keep_their_own_width_and_ink_along_their_runs() -> None:
    strokes = [_hook() * 20 + 20, _hook() * 20 + 40]
    pens = [Pen(4.0, unevenness=0.3, fading=0.5, flow=flow) for flow in (0.0, 1.0)]
    plain, flowing = (render(strokes, (80, 240), pen, np.random.default_rng(3)).astype(int) for pen in pens)
    for row in (20, 40):  # along the straight parts each stroke is as black with flow as without
        assert abs(plain[row, 60:150].mean() - flowing[row, 60:150].mean()) < 8
