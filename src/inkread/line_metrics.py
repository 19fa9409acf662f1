"""How well the lines of a page are found: by the ink they hold, and by where their baselines run.

By ink (intersection over union, as in the field's segmentation contests), only ink counts, as the
paper around it belongs to no line that one could dispute. By baseline (after Grüning and others'
cBAD measure, DAS 2018), only the course of the writing counts, however much of a loop a polygon cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import cv2
import numpy as np
import numpy.typing as npt

FOUND = 0.5
"""A true line is found where a read one shares at least this part of both's ink (intersection over union)."""

ON_COURSE = 0.75
"""Of a baseline's points must lie within the tolerance for it to be the other."""

_HALF = 0.5
_PIECE = 0.1

Points = npt.NDArray[np.floating]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LineCounts:
    """What became of the true lines of one page or many; counts of several add up.

    Attributes:
        lines: true lines; those without any ink are left out.
        found: matched one to one by a read line with ``FOUND`` of both's ink.
        split: of which two read lines or more each hold a tenth, and are half made of; such a line
            may be found all the same.
        merged: of which a read line holds half that holds half of another true line too; likewise.
        missed: none of these.
        on_course: matched one to one by a read line's baseline.
        read: lines read.
        spurious: read lines less than half of whose ink is in true lines.
    """

    lines: int = 0
    found: int = 0
    split: int = 0
    merged: int = 0
    missed: int = 0
    on_course: int = 0
    read: int = 0
    spurious: int = 0

    def __add__(self, other: LineCounts) -> LineCounts:
        return LineCounts(
            *(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True))
        )

    def share(self, count: int) -> float:
        """Return ``count`` as a share of the true lines, 0.0 if there are none."""
        return count / max(self.lines, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """The lines of a page: ``polygons`` (N, 2) each, and ``baselines`` (M, 2) each, in the same order.

    A baseline without points is not known, and left out of what is said of baselines.
    """

    polygons: Sequence[Points]
    baselines: Sequence[Points] = ()


def count_lines(ink: npt.NDArray[np.uint8], true: Outlines, read: Outlines) -> LineCounts:
    """Compare the lines of one page.

    Args:
        ink: uint8 (H, W), 1 for ink.
        true: in pixels of ``ink``, as (x, y).
        read: likewise.

    Returns:
        The counts; ``on_course`` with a tolerance of a third of the true lines' median height.
    """
    mine = [patch for polygon in true.polygons if (patch := _Patch.of(ink, polygon)).area]
    theirs = [_Patch.of(ink, polygon) for polygon in read.polygons]
    overlaps, shared, size, other = _overlaps(mine, theirs)
    found = np.zeros(len(mine), dtype=np.bool_)
    found[[pair[0] for pair in _best_pairs(overlaps, FOUND)]] = True
    split = ((shared >= _PIECE * size) & (shared >= _HALF * other)).sum(axis=1) > 1
    held = shared >= _HALF * size
    merged = (held & (held.sum(axis=0) > 1)).any(axis=1)
    height = float(np.median([np.ptp(polygon[:, 1]) for polygon in true.polygons])) if mine else 0.0
    return LineCounts(
        lines=len(mine),
        found=int(found.sum()),
        split=int(split.sum()),
        merged=int(merged.sum()),
        missed=int((~(found | split | merged)).sum()),
        on_course=len(match_baselines(true.baselines, read.baselines, height / 3)),
        read=len(theirs),
        spurious=int((_covered(mine, theirs) < _HALF * other[0]).sum()),
    )


def match_lines(
    ink: npt.NDArray[np.uint8], true: Sequence[Points], read: Sequence[Points]
) -> list[tuple[int, int]]:
    """Match lines one to one, the best overlaps first, where their ink overlaps by ``FOUND`` or more.

    Args:
        ink: uint8 (H, W), 1 for ink.
        true: polygons (N, 2), x and y in pixels of ``ink``.
        read: likewise.

    Returns:
        Pairs of numbers of a true and a read line.
    """
    mine, theirs = ([_Patch.of(ink, polygon) for polygon in polygons] for polygons in (true, read))
    return _best_pairs(_overlaps(mine, theirs)[0], FOUND)


def match_baselines(
    true: Sequence[Points], read: Sequence[Points], tolerance: float
) -> list[tuple[int, int]]:
    """Match baselines one to one where each lies along the other.

    Of two baselines the lesser of two shares counts: of the points of the one that lie within
    ``tolerance`` of the other, and the other way round; so a piece of a line is not the line. Pairs
    are made from the highest share down to ``ON_COURSE``.

    Args:
        true: baselines (M, 2), x and y; those with fewer than two points are left out.
        read: likewise.
        tolerance: in the same unit.

    Returns:
        Pairs of numbers of a true and a read baseline.
    """
    step = max(tolerance / 2, 1.0)
    mine, theirs = ([_dense(points, step) for points in baselines] for baselines in (true, read))
    shares = np.zeros((len(mine), len(theirs)))
    for i, one in enumerate(mine):
        for j, other in enumerate(theirs):
            if len(one) and len(other) and _near(one, other, tolerance):
                away = np.hypot(*(one[:, None] - other[None]).transpose(2, 0, 1))
                close = away <= tolerance
                shares[i, j] = min(close.any(axis=1).mean(), close.any(axis=0).mean())
    return _best_pairs(shares, ON_COURSE)


def _overlaps(true: Sequence[_Patch], read: Sequence[_Patch]) -> tuple[Floats, Floats, Floats, Floats]:
    """Return intersections over unions and shared ink (T, R), and the ink of each (T, 1) and (1, R)."""
    shared = np.array([[one.shared(other) for other in read] for one in true], dtype=np.float64)
    shared = shared.reshape(len(true), len(read))
    size = np.array([[max(patch.area, 1)] for patch in true], dtype=np.float64).reshape(-1, 1)
    other = np.array([[max(patch.area, 1) for patch in read]], dtype=np.float64)
    return shared / (size + other - shared), shared, size, other


def _best_pairs(scores: Floats, least: float) -> list[tuple[int, int]]:
    """Pair rows with columns one to one, the highest scores first, down to ``least``."""
    pairs: dict[int, int] = {}
    rows, columns = np.nonzero(scores >= least)
    for i, j in sorted(zip(rows.tolist(), columns.tolist(), strict=True), key=lambda at: (-scores[at], at)):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return sorted(pairs.items())


def _dense(points: Points, step: float) -> Floats:
    """Return points every ``step`` along a baseline, float64 (N, 2); none for a lone point."""
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if len(points) < 2:
        return np.zeros((0, 2))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    places = np.linspace(0.0, along[-1], max(int(along[-1] / step), 1) + 1)
    return np.stack([np.interp(places, along, points[:, axis]) for axis in (0, 1)], axis=1)


def _near(one: Floats, other: Floats, tolerance: float) -> bool:
    """Tell whether two baselines' boxes, made larger by ``tolerance``, meet."""
    low, high = one.min(axis=0) - tolerance, one.max(axis=0) + tolerance
    return bool((other.max(axis=0) >= low).all() and (other.min(axis=0) <= high).all())


def _covered(true: Sequence[_Patch], read: Sequence[_Patch]) -> Floats:
    """Return of each read line how much of its ink lies in any true line, in pixels."""
    covered = []
    for patch in read:
        inside = np.zeros_like(patch.mask)
        for other in true:
            if window := patch.window(other):
                patch.part(window, inside)[...] |= other.part(window)
        covered.append(float((inside & patch.mask).sum()))
    return np.array(covered, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Patch:
    """The ink inside a polygon, as a cut-out at ``left``, ``top``."""

    mask: npt.NDArray[np.bool_]
    left: int
    top: int
    area: int

    @staticmethod
    def of(ink: npt.NDArray[np.uint8], polygon: Points) -> _Patch:
        corners = np.round(polygon).astype(np.int32)
        low = np.clip(corners.min(axis=0), 0, [ink.shape[1], ink.shape[0]])
        high = np.clip(corners.max(axis=0) + 1, 0, [ink.shape[1], ink.shape[0]])
        (left, top), (right, bottom) = low.tolist(), high.tolist()
        inside = np.zeros((bottom - top, right - left), dtype=np.uint8)
        if inside.size:
            cv2.fillPoly(inside, [(corners - low).astype(np.int32).reshape(-1, 1, 2)], 1)
        mask = np.asarray(inside & ink[top:bottom, left:right], dtype=np.bool_)
        return _Patch(mask, left, top, int(mask.sum()))

    def window(self, other: _Patch) -> tuple[int, int, int, int] | None:
        """Return left, top, right, bottom of what two cut-outs share, None for nothing."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = min(self.left + self.mask.shape[1], other.left + other.mask.shape[1])
        bottom = min(self.top + self.mask.shape[0], other.top + other.mask.shape[0])
        return (left, top, right, bottom) if right > left and bottom > top else None

    def part(
        self, window: tuple[int, int, int, int], of: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.bool_]:
        """Return a window of the mask, or of another array that covers the same cut-out."""
        left, top, right, bottom = window
        array = self.mask if of is None else of
        return array[top - self.top : bottom - self.top, left - self.left : right - self.left]

    def shared(self, other: _Patch) -> int:
        """Return how many pixels of ink two lines share."""
        window = self.window(other)
        return int((self.part(window) & other.part(window)).sum()) if window else 0
