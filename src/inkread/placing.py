"""Frames of a reading -> places on the page: where each word and character stands.

A recogniser's frame covers ``stride`` columns of the normalised line; those are columns of the
crop; those run along the line's baseline on the sheet, one pixel each. A CTC frame marks a
character's middle rather than its width: where a character ends is seen from the ink, at the gap, or
else where there is the least of it, between its middle and the next one's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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

    def outlines(self, spans: Sequence[tuple[float, float]]) -> list[Floats]:
        """Return of each span, two columns of the crop, the part of the line's outline between them.

        Each is float64 (N, 2): along the top from left to right, and back along the bottom.
        """
        if not spans:
            return []
        ends = np.clip(self.start + np.asarray(spans, dtype=np.float64), self.knots[0], self.knots[-1])
        first = np.searchsorted(self.knots, ends[:, 0], side="right")
        last = np.maximum(np.searchsorted(self.knots, ends[:, 1], side="left"), first)
        rows = [
            np.concatenate([ends[row, :1], self.knots[i:j], ends[row, 1:]])
            for row, (i, j) in enumerate(zip(first.tolist(), last.tolist(), strict=True))
        ]
        u = np.concatenate(rows)
        across = np.array([-self.along[1], self.along[0]])
        chord = self.origin + u[:, None] * self.along
        over = chord + np.interp(u, self.knots, self.upper)[:, None] * across
        under = chord + np.interp(u, self.knots, self.lower)[:, None] * across
        marks = pairwise(accumulate(map(len, rows), initial=0))
        return [np.concatenate([over[i:j], under[i:j][::-1]]) for i, j in marks]


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
    turns = np.flatnonzero(np.diff(np.concatenate([[False], ink == 0, [False]]))).tolist()
    gaps = turns[::2], turns[1::2]
    for before, after in pairwise(written):
        left, right = _gap(ink, gaps, middles[before], middles[after])
        if after == before + 1:
            found[after] = (left + right) / 2.0
        else:
            found[before + 1 : after + 1] = np.linspace(left, right, after - before).tolist()
    return found


def _gap(
    ink: npt.NDArray[np.integer], gaps: tuple[list[int], list[int]], left: float, right: float
) -> tuple[float, float]:
    """Return where the widest gap between two columns begins and ends, or the thinnest place.

    ``gaps``: where all gaps of the line begin, and where they end.
    """
    start, stop = max(round(left), 0), min(round(right), len(ink))
    if start >= stop:
        return (left + right) / 2.0, (left + right) / 2.0
    begins, ends = gaps
    widest = (start, start)
    for number in range(bisect_right(ends, start), bisect_left(begins, stop)):
        part = max(begins[number], start), min(ends[number], stop)
        if part[1] - part[0] > widest[1] - widest[0]:
            widest = part
    if widest[1] > widest[0]:
        return float(widest[0]), float(widest[1])
    away = np.abs(np.arange(stop - start) - (stop - start - 1) / 2.0)
    thinnest = start + int(np.argmin(ink[start:stop] + _STRAY * away)) + 0.5
    return thinnest, thinnest


def words(
    text: str,
    confidences: Sequence[float],
    sure: Sequence[float],
    columns: Sequence[float],
    outlines: Callable[[Sequence[tuple[float, float]]], list[Floats]],
    place: Callable[[Floats], Polygon],
) -> tuple[Word, ...]:
    """Cut a line into words at its spaces.

    Args:
        text: the line.
        confidences: of each character of ``text``, 0.0 to 1.0.
        sure: confidence of each word.
        columns: borders between characters, in columns of the crop; ``len(text) + 1`` of them.
        outlines: polygons, (N, 2) each, between pairs of columns, on the picture that the line was cut from.
        place: carries points (N, 2) of that picture to the page; called once, with all of them.

    Returns:
        The words.
    """
    ends = [0, *(place + 1 for place, character in enumerate(text) if character == " "), len(text) + 1]
    spans = [(start, end - 1) for start, end in pairwise(ends) if end - 1 > start]
    inner = [(i, i + 1) for start, end in spans for i in range(start, end)]
    if not spans:
        return ()
    cut = outlines([(columns[start], columns[end]) for start, end in (*spans, *inner)])
    placed = place(np.concatenate(cut))
    marks = accumulate(map(len, cut), initial=0)
    polygons = iter([placed[first:last] for first, last in pairwise(marks)])
    around = [next(polygons) for _ in spans]
    result = []
    for (start, end), confidence, polygon in zip(spans, sure, around, strict=True):
        characters = tuple(Character(text[i], confidences[i], next(polygons)) for i in range(start, end))
        result.append(Word(text[start:end], confidence, polygon, characters))
    return tuple(result)
