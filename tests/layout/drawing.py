"""Drawn pages for the layout tests: writing as strokes, and the map a perfect detector would give."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float32]


def page(width: int = 800, height: int = 600) -> tuple[Grey, Map]:
    """An empty page and its empty map."""
    return np.full((height, width), 255, dtype=np.uint8), np.zeros((height, width), dtype=np.float32)


def write(
    grey: Grey,
    text_map: Map,
    x: int,
    y: int,
    width: int,
    size: int = 20,
    bend: float = 0.0,
    slope: float = 0.0,
) -> None:
    """Write small letters of x-height ``size`` with their feet on row ``y``, and mark their core.

    ``bend`` is how many pixels the middle of the line sags, ``slope`` how much it falls a pixel.
    """
    steps = np.arange(x, x + width)
    share = (steps - x) / max(width, 1)
    feet = y + 4 * bend * share * (1 - share) + slope * (steps - x)
    for start in range(x, x + width - size, int(1.1 * size)):
        foot = float(np.interp(start, steps, feet))
        corners = [
            (start, foot - size), (start + 3, foot), (start + size // 2, foot - size),
            (start + size // 2 + 3, foot), (start + size - 3, foot - size),
        ]  # fmt: skip
        cv2.polylines(grey, [np.round(corners).astype(np.int32).reshape(-1, 1, 2)], False, 30, 2, cv2.LINE_AA)
    upper = np.stack([steps, feet - size], axis=1)
    lower = np.stack([steps, feet], axis=1)[::-1]
    outline = np.round(np.concatenate([upper, lower])).astype(np.int32).reshape(-1, 1, 2)
    cv2.fillPoly(text_map, [outline], 0.95)
