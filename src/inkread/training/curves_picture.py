"""The picture of a run's figures over its epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from inkread.training.plot import Axis, Picture, draw_plot


def draw_curves(rows: Sequence[Mapping[str, float]], panel: tuple[int, int] = (640, 300)) -> Picture:
    """Draw the figures of a run over its epochs: the losses above, the scores below.

    Args:
        rows: ``epoch`` and any of ``loss``, ``val_loss`` and other ``val_...`` figures.
        panel: width and height of each of the two.

    Returns:
        uint8 (2 * height, width, 3), RGB.
    """
    curves = {
        name: np.array([(row["epoch"], row[name]) for row in rows if np.isfinite(row.get(name, np.nan))])
        for name in dict.fromkeys(name for row in rows for name in row)
    }
    losses = {name: curves[name] for name in curves if name in {"loss", "val_loss"}}
    scores = {name: curves[name] for name in curves if name.startswith("val_") and name not in losses}
    epochs = Axis("epochs", ".0f", least=1.0, whole=True)
    return np.vstack(
        [draw_plot(losses, epochs, Axis(), panel), draw_plot(scores, epochs, Axis(least=1.0), panel)]
    )
