"""Ink that no found line holds: how high its strokes are, which tells whether it was too small to be seen."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from inkread.layout.found import FoundLine, GreyImage

Strokes = npt.NDArray[np.int64]
"""(N, 5), what OpenCV tells of connected pixels: left, top, width, height, area."""

_COVERED = 0.2  # of a sheet; where lines take up more, they are what is written on it
_MOST = 0.5  # of the ink must lie outside of all lines
_HIGH, _AREA = 4, 8  # pixels of the least letter; what is less is grain
_RULE = 30  # times as long as high: no letters that touch, but a rule
_CELL, _COMPANY = 8, 4  # heights of a letter, and how many a square so wide holds where there is writing
_LETTERS = 12  # that must stand in such company
_SHARE = 0.2  # of the ink outside of all lines, rules left aside, that must be theirs
_DARKER, _WINDOW = 15, 31  # levels by which ink is darker than the pixels around it, and how many these are
_ROWS = 2000  # that are looked at at a time: what lies across is halved, which a median bears


def unseen_height(grey: GreyImage, lines: Sequence[FoundLine]) -> float:
    """Return the usual height of strokes that lie outside of the lines found.

    Args:
        grey: uint8 (H, W), the page, dark ink on evenly lit light paper, of any size.
        lines: what was found, in its pixels.

    Returns:
        Pixels, the median over all ink in letters of the height of the stroke that it belongs to; 0.0
        where the lines take up much of the page or hold most of its ink, and where the rest is no
        writing: nothing, grain, rules, or specks that lie apart.
    """
    boxes = (line.box for line in lines)
    covered = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
    if covered > _COVERED * grey.size or min(grey.shape) < _WINDOW:
        return 0.0
    strokes: list[Strokes] = []
    inked = free = rules = 0
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
        found = np.array(cv2.connectedComponentsWithStats(mask, connectivity=8)[2], dtype=np.int64)[1:]
        found[:, cv2.CC_STAT_TOP] += top
        width, high, area = found.T[2:]
        rule = width > _RULE * high
        rules += int(area[rule].sum())
        strokes.append(found[(high >= _HIGH) & (area >= _AREA) & ~rule])
    letters = _in_company(np.concatenate(strokes))
    weight = int(letters[:, cv2.CC_STAT_AREA].sum())
    if free <= _MOST * inked or weight < _SHARE * (free - rules) or _count(letters).sum() < _LETTERS:
        return 0.0
    return _usual_height(letters)


def _in_company(letters: Strokes) -> Strokes:
    """Those that stand beside others, as what is written does."""
    if not len(letters):
        return letters
    corner, size = letters[:, :2], letters[:, 2:4]
    places = (corner + size // 2) // round(_CELL * _usual_height(letters))
    _, cell = np.unique(places[:, 0] << 32 | places[:, 1], return_inverse=True)
    crowd = np.bincount(cell, _count(letters))[cell]
    return np.asarray(letters[crowd >= _COMPANY])


def _count(letters: Strokes) -> npt.NDArray[np.float64]:
    """How many letters each stroke is, as letters that touch are one."""
    return np.maximum(letters[:, cv2.CC_STAT_WIDTH] / letters[:, cv2.CC_STAT_HEIGHT], 1.0)


def _usual_height(strokes: Strokes) -> float:
    """The median over all ink of the height of the stroke that it belongs to."""
    high = strokes[:, cv2.CC_STAT_HEIGHT]
    order = np.argsort(high)
    total = np.cumsum(strokes[order, cv2.CC_STAT_AREA])
    return float(high[order][np.searchsorted(total, 0.5 * total[-1])])
