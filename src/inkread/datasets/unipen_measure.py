"""Brings labelled pen strokes to one scale, finds how they stand, and drops what its label cannot mean."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from inkread.ink.strokes import (
    Points,
    Stand,
    case_fits,
    extent,
    simplify,
    smooth,
    stand_of_character,
    stand_of_word,
    usual_x_height,
    zone,
)

UNIT = 100.0
"""Units of a cached coordinate to the x-height that is usual for the file."""

_TOLERANCE = 1.0
_REACH = 32000.0

Piece = tuple[int, str, list[Points], Stand, int, int, bool]
"""Level, label, strokes, stand, first and last component, whether it is one row."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A ``.SEGMENT`` line: which points are what."""

    level: int
    label: str
    spans: tuple[tuple[int, int | None, int, int | None], ...]


def measure(pieces: list[tuple[Mark, list[Points]]]) -> list[Piece]:
    """Scale a file's pieces to ``UNIT``, simplify them, find how they stand, and leave out the absurd."""
    heights: dict[int, list[float]] = defaultdict(list)
    texts: dict[int, list[str]] = defaultdict(list)
    for mark, strokes in pieces:
        x0, y0, x1, y1 = extent(strokes)
        if max(x1 - x0, y1 - y0) > 0:
            heights[mark.level].append(y1 - y0)
            texts[mark.level].append(mark.label)
    kept: list[Piece] = []
    usual = {level: usual_x_height(np.array(heights[level], np.float32), texts[level]) for level in heights}
    for mark, strokes in pieces:
        level = 1 if mark.level == 2 and 1 in usual else mark.level
        level = 0 if level == 2 and 0 in usual else level
        x_height = usual.get(level, 0.0)
        if x_height <= 0:
            continue
        scaled = [simplify(smooth(stroke * np.float32(UNIT / x_height)), _TOLERANCE) for stroke in strokes]
        piece = _judge(mark, scaled)
        if piece is not None:
            kept.append(piece)
    return kept


def _judge(mark: Mark, strokes: list[Points]) -> Piece | None:
    """Return the measured piece, or None where size and label cannot belong together."""
    x0, y0, x1, y1 = extent(strokes)
    top, bottom = zone(mark.label)
    ratio = (y1 - y0) / (UNIT * (top - bottom))
    breadth = (x1 - x0) / (UNIT * max(len(mark.label), 1))
    first, last = mark.spans[0][0], mark.spans[-1][2]
    if max(x1 - x0, y1 - y0) > _REACH:
        return None
    if mark.level == 0:
        alone = mark.label.isalnum()
        if (
            len(mark.label) != 1
            or (alone and not 0.35 < ratio < 2.8)
            or breadth > 5.0
            or y1 - y0 > 5.0 * UNIT
        ):
            return None
        return (
            mark.level,
            mark.label,
            strokes,
            stand_of_character(strokes, mark.label, UNIT),
            first,
            last,
            True,
        )
    written = any(character.isalnum() for character in mark.label)
    one_row = True
    if mark.level == 1:
        narrowest = 0.3 if len(mark.label) > 3 else 0.1
        if written and not (0.4 < ratio < 2.5 and narrowest < breadth < 3.5):
            return None
        if not written and (y1 - y0 > 4.0 * UNIT or breadth > 3.0):
            return None
    stand = stand_of_word(strokes, mark.label, UNIT)
    if mark.level == 1 and not case_fits(strokes, mark.label, stand, UNIT):
        return None
    if mark.level == 2:
        _, rows0, _, rows1 = extent(
            [stroke - _lift(stroke, stand.slope, (x0 + x1) / 2) for stroke in strokes]
        )
        one_row = rows1 - rows0 < 1.7 * UNIT * max(top - bottom, 1.9) and 0.35 < breadth < 5.0
        one_row = one_row and not _returns(strokes)
        if not one_row:
            stand = Stand(y1, UNIT, 0.0)
    return mark.level, mark.label, strokes, stand, first, last, one_row


def _returns(strokes: list[Points]) -> bool:
    """Say whether the pen goes far back to the left for three strokes or more, as a new row begins."""
    reach = np.maximum.accumulate([float(stroke[:, 0].max()) for stroke in strokes])
    width = float(reach[-1]) - min(float(stroke[:, 0].min()) for stroke in strokes)
    back = [float(end) - float(stroke[:, 0].max()) for end, stroke in zip(reach, strokes, strict=True)]
    return sum(way > max(4.0 * UNIT, 0.3 * width) for way in back) >= 3


def _lift(stroke: Points, slope: float, middle: float) -> Points:
    """Return what to take off ``stroke`` so that a baseline of ``slope`` becomes level."""
    lift = np.zeros_like(stroke)
    lift[:, 1] = slope * (stroke[:, 0] - middle)
    return lift
