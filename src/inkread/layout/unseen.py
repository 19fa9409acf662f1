"""Ink that no found line holds: how high its strokes are, which tells whether it was too small to be seen."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from inkread.layout.found import FoundLine, GreyImage

_COVERED = 0.2  # of a sheet; where lines take up more, they are what is written on it
_MOST = 0.5  # of the ink must lie outside of all lines
_DARKER, _WINDOW = 15, 31  # levels by which ink is darker than the pixels around it, and how many these are
_ROWS = 2000  # that are looked at at a time: what lies across is halved, which a median bears


def unseen_height(grey: GreyImage, lines: Sequence[FoundLine]) -> float:
    """Return the usual height of strokes that lie outside of the lines found.

    Args:
        grey: uint8 (H, W), the page, dark ink on evenly lit light paper, of any size.
        lines: what was found, in its pixels.

    Returns:
        Pixels, the median over all ink of the height of the stroke that it belongs to; 0.0 where the
        lines take up much of the page or hold most of its ink, and where there is none.
    """
    boxes = (line.box for line in lines)
    covered = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
    if covered > _COVERED * grey.size or min(grey.shape) < _WINDOW:
        return 0.0
    heights: list[npt.NDArray[np.int64]] = []
    weights: list[npt.NDArray[np.int64]] = []
    inked = free = 0
    for top in range(0, grey.shape[0], _ROWS):
        part = np.ascontiguousarray(grey[top : top + _ROWS])
        mask = cv2.adaptiveThreshold(
            part, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _WINDOW, _DARKER
        )
        inked += cv2.countNonZero(mask)
        for line in lines:
            outline = np.round(line.polygon - (0, top)).astype(np.int32).reshape(-1, 1, 2)
            cv2.fillPoly(mask, [outline], 0)
        free += cv2.countNonZero(mask)
        strokes = np.asarray(cv2.connectedComponentsWithStats(mask, connectivity=8)[2], dtype=np.int64)[1:]
        heights.append(strokes[:, cv2.CC_STAT_HEIGHT])
        weights.append(strokes[:, cv2.CC_STAT_AREA])
    if free <= _MOST * inked:
        return 0.0
    high, weight = np.concatenate(heights), np.concatenate(weights)
    order = np.argsort(high)
    total = np.cumsum(weight[order])
    return float(high[order][np.searchsorted(total, 0.5 * total[-1])])
