"""The picture of a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from inkread.datasets.label_font import drawable, label_font
from inkread.training.plot import DARK, Picture

_RIGHT, _WRONG = (20, 110, 50), (190, 40, 30)


def draw_confusion(counts: npt.NDArray[np.int64], classes: Sequence[str], cell: int = 12) -> Picture:
    """Draw a confusion matrix: truth downwards, prediction to the right, darker for a larger share.

    Args:
        counts: int (C, C), ``counts[truth, prediction]``; classes without examples are left out.
        classes: names.
        cell: side of a cell in pixels.

    Returns:
        uint8 (S, S, 3), RGB; right ones green, confusions red.
    """
    counts = np.asarray(counts, np.int64)
    seen = np.flatnonzero(counts.sum(0) + counts.sum(1))
    counts, names = counts[np.ix_(seen, seen)], [classes[int(number)] for number in seen]
    shares = np.sqrt(counts / np.maximum(counts.sum(1, keepdims=True), 1))[..., None]
    colours = np.full((*counts.shape, 3), _WRONG, float)
    colours[np.arange(len(seen)), np.arange(len(seen))] = _RIGHT
    cells = (255.0 + shares * (colours - 255.0)).round().astype(np.uint8)
    margin, side = 2 * cell, len(seen) * cell
    picture = np.full((side + margin, side + margin, 3), 255, np.uint8)
    picture[margin:, margin:] = np.kron(cells, np.ones((cell, cell, 1), np.uint8))
    canvas = Image.fromarray(picture)
    pen, font = ImageDraw.Draw(canvas), label_font(cell - 1)
    for number, name in enumerate(names):
        middle = margin + number * cell + cell // 2
        for at in ((margin - cell // 2, middle), (middle, margin - cell // 2)):
            pen.text(
                at, drawable((name if name.strip() else "␣")[:3], font), fill=DARK, font=font, anchor="mm"
            )
    return np.asarray(canvas)
