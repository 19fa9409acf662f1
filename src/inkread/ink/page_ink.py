"""A line's ink where it stands on the page: along a course that rises, bends and waves, with its outline.

Pen strokes are moved as points and drawn in place; a font's ink is remapped once. Both follow the
same map, ``(x, y) -> (left + x, foot + y + course(x))``, so that baseline and outline are exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkread.ink.layer import InkLine
from inkread.ink.pen import Pen, render
from inkread.ink.strokes import Points

Grey = npt.NDArray[np.uint8]
Row = npt.NDArray[np.float32]

INK = 72
"""Coverage (0 to 255) from which a pixel counts as ink of its line."""


@dataclass(frozen=True, slots=True)
class Course:
    """How a line runs: ``slope`` (rows a column), ``sag`` rows below the chord at the middle of ``length``
    columns, and a wave of ``height`` rows with a ``period`` in columns."""

    slope: float = 0.0
    sag: float = 0.0
    length: float = 1.0
    height: float = 0.0
    period: float = 1.0
    phase: float = 0.0

    def at(self, x: npt.NDArray[Any]) -> Row:
        """Return the rows by which the line stands lower at columns ``x`` from its beginning."""
        along = x / max(self.length, 1.0)
        bend = 4.0 * self.sag * along * (1.0 - along)
        wave = self.height * (np.sin(x * (math.tau / self.period) + self.phase) - math.sin(self.phase))
        return np.asarray(self.slope * x + bend + wave, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Written:
    """A line that is written but has no place yet; pixels of the page, the baseline at row 0, x from 0.

    Attributes:
        text: what it says.
        width: columns of its ink.
        x_height: rows of a letter x.
        strokes: float32 (N, 2) each; empty where the ink is a font's.
        pen: draws the strokes.
        mask: a font's ink.
        scale: pixels of the page to one of ``mask``.
        words: first and last column of each word, where known.
        crossed: whether words of it are crossed out.
    """

    text: str
    width: float
    x_height: float
    strokes: tuple[Points, ...] = ()
    pen: Pen | None = None
    mask: InkLine | None = None
    scale: float = 1.0
    words: tuple[tuple[float, float], ...] = ()
    crossed: bool = False


@dataclass(frozen=True, slots=True)
class Laid:
    """Ink in its place: ``coverage`` uint8 (h, w) with its first pixel at (``left``, ``top``) of the page.

    ``baseline`` is float32 (M, 2), ``outline`` float32 (N, 2) clockwise; both are page coordinates.
    """

    coverage: Grey
    left: int
    top: int
    baseline: Points
    outline: Points


def lay(
    written: Written, left: float, foot: float, course: Course, rng: np.random.Generator | None = None
) -> Laid:
    """Set ``written`` on the page, its first column at ``left``, its baseline there at row ``foot``."""
    if written.mask is not None:
        coverage, x0, y0 = _remapped(written.mask, written.scale, left, foot, course)
    else:
        coverage, x0, y0 = _drawn(written, left, foot, course, rng)
    step = max(written.x_height / 2.0, 2.0)
    count = max(math.ceil(written.width / step), 1)
    x = np.linspace(0.0, written.width, count + 1, dtype=np.float32)
    baseline = np.stack([left + x, foot + course.at(x)], axis=1).astype(np.float32)
    outline = _outline(coverage, x0, y0, baseline, written.x_height, max(round(step), 2))
    return Laid(coverage, x0, y0, _thinned(baseline), outline)


def _drawn(
    written: Written, left: float, foot: float, course: Course, rng: np.random.Generator | None
) -> tuple[Grey, int, int]:
    pen = written.pen or Pen(1.0)
    points = np.concatenate(written.strokes)
    moved = np.empty_like(points)
    moved[:, 0] = points[:, 0] + left
    moved[:, 1] = points[:, 1] + foot + course.at(points[:, 0])
    edge = 2.0 + pen.width + max(abs(pen.nib[0]), abs(pen.nib[1]))
    x0, y0 = (int(value) for value in np.floor(moved.min(axis=0) - edge))
    x1, y1 = (int(value) for value in np.ceil(moved.max(axis=0) + edge))
    moved -= np.array((x0, y0), np.float32)
    parts = np.split(moved, np.cumsum([len(stroke) for stroke in written.strokes])[:-1])
    # Thickness is counted in whole pixels of the enlarged drawing: a thin pen needs small ones.
    scale = 2 if pen.width >= 2.5 else 4
    coverage = render(parts, (y1 - y0 + 1, x1 - x0 + 1), pen, rng, scale=scale)
    return np.asarray(coverage, np.uint8), x0, y0


def _remapped(line: InkLine, scale: float, left: float, foot: float, course: Course) -> tuple[Grey, int, int]:
    begin, top, end, bottom = line.box
    width = (end - begin) * scale
    bend = course.at(np.linspace(0.0, width, 64, dtype=np.float32))
    x0, x1 = math.floor(left) - 2, math.ceil(left + width) + 2
    y0 = math.floor(foot + float(bend.min()) + (top - line.baseline) * scale) - 2
    y1 = math.ceil(foot + float(bend.max()) + (bottom - line.baseline) * scale) + 2
    x = np.arange(x0, x1 + 1, dtype=np.float32) - np.float32(left)
    rows = np.arange(y0, y1 + 1, dtype=np.float32)[:, None] - np.float32(foot)
    map_y = (rows - course.at(x)) / np.float32(scale) + np.float32(line.baseline)
    map_x = np.broadcast_to(x / np.float32(scale) + np.float32(begin), map_y.shape)
    source = line.coverage
    if scale < 0.7:
        source = np.asarray(cv2.GaussianBlur(source, (0, 0), 0.35 / scale), np.uint8)
    coverage = cv2.remap(source, np.ascontiguousarray(map_x), map_y, cv2.INTER_LINEAR)
    return np.asarray(coverage, np.uint8).reshape(map_y.shape), x0, y0


def _outline(coverage: Grey, x0: int, y0: int, baseline: Points, x_height: float, step: int) -> Points:
    """Return the envelope of the ink, a little loose, in steps of ``step`` columns."""
    strong = coverage >= INK
    rows, columns = strong.shape
    inked: npt.NDArray[np.bool_] = np.asarray(strong.any(axis=0))
    if not inked.any():
        return _band(baseline, x_height)
    first = int(inked.argmax())
    last = columns - int(inked[::-1].argmax())
    upper = np.where(inked, strong.argmax(axis=0), rows)[first:last]
    lower = np.where(inked, rows - strong[::-1].argmax(axis=0), 0)[first:last]
    starts = np.arange(0, last - first, step)
    high, low = np.minimum.reduceat(upper, starts), np.maximum.reduceat(lower, starts)
    middles = np.minimum(starts + step / 2.0, last - first) + (x0 + first)
    foot = np.interp(middles, baseline[:, 0], baseline[:, 1])
    high, low = y0 + high.astype(np.float64), y0 + low.astype(np.float64)
    high = -_widest(-high)
    low = _widest(low)
    high = np.minimum(high - 1.0, foot - 0.8 * x_height)
    low = np.maximum(low + 1.0, foot + 0.1 * x_height)
    ends = np.array((x0 + first - 1.0, x0 + last + 1.0))
    across = np.concatenate((ends[:1], middles, ends[1:]))
    high = np.concatenate((high[:1], high, high[-1:]))
    low = np.concatenate((low[:1], low, low[-1:]))
    top = np.stack([across, high], axis=1)
    bottom = np.stack([across, low], axis=1)[::-1]
    return np.concatenate((top, bottom)).astype(np.float32)


def _widest(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the greatest of each value and its two neighbours."""
    padded = np.concatenate((values[:1], values, values[-1:]))
    return np.maximum(np.maximum(padded[:-2], padded[2:]), values)


def _band(baseline: Points, x_height: float) -> Points:
    up = baseline - np.array((0.0, x_height), np.float32)
    return np.concatenate((up, baseline[::-1])).astype(np.float32)


def _thinned(points: Points) -> Points:
    """Leave out the points that a straight run does not need (to a tenth of a pixel)."""
    kept = cv2.approxPolyDP(points.reshape(-1, 1, 2), 0.1, False)
    return np.asarray(kept, np.float32).reshape(-1, 2)
