"""Tables: short cells that line up in rows and in columns, and are read row by row.

Columns of text line up as well, on ruled paper at least. What tells cells from text is that they are short,
and that they end where they like, while the lines of a text fill its column; with more than two columns, or
with a rule drawn between two, that is a table. What is doubtful is left to be columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from inkread.images.line import to_grey
from inkread.layout.gutters import CELL, TEXT, WIDTH, Extents

Floats = npt.NDArray[np.float64]
Ruled = Callable[["Strip"], bool]
"""Tells whether a rule is drawn, from top to bottom, in a strip of the page."""

_ROWS = 3  # that a table has
_PAIRED, _ALL = 0.7, 0.9  # of its rows have two cells or more; the same of a table of two columns
_LEAST = 0.3  # of its rows have a cell in each column
_FREE = 0.1  # of its rows may cross the space between two columns
_STEP = 0.25  # x-heights between places that are looked at
_FILLED = 0.8  # of a column's width that its full lines reach
_FEW = 0.5  # of a column of cells are full lines
_WIDE = 3.0  # x-heights between neighbours in the usual row of a table without rules
_RULE = 3.0  # x-heights, of which a rule is seen as a whole; no letter is as tall
_DARKER = 10  # levels by which a rule is darker than what is around it
_DRAWN = 0.7  # of a strip's height in which a rule is seen
_BEYOND = 5.0  # x-heights above and below a table where its rules may go on; a fold or a margin goes further


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip between two columns, in pixels of the page, and the height of small letters beside it."""

    left: float
    right: float
    top: float
    bottom: float
    size: float


def is_table(lines: Extents, rows: Sequence[Sequence[int]], ruled: Ruled) -> bool:
    """Tell a table from columns of text.

    Args:
        lines: lines that stand in columns.
        rows: their numbers, row by row.
        ruled: is asked only where everything else speaks for a table.
    """
    strips = _strips(lines, len(rows))
    if not strips or len(rows) < _ROWS:
        return False
    cuts = [0.5 * (strip.left + strip.right) for strip in strips]
    column = np.searchsorted(cuts, 0.5 * (lines.left + lines.right))
    counts = np.bincount(column, minlength=len(cuts) + 1)
    numbers = np.flatnonzero(counts >= _LEAST * len(rows)).tolist()
    columns = [np.flatnonzero(column == number) for number in numbers]
    paired = [row for row in rows if len(set(column[list(row)].tolist())) > 1]
    if len(columns) < 2 or len(paired) < max(_ROWS, (_PAIRED if len(columns) > 2 else _ALL) * len(rows)):
        return False
    widths = [lines.width(cells) for cells in columns]
    if max(widths) > TEXT * lines.size:
        return False
    ragged = any(_ragged(lines.right[cells], float(lines.left[cells].min())) for cells in columns)
    if len(columns) > 2 and (max(widths) < CELL * lines.size or (ragged and _far_apart(lines, paired))):
        return True
    if not ragged and len(columns) == 2:
        return False
    return all(any(ruled(strip) for strip in strips[one:other]) for one, other in pairwise(numbers))


def rules_on(page: npt.NDArray[np.uint8]) -> Ruled:
    """Return what looks for rules on a page, uint8 (H, W) or (H, W, 3), dark ink on light paper.

    A rule ends with its table. Where the table fills the page from top to bottom that cannot be seen,
    and a fold or a margin would look the same: such a table counts as not ruled.
    """

    def ruled(strip: Strip) -> bool:
        beyond = _BEYOND * strip.size
        inside = _drawn(page, strip, strip.top, strip.bottom)
        outside = np.concatenate(
            [
                _drawn(page, strip, 0, strip.top - beyond),
                _drawn(page, strip, strip.bottom + beyond, page.shape[0]),
            ]
        )
        if inside.size == 0 or outside.size < beyond:
            return False
        return bool(inside.mean() >= _DRAWN and outside.mean() < 1 - _DRAWN)

    return ruled


def _drawn(page: npt.NDArray[np.uint8], strip: Strip, top: float, bottom: float) -> npt.NDArray[np.bool_]:
    """In which rows of a strip, from ``top`` to ``bottom``, a rule is seen; (0,) where it has none."""
    columns = slice(max(int(strip.left), 0), max(int(strip.right) + 1, 0))
    part = page[max(int(top), 0) : max(int(bottom) + 1, 0), columns]
    if min(part.shape[:2]) < 3:
        return np.zeros(0, dtype=np.bool_)
    grey, window = to_grey(np.ascontiguousarray(part)), 2 * int(max(2.5 * strip.size, 7)) + 1
    ink = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, _DARKER)
    ink = cv2.dilate(ink, np.ones((1, 3), dtype=np.uint8))  # a rule leans a little
    tall = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((int(_RULE * strip.size), 1), dtype=np.uint8))
    return np.asarray(np.asarray(tall, dtype=np.bool_).any(axis=1))


def _strips(lines: Extents, rows: int) -> list[Strip]:
    """The strips that part the columns: few rows have writing in them."""
    places = np.arange(lines.left.min(), lines.right.max(), _STEP * lines.size)
    inked = ((lines.left[:, None] <= places) & (lines.right[:, None] >= places)).sum(axis=0)
    free = np.concatenate([[0], (inked <= _FREE * rows).astype(np.int8), [0]])
    starts, ends = np.flatnonzero(np.diff(free) == 1), np.flatnonzero(np.diff(free) == -1) - 1
    top, bottom = float(lines.row.min() - lines.size), float(lines.row.max())
    return [
        Strip(float(places[start]), float(places[end]), top, bottom, lines.size)
        for start, end in zip(starts, ends, strict=True)
        if places[end] - places[start] >= WIDTH * lines.size
    ]


def _ragged(ends: Floats, left: float) -> bool:
    """Whether few of a column's lines fill it."""
    full = left + _FILLED * (float(np.percentile(ends, 90)) - left)
    return bool((ends >= full).mean() <= _FEW)


def _far_apart(lines: Extents, rows: Sequence[Sequence[int]]) -> bool:
    """Whether neighbours in a row usually stand far apart."""
    gaps = [lines.left[list(row[1:])] - lines.right[list(row[:-1])] for row in rows]
    return bool(np.median(np.concatenate(gaps)) >= _WIDE * lines.size)
