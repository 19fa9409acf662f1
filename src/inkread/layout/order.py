"""Lines -> reading order: columns left to right, each from top to bottom.

A gutter is an upright strip that no line crosses and that has writing on both sides in several
rows. Lines that do cross it (a title, a closing line) part the page into bands; each band is read
column by column (after Nagy and Seth's XY cut, 1984, applied to lines in place of white space).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from inkread.layout.found import FoundLine

_MIN_ROWS = 3  # rows that a column must have beside another
_MIN_GUTTER = 1.0  # width of a gutter in x-heights


def reading_order(lines: Sequence[FoundLine], size: tuple[int, int]) -> list[list[FoundLine]]:
    """Put lines in reading order.

    Args:
        lines: the lines of one page, in any order.
        size: the page's width and height in pixels.

    Returns:
        Regions in reading order, each a list of lines from top to bottom; [] for no lines.
    """
    if not lines:
        return []
    cut = _best_gutter(lines, size[0])
    if cut is None:
        return [_top_down(lines)]
    regions: list[list[FoundLine]] = []
    across = _top_down([line for line in lines if _side(line, cut) == 0])
    limits = [-np.inf, *(_row(line) for line in across), np.inf]
    for number, (above, below) in enumerate(pairwise(limits)):
        band = [line for line in lines if _side(line, cut) != 0 and above <= _row(line) < below]
        for side in (-1, 1):
            regions += reading_order([line for line in band if _side(line, cut) == side], size)
        if number < len(across):
            _append(regions, across[number], bool(band))
    return regions


def _append(regions: list[list[FoundLine]], line: FoundLine, new: bool) -> None:
    if new or not regions:
        regions.append([line])
    else:
        regions[-1].append(line)


def _row(line: FoundLine) -> float:
    return float(line.baseline[:, 1].mean())


def _side(line: FoundLine, cut: float) -> int:
    """-1 left of the cut, 1 right of it, 0 across it."""
    left, right = float(line.baseline[0, 0]), float(line.baseline[-1, 0])
    slack = line.x_height
    return -1 if right <= cut + slack else 1 if left >= cut - slack else 0


def _best_gutter(lines: Sequence[FoundLine], width: int) -> float | None:
    """The place of the gutter with the most rows on both sides, None where there is none."""
    size = float(np.median([line.x_height for line in lines]))
    best, found = 0, None
    for cut in sorted({float(line.baseline[0, 0]) - 0.5 * _MIN_GUTTER * size for line in lines}):
        if cut <= 0 or cut >= width:
            continue
        left = [line for line in lines if line.baseline[-1, 0] < cut]
        right = [line for line in lines if line.baseline[0, 0] > cut]
        if len(left) < _MIN_ROWS or len(right) < _MIN_ROWS:
            continue
        rows = _shared_rows(left, right)
        crossing = len(lines) - len(left) - len(right)
        if rows >= _MIN_ROWS and rows > crossing and rows - crossing > best:
            best, found = rows - crossing, cut
    return found


def _shared_rows(left: Sequence[FoundLine], right: Sequence[FoundLine]) -> int:
    """How many rows of the sparser side lie within the other side's height."""
    counts = []
    for one, other in ((left, right), (right, left)):
        rows = [_row(line) for line in other]
        margin = 2 * one[0].x_height
        counts.append(sum(min(rows) - margin <= _row(line) <= max(rows) + margin for line in one))
    return min(counts)


def _top_down(lines: Sequence[FoundLine]) -> list[FoundLine]:
    """Lines by height; those side by side in one row from left to right."""
    waiting = sorted(lines, key=_row)
    ordered: list[FoundLine] = []
    while waiting:
        first = waiting[0]
        row = [line for line in waiting if _row(line) - _row(first) < 0.8 * first.x_height]
        row = [line for line in row if line is first or not _overlap(line, first)]
        nearest = min(row, key=lambda line: float(line.baseline[0, 0]))
        waiting.remove(nearest)
        ordered.append(nearest)
    return ordered


def _overlap(one: FoundLine, other: FoundLine) -> bool:
    """Whether two lines share columns, so that one lies over the other."""
    return bool(
        min(one.baseline[-1, 0], other.baseline[-1, 0]) > max(one.baseline[0, 0], other.baseline[0, 0])
    )
