from __future__ import annotations

import numpy as np

from inkread.layout.ink import _depths, share_ink


def test_how_deep_strokes_reach_is_what_counting_says() -> None:
    rng = np.random.default_rng(1)
    rows = np.sort(rng.integers(0, 900, 20_000))
    strokes, lines = (rng.integers(0, most, len(rows)).astype(np.int32) for most in (300, 7))
    expected = np.zeros((300, 7), np.int32)
    for stroke, line in {*zip(strokes.tolist(), lines.tolist(), strict=True)}:
        own = rows[(strokes == stroke) & (lines == line)]
        expected[stroke, line] = own.max() - own.min() + 1
    assert np.array_equal(_depths(strokes, lines, rows, expected.shape), expected)


def test_a_stroke_goes_whole_to_the_line_whose_core_it_touches() -> None:
    mask = np.zeros((120, 200), np.uint8)
    mask[25:70, 50:54] = 1  # a descender of the upper line, into the lower one's reach
    mask[82:90, 100:104] = 1
    feet = np.arange(120)[:, None]
    nearest = np.broadcast_to(feet >= 55, mask.shape).astype(np.int32)
    away = np.minimum(np.maximum(np.abs(feet - 30) - 10, 0), np.maximum(np.abs(feet - 85) - 10, 0))
    owner = share_ink(mask, nearest, np.broadcast_to(away, mask.shape).astype(np.float32), 20.0)
    assert set(owner[mask[:, 52] == 1, 52].tolist()) == {0} and set(owner[82:90, 101].tolist()) == {1}
