"""The curves of a run, by the colours at known places."""

from __future__ import annotations

import numpy as np

from inkread.training.curves_picture import draw_curves
from tests.pictures import coloured


def test_curves_fall_and_rise_as_the_figures_do() -> None:
    rows = [
        {"epoch": epoch, "loss": 4.0 / epoch, "val_loss": 5.0 / epoch, "val_accuracy": 1 - 1 / epoch}
        for epoch in range(1, 11)
    ]
    picture = draw_curves(rows, panel=(640, 300))
    assert picture.shape == (600, 640, 3) and picture.dtype == np.uint8
    for panel, direction in ((picture[:300], 1), (picture[300:], -1)):
        drawn = coloured(panel)[:, 60:470]
        ends = [
            np.flatnonzero(drawn[:, columns].any(axis=1)).mean()
            for columns in (slice(0, 60), slice(350, 410))
        ]
        assert np.sign(ends[1] - ends[0]) == direction


def test_curves_with_gaps_one_row_or_none_are_drawn() -> None:
    assert not coloured(draw_curves([])).any()
    assert coloured(draw_curves([{"epoch": 1, "loss": 2.0}])).any()
    rows = [{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": float("nan"), "val_loss": 0.0}]
    assert coloured(draw_curves(rows)).any()
