"""Frames of a reading -> places on the page: where each word and character stands.

A recogniser's frame covers ``stride`` columns of the normalised line; those are columns of the
crop; those run along the line's baseline on the sheet, one pixel each. A CTC frame marks a
character's middle rather than its width: where a character ends is seen from the ink, at the gap, or
else where there is the least of it, between its middle and the next one's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from inkread.document import Character, Polygon, Word

Points = npt.NDArray[np.floating]
Floats = npt.NDArray[np.float64]

_LATE = 1.0  # frames by which characters reach further to the right than their frames do
_STRAY = 1.0  # pixels of ink that a cut through a stroke is worth, for each column nearer to the middle


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A line's course: ``u`` runs along the chord of its baseline, ``v`` across, downwards.

    ``knots`` holds ``u`` of the outline's corners, ``upper`` and ``lower`` its ``v`` there;
    ``start`` is the ``u`` of the crop's column 0.
    """

    origin: Floats
    along: Floats
    knots: Floats
    upper: Floats
    lower: Floats
    start: float

    @staticmethod
    def of(polygon: Points, baseline: Points, columns: int) -> Track:
        """Lay a crop of ``columns`` pixels over the middle of a line's polygon.

        Args:
            polygon: (N, 2), N >= 3, the line's outline in pixels.
            baseline: (M, 2), M >= 2, from left to right.
        """
        origin = np.asarray(baseline[0], dtype=np.float64)
        span = np.asarray(baseline[-1], dtype=np.float64) - origin
        length = float(np.hypot(span[0], span[1]))
        along = span / length if length > 0 else np.array([1.0, 0.0])
        offsets = np.asarray(polygon, dtype=np.float64) - origin
        u, v = offsets @ along, offsets @ np.array([-along[1], along[0]])
        knots = np.unique(u)
        upper, lower = _envelope(u, v, knots)
        start = 0.5 * (float(u.min()) + float(u.max()) - columns)
        return Track(origin, along, knots, upper, lower, start)

    def outline(self, left: float, right: float) -> Floats:
        """Return float64 (N, 2): the part of the line's outline between two columns of the crop."""
        low, high = float(self.knots[0]), float(self.knots[-1])
        a, b = (min(max(self.start + column, low), high) for column in (left, right))
        inner = self.knots[(self.knots > a) & (self.knots < b)]
        u = np.concatenate([[a], inner, [b]])
        upper, lower = np.interp(u, self.knots, self.upper), np.interp(u, self.knots, self.lower)
        across = np.array([-self.along[1], self.along[0]])
        over = self.origin + u[:, None] * self.along + upper[:, None] * across
        under = self.origin + u[:, None] * self.along + lower[:, None] * across
        return np.concatenate([over, under[::-1]])


def _envelope(u: Floats, v: Floats, knots: Floats) -> tuple[Floats, Floats]:
    """Return the least and greatest ``v`` of a closed outline at each of its corners' ``u``."""
    next_u, next_v = np.roll(u, -1), np.roll(v, -1)
    run = next_u - u
    upright = run == 0  # its ends are its neighbours' too
    along = (knots[:, None] - u) / np.where(upright, 1.0, run)
    crossed = (along >= -1e-9) & (along <= 1 + 1e-9) & ~upright
    heights = v + along * (next_v - v)
    upper = np.where(crossed, heights, float(v.max())).min(axis=1)
    lower = np.where(crossed, heights, float(v.min())).max(axis=1)
    return np.minimum(upper, lower), np.maximum(upper, lower)


def edges(frames: Sequence[tuple[int, int]]) -> list[float]:
    """Return borders half way between characters, in frames: one more than there are characters.

    Args:
        frames: first and last + 1 frame of each character, in order.
    """
    if not frames:
        return []
    inner = [(before[1] + after[0]) / 2.0 for before, after in pairwise(frames)]
    usual = (frames[-1][1] - frames[0][0]) / len(frames)
    first = max(frames[0][0] - usual / 2.0, 0.0)
    return [first, *inner, frames[-1][1] + usual / 2.0]


def borders(
    text: str, frames: Sequence[tuple[int, int]], ink: npt.NDArray[np.integer], per_frame: float
) -> list[float]:
    """Return the borders between characters, in columns of the crop: one more than there are characters.

    Args:
        text: the line.
        frames: first and last + 1 frame of each character, in order.
        ink: (W,), pixels of ink in each column of the crop.
        per_frame: columns of the crop to a frame.
    """
    middles = [(first + last + _LATE) / 2.0 * per_frame for first, last in frames]
    found = [(edge + _LATE / 2.0) * per_frame for edge in edges(frames)]
    written = [place for place, character in enumerate(text) if character != " "]
    for before, after in pairwise(written):
        left, right = _gap(ink, middles[before], middles[after])
        if after == before + 1:
            left = right = (left + right) / 2.0
        found[before + 1 : after + 1] = np.linspace(left, right, after - before).tolist()
    return found


def _gap(ink: npt.NDArray[np.integer], left: float, right: float) -> tuple[float, float]:
    """Return where the widest gap between two columns begins and ends, or the thinnest place."""
    start, stop = max(round(left), 0), min(round(right), len(ink))
    part = ink[start:stop]
    if not len(part):
        return (left + right) / 2.0, (left + right) / 2.0
    away = np.abs(np.arange(len(part)) - (len(part) - 1) / 2.0)
    if part.min() > 0:
        thinnest = start + int(np.argmin(part + _STRAY * away)) + 0.5
        return thinnest, thinnest
    steps = np.flatnonzero(np.diff(np.concatenate([[False], part == 0, [False]])))
    begins, ends = steps[::2], steps[1::2]
    widest = int(np.argmax(ends - begins))
    return float(start + begins[widest]), float(start + ends[widest])


def words(
    text: str,
    confidences: Sequence[float],
    sure: Sequence[float],
    columns: Sequence[float],
    outline: Callable[[float, float], Floats],
    place: Callable[[Floats], Polygon],
) -> tuple[Word, ...]:
    """Cut a line into words at its spaces.

    Args:
        text: the line.
        confidences: of each character of ``text``, 0.0 to 1.0.
        sure: confidence of each word.
        columns: borders between characters, in columns of the crop; ``len(text) + 1`` of them.
        outline: the polygon between two columns, (N, 2), on the picture that the line was cut from.
        place: carries points (N, 2) of that picture to the page; called once, with all of them.

    Returns:
        The words.
    """
    ends = [0, *(place + 1 for place, character in enumerate(text) if character == " "), len(text) + 1]
    spans = [(start, end - 1) for start, end in pairwise(ends) if end - 1 > start]
    inner = [(i, i + 1) for start, end in spans for i in range(start, end)]
    outlines = [outline(columns[start], columns[end]) for start, end in (*spans, *inner)]
    if not outlines:
        return ()
    placed = place(np.concatenate(outlines))
    marks = accumulate(map(len, outlines), initial=0)
    polygons = iter([placed[first:last] for first, last in pairwise(marks)])
    around = [next(polygons) for _ in spans]
    result = []
    for (start, end), confidence, polygon in zip(spans, sure, around, strict=True):
        characters = tuple(Character(text[i], confidences[i], next(polygons)) for i in range(start, end))
        result.append(Word(text[start:end], confidence, polygon, characters))
    return tuple(result)
