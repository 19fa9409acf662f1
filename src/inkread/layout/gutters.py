"""Gutters: upright strips without writing that part columns from each other, or a note from the text.

A gutter runs from one line that crosses it to the next (after the XY cut of Nagy and Seth, 1984, applied
to lines in place of white space), so that a heading over columns or a paragraph below them takes nothing
from it. Writing on both sides of a strip proves little: words stand far apart on a row, numbers stand
behind the words of a list, a date stands to the right above a letter. What proves a gutter is many rows
beside each other, or text that goes on above and below what stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkread.layout.found import FoundLine

Numbers = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

_OVER = 0.6  # x-heights that a line may reach into it
_LEAST = 4  # lines on both sides of a gutter, at the least
_ROWS = 3  # that columns have beside each other
_ALIGNED = 0.5  # x-heights of difference in height within which two pieces make a row
_NOTE_WIDTH = 0.6  # of the text's width that a note has at most
_NOTE_HEIGHT = 0.6  # of the text's height that a note of many rows has at most

WIDTH = 0.8
"""X-heights that a gutter must be wide."""

CELL, TEXT = 6.0, 15.0
"""X-heights that a cell of a list is wide at most, and that text is wide at least, and not a list."""

APART = 1.6
"""Times the usual distance of lines from which one piece of writing is parted from the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Extents:
    """Where lines lie, float64 (N,) each: first and last column, height of the feet; and sizes in pixels.

    Attributes:
        left, right, row: columns of the ends of the baseline, and its mean row.
        first, last: rows of the baseline's left and right end.
        size: the median x-height.
        spacing: the usual distance from a line to the one below it.
    """

    left: Floats
    right: Floats
    row: Floats
    first: Floats
    last: Floats
    size: float
    spacing: float

    @staticmethod
    def of(lines: Sequence[FoundLine]) -> Extents:
        """Measure at least one line."""
        ends = np.array([[*line.baseline[0], *line.baseline[-1]] for line in lines], dtype=np.float64)
        row = np.array([line.baseline[:, 1].mean() for line in lines], dtype=np.float64)
        left, right = np.minimum(ends[:, 0], ends[:, 2]), np.maximum(ends[:, 0], ends[:, 2])
        size = float(np.median([line.x_height for line in lines]))
        over = np.minimum(right[:, None], right) - np.maximum(left[:, None], left) > 0
        down = row[None, :] - row[:, None]
        below = np.where(over & (down > size), down, np.inf).min(axis=1)
        near = below[np.isfinite(below)]
        spacing = float(np.median(near)) if near.size else 3.0 * size
        return Extents(left, right, row, ends[:, 1], ends[:, 3], size, spacing)

    def part(self, chosen: Numbers) -> Extents:
        """The same of some of the lines; the sizes stay those of all."""
        left, right, row = self.left[chosen], self.right[chosen], self.row[chosen]
        return Extents(left, right, row, self.first[chosen], self.last[chosen], self.size, self.spacing)

    def width(self, chosen: Numbers) -> float:
        """The median width of some lines."""
        return float(np.median(self.right[chosen] - self.left[chosen]))

    def aligned(self, one: int, others: Numbers) -> bool:
        """Whether a line ends at the height at which one of the others begins, or the other way round."""
        before = self.left[others] < self.left[one]
        apart = np.where(before, self.last[others] - self.first[one], self.first[others] - self.last[one])
        return bool((np.abs(apart) < _ALIGNED * self.size).any())


@dataclass(frozen=True, slots=True, eq=False)
class Gutter:
    """A gutter, by numbers of lines.

    Attributes:
        left, right: the lines on either side.
        above, below: the lines over its upper and under its lower end.
        note: -1 where what stands at the left is a note beside the text, 1 where what stands at the
            right is, 0 between columns.
    """

    left: Numbers
    right: Numbers
    above: Numbers
    below: Numbers
    note: int


def find_gutter(lines: Extents) -> Gutter | None:
    """Return the gutter with most rows on both sides, columns before notes; None where there is none."""
    best: tuple[float, float] = (0.0, 0.0)
    found = None
    order = np.argsort(lines.row, kind="stable")
    steps = np.unique(np.floor((lines.left - 0.5 * WIDTH * lines.size) / (0.25 * lines.size)))
    for cut in steps * 0.25 * lines.size:
        for start, stop, left, right in _stretches(lines, order, float(cut)):
            if min(len(left), len(right)) < best[0]:
                continue  # cannot have more rows
            width = _tenth(lines.left[right]) + _tenth(-lines.right[left])
            if width < WIDTH * lines.size:
                continue
            note = _judge(lines, left, right)
            rows = min(_beside(lines, left, right), _beside(lines, right, left))
            score = (rows * (0.5 if note else 1.0), width)
            if note is not None and score > best:
                best, found = score, _gutter(lines, order, (start, stop), (left, right), note)
    return found


def _stretches(lines: Extents, order: Numbers, cut: float) -> Iterator[tuple[int, int, Numbers, Numbers]]:
    """Yield each stretch of a pixel column that no line crosses: its range in ``order``, and its sides."""
    over = _OVER * lines.size
    left, right = lines.right <= cut + over, lines.left >= cut - over
    both = left & right
    centred = lines.left + lines.right < 2 * cut
    left, right = left & (~both | centred), right & (~both | ~centred)
    if not left.any() or not right.any():
        return
    edges = np.concatenate([[-1], np.flatnonzero(~(left | right)[order]), [len(order)]])
    for number in np.flatnonzero(np.diff(edges) > _LEAST).tolist():
        start, stop = int(edges[number]) + 1, int(edges[number + 1])
        members = order[start:stop]
        before = left[members]
        if 0 < before.sum() < len(members):
            yield start, stop, members[before], members[~before]


def _tenth(values: Floats) -> float:
    """Return the value that a tenth of the values lie under."""
    return float(np.partition(values, len(values) // 10)[len(values) // 10])


def _judge(lines: Extents, left: Numbers, right: Numbers) -> int | None:
    """Tell columns (0) from a note at the left (-1) or right (1), and from what is no gutter (None)."""
    few, many = (left, right) if len(left) < len(right) else (right, left)
    paired = sum(lines.aligned(int(line), many) for line in few)
    beside = min(_beside(lines, left, right), _beside(lines, right, left))
    widths = lines.width(left), lines.width(right)
    if beside >= _ROWS:
        if paired >= 0.8 * len(many) and min(widths) < CELL * lines.size:
            return None  # a list of two columns is read row by row
        narrow, wide, side = (left, right, -1) if widths[0] < widths[1] else (right, left, 1)
        low = np.ptp(lines.row[narrow]) < _NOTE_HEIGHT * np.ptp(lines.row[wide])
        return side if low and min(widths) < _NOTE_WIDTH * max(widths) else 0
    widths_of_many = lines.right[many] - lines.left[many]
    rows, own = lines.row[many[widths_of_many > 0.5 * np.median(widths_of_many)]], lines.row[few]
    reach = 0.6 * lines.spacing
    if len(many) < 2 * len(few) + 1 or own.min() < rows.min() - reach or own.max() > rows.max() + reach:
        return None
    above, below = int((rows < own.min() - reach).sum()), int((rows > own.max() + reach).sum())
    if max(above, below) < 2 and min(above, below) < 1:
        return None
    side = -1 if few is left else 1
    if paired == len(few) and not (_outside(lines, few, side) and lines.width(many) > TEXT * lines.size):
        return None  # words far apart
    if lines.width(few) >= _NOTE_WIDTH * lines.width(many):
        return 0 if len(few) > 1 else None
    return side


def _outside(lines: Extents, few: Numbers, side: int) -> bool:
    """Whether lines stand clearly beyond all others, and are more than a number or a bullet."""
    others = np.setdiff1d(np.arange(len(lines.row)), few)
    if side < 0:
        gap = lines.left[others].min() - lines.right[few].max()
    else:
        gap = lines.left[few].min() - lines.right[others].max()
    return bool(gap > 0.5 * lines.size and lines.width(few) >= 0.5 * CELL * lines.size)


def _beside(lines: Extents, some: Numbers, others: Numbers) -> int:
    """How many of some lines lie within the height of others."""
    rows, margin = lines.row[others], 2.0 * lines.size
    return int(((lines.row[some] >= rows.min() - margin) & (lines.row[some] <= rows.max() + margin)).sum())


def _gutter(
    lines: Extents, order: Numbers, stretch: tuple[int, int], sides: tuple[Numbers, Numbers], note: int
) -> Gutter:
    left, right = sides
    above, below = order[: stretch[0]], order[stretch[1] :]
    if note == 0:
        # What stands at the right over both columns, apart from the right one, such as a date.
        rows = lines.row[right]
        gaps = np.diff(rows)
        over = np.flatnonzero(
            (rows[:-1] < lines.row[left].min() - lines.size) & (gaps > APART * lines.spacing)
        )
        if over.size:
            above = np.concatenate([above, right[: over[-1] + 1]])
            right = right[over[-1] + 1 :]
    return Gutter(left, right, above, below, note)
