"""Fragments of lines -> rows: each fragment is chained to the one that continues it.

Two fragments continue each other when their middles, carried on to half of the gap between them,
meet. A wide gap is only bridged where no gutter between columns runs through it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkread.layout.fragments import Fragment

Floats = npt.NDArray[np.float64]

_NEAR = 3.0  # gap in x-heights that words of a line may always have
_NEARER = 1.5  # the same where cores are seen whole, gaps between words included
_FAR = 14.0  # gap in x-heights that may still be bridged
_PARTS = 0.5  # separators to be expected in a gap that nothing is chained through
_STRIP = 0.2  # of a core's height: thickness of a separator
_ACROSS = 0.4  # of the core's height, above and below its middle, that such a one crosses
_OFFSET = 0.75  # difference of height in x-heights between fragments of a row


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One line's core: a smooth curve through the middle of its small letters.

    Attributes:
        left, right: first and last column of the core, pixels.
        xs, ys: float64 (N,), N >= 2, points of the curve, left to right.
        thickness: the core's height, about an x-height, in pixels.
        area: pixels of the core.
    """

    left: float
    right: float
    xs: Floats
    ys: Floats
    thickness: float
    area: int

    def at(self, x: Floats) -> Floats:
        """The curve's row at columns ``x``; carried on beyond the ends at the ends' slope."""
        values = np.interp(x, self.xs, self.ys)
        first = (self.ys[1] - self.ys[0]) / max(self.xs[1] - self.xs[0], 1e-6)
        last = (self.ys[-1] - self.ys[-2]) / max(self.xs[-1] - self.xs[-2], 1e-6)
        values = np.where(x < self.xs[0], self.ys[0] + (x - self.xs[0]) * first, values)
        return np.where(x > self.xs[-1], self.ys[-1] + (x - self.xs[-1]) * last, values)

    def band(self, extend: float) -> Floats:
        """The core's outline, float64 (N, 2), made ``extend`` pixels longer at both ends."""
        xs = np.concatenate([[self.left - extend], self.xs[1:-1], [self.right + extend]])
        ys = self.at(xs)
        half = 0.5 * self.thickness
        upper = np.stack([xs, ys - half], axis=1)
        lower = np.stack([xs, ys + half], axis=1)[::-1]
        return np.concatenate([upper, lower])


def chain(
    fragments: list[Fragment], width: int, separator: npt.NDArray[np.float32] | None = None
) -> list[Row]:
    """Chain fragments of a page ``width`` pixels wide to rows.

    Args:
        fragments: of one page.
        width: of the page in pixels.
        separator: float32 (H, W), 0 to 1, the probability that a pixel parts two lines; no chain
            goes through an upright one.
    """
    weights = np.array([fragment.area for fragment in fragments], dtype=np.float64)
    order = np.argsort([fragment.thickness for fragment in fragments])
    total = np.cumsum(weights[order])
    usual = fragments[int(order[np.searchsorted(total, 0.5 * total[-1])])].thickness
    slope = _common_slope(fragments, usual)
    ends = [_Ends.of(fragment, usual, slope) for fragment in fragments]
    links = _links(fragments, ends, usual, separator)
    rows = []
    for members in _follow(links, len(fragments)):
        rows.append(_row([fragments[member] for member in members], slope))
    return rows


@dataclass(frozen=True, slots=True)
class _Ends:
    """Height and slope of a fragment at its left and its right end."""

    left: float
    right: float
    left_slope: float
    right_slope: float

    @staticmethod
    def of(fragment: Fragment, usual: float, slope: float) -> _Ends:
        reach = int(min(max(8 * usual, 8), fragment.width))
        if fragment.width < 4 * usual:
            middle, half = fragment.middle, 0.5 * fragment.width
            return _Ends(middle - half * slope, middle + half * slope, slope, slope)
        x = np.arange(reach) + 0.5
        sides = []
        for part, at in ((fragment.centre[:reach], 0.0), (fragment.centre[-reach:], float(reach))):
            own = float(np.polyfit(x, part, 1)[0])
            # A short stretch tells its slope badly: lean towards the page's.
            trust = min(1.0, reach / (8 * usual)) * 0.5
            own = trust * own + (1 - trust) * slope
            sides.append((float(part.mean() + own * (at - 0.5 * reach)), own))
        (left, left_slope), (right, right_slope) = sides
        return _Ends(left, right, left_slope, right_slope)


def _common_slope(fragments: list[Fragment], usual: float) -> float:
    """The median slope of the long fragments, 0 where there are none."""
    slopes, weights = [], []
    for fragment in fragments:
        if fragment.width > 6 * usual:
            slopes.append(float(np.polyfit(np.arange(fragment.width), fragment.centre, 1)[0]))
            weights.append(fragment.width)
    if not slopes:
        return 0.0
    order = np.argsort(slopes)
    total = np.cumsum(np.array(weights, dtype=np.float64)[order])
    return slopes[int(order[np.searchsorted(total, 0.5 * total[-1])])]


def _links(
    fragments: list[Fragment], ends: list[_Ends], usual: float, separator: npt.NDArray[np.float32] | None
) -> dict[int, int]:
    """For every fragment that has one, the fragment that continues it to the right."""
    found: list[tuple[float, int, int]] = []
    near = _NEAR if separator is None else _NEARER
    first, last, thick, meets, slopes = (
        np.array(values, dtype=np.float64)
        for values in (
            [f.left for f in fragments], [f.right for f in fragments], [f.thickness for f in fragments],
            [end.left for end in ends], [end.left_slope for end in ends],
        )
    )  # fmt: skip
    for i, one in enumerate(fragments):
        sizes = np.maximum(np.minimum(one.thickness, thick), 0.6 * usual)
        gaps = first - one.right
        halves = 0.5 * np.maximum(gaps, 0)
        offsets = np.abs(ends[i].right + ends[i].right_slope * halves - (meets - slopes * halves)) / sizes
        fits = (first >= one.left) & (last > one.right) & (gaps <= _FAR * sizes) & (gaps >= -1.0 * sizes)
        for j in np.flatnonzero(fits & (offsets <= _OFFSET)).tolist():
            gap, size, offset = float(gaps[j]), float(sizes[j]), float(offsets[j])
            if gap > near * size and _gutter(fragments, one, fragments[j], size):
                continue
            if separator is not None and parted(separator, one, fragments[j], size):
                continue
            found.append((offset + 0.15 * max(gap, 0) / size, i, j))
    follows: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(found):
        if i not in follows and j not in taken:
            follows[i] = j
            taken.add(j)
    return follows


def parted(separator: npt.NDArray[np.float32], one: Fragment, other: Fragment, size: float) -> bool:
    """Whether a separator stands upright in the gap between two fragments, all across their height.

    The probabilities of the gap's columns are added up: where a gutter's middle is not clear, its
    separator is pale but wide. One that lies, above or below, reaches into the gap with a part alone.
    """
    left, right = int(min(one.right, other.left)) - 1, int(max(one.right, other.left)) + 2
    start, stop = max(left, 0), min(right, separator.shape[1])
    columns = np.arange(start, stop)
    if columns.size == 0:
        return False
    middle = np.interp(
        columns, [one.right, max(other.left, one.right + 1)], [one.centre[-1], other.centre[0]]
    )
    rows = middle + np.linspace(-_ACROSS, _ACROSS, 5)[:, None] * size
    rows = np.clip(np.round(rows), 0, separator.shape[0] - 1).astype(np.int64)
    across = np.median(separator[rows, columns], axis=0).sum()
    return bool(across > _PARTS * max(_STRIP * size, 2.0))


def _gutter(fragments: list[Fragment], one: Fragment, other: Fragment, size: float) -> bool:
    """Whether the gap between two fragments is part of a gutter between columns.

    It is one when the rows above and below, as far as four line heights away, leave a part of it
    free, and have writing on both sides of it.
    """
    left, right = float(one.right), float(other.left)
    middle = 0.5 * (one.middle + other.middle)
    sides = 0
    for sign in (-1.0, 1.0):
        near = [
            f for f in fragments
            if 0.8 * size < sign * (f.middle - middle) < 9 * size
        ]  # fmt: skip
        if any(f.left < left + size and f.right > right - size for f in near):
            continue
        before = [f for f in near if f.right <= right - size and f.left < left]
        after = [f for f in near if f.left >= left + size and f.right > right]
        if not before or not after:
            continue
        if min(f.left for f in after) - max(f.right for f in before) > 1.5 * size:
            sides += 1
    return sides > 0


def _follow(links: dict[int, int], count: int) -> list[list[int]]:
    """The chains of ``links`` as lists of members, left to right."""
    starts = [i for i in range(count) if i not in set(links.values())]
    chains = []
    for start in starts:
        members = [start]
        while members[-1] in links:
            members.append(links[members[-1]])
        chains.append(members)
    return chains


def _row(members: list[Fragment], slope: float) -> Row:
    """A row of one or more fragments, left to right, with a smooth curve through them."""
    x = np.concatenate([np.arange(f.left, f.right) + 0.5 for f in members])
    y = np.concatenate([f.centre for f in members])
    widths = np.array([f.width for f in members], dtype=np.float64)
    thickness = float(np.average([f.thickness for f in members], weights=widths))
    left, right = float(min(f.left for f in members)), float(max(f.right for f in members))
    span = right - left
    knots = np.linspace(left, right, max(int(span / max(2 * thickness, 4)), 1) + 1)
    if span < 4 * thickness:
        ys = y.mean() + slope * (knots - x.mean())
    else:
        degree = 1 if span < 12 * thickness else 3 if span < 30 * thickness else 4
        scale = (x - left) / span
        weights = np.polynomial.polynomial.polyfit(scale, y, degree)
        ys = np.polynomial.polynomial.polyval((knots - left) / span, weights)
    return Row(left, right, knots, np.asarray(ys), thickness, int(sum(f.area for f in members)))
