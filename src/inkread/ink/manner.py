"""How a hand moves: round or angular, steady or trembling, with joined strokes or with skips of the pen.

A writer's stored strokes are always written the same way; a line of them is varied as a whole, so that one
hand keeps its manner. Lengths are in x-heights, y downwards from the baseline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkread.ink.strokes import Points

STEP = 0.06
"""Spacing of points along a varied stroke."""

_TREMBLE = 12  # points from one push of the hand to the next
_AHEAD = (-0.25, 0.45)  # how far to the right of a stroke's end the next may begin to be joined to it
_ZONE = (-1.3, 0.35)  # rows in which strokes are joined: not from or to dots, bars and accents
_BODY = 0.4  # height of a stroke that may be joined
_DIP = 0.12  # by which a joining stroke hangs through
_SKIP = (2, 5)  # points that a skip of the pen leaves out, the last not included


@dataclass(frozen=True, slots=True)
class Manner:
    """How a hand moves.

    Attributes:
        rounding: rounds of smoothing over ``STEP``.
        tremor: standard deviation of the hand's drift, in x-heights.
        joining: share of neighbouring strokes that are joined, where they can be: letters that nearly touch.
        skipping: how often the pen skips, a stretch of one x-height.
    """

    rounding: int = 0
    tremor: float = 0.0
    joining: float = 0.0
    skipping: float = 0.0


def choose_manner(rng: np.random.Generator) -> Manner:
    """Draw how a hand moves: most are steady, join little and do not skip."""
    return Manner(
        rounding=int(rng.integers(0, 9)),
        tremor=float(rng.uniform(0.01, 0.045)) if rng.random() < 0.4 else 0.0,
        joining=float(rng.uniform(0.3, 0.95)) if rng.random() < 0.3 else 0.0,
        skipping=float(rng.uniform(0.01, 0.08)) if rng.random() < 0.12 else 0.0,
    )


def vary(strokes: Sequence[Points], manner: Manner, rng: np.random.Generator) -> tuple[Points, ...]:
    """Return the strokes of one piece of writing as a hand of that manner moves.

    Args:
        strokes: float32 (N, 2) each, N >= 1, in the order in which they were written.
        manner: how.
        rng: chance of tremor, of what is joined and of skips.
    """
    joined = _join(strokes, manner.joining, rng) if manner.joining else list(strokes)
    varied: list[Points] = []
    for stroke in joined:
        even = _moved(resample(stroke), manner, rng)
        varied += _skip(even, manner.skipping, rng) if manner.skipping else [even]
    return tuple(varied)


def resample(stroke: Points, step: float = STEP) -> Points:
    """Return a stroke (N, 2) with points evenly ``step`` apart along it, its ends kept; a dot as it is."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))))
    if along[-1] < step:
        return stroke
    at = np.linspace(0.0, along[-1], max(int(np.ceil(along[-1] / step)) + 1, 2))
    even = np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=1)
    return np.asarray(even, dtype=np.float32)


def _moved(stroke: Points, manner: Manner, rng: np.random.Generator) -> Points:
    """Round a stroke off and let the hand drift."""
    if len(stroke) < 3:
        return stroke
    result = stroke.astype(np.float64)
    for _ in range(manner.rounding):
        result[1:-1] = (result[:-2] + 2.0 * result[1:-1] + result[2:]) / 4.0
    if manner.tremor:
        result += manner.tremor * _drift(len(result), rng)
    return np.asarray(result, dtype=np.float32)


def _drift(points: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Noise (points, 2) that changes slowly, of standard deviation 1."""
    values = rng.normal(0.0, np.sqrt(1.5), (points // _TREMBLE + 3, 2))  # between two of them it is less
    at = rng.uniform() + np.arange(points) / _TREMBLE
    return np.stack([np.interp(at, np.arange(len(values)), values[:, axis]) for axis in (0, 1)], axis=1)


def _join(strokes: Sequence[Points], share: float, rng: np.random.Generator) -> list[Points]:
    """Let some strokes run on into the next one."""
    joined: list[Points] = []
    for stroke in strokes:
        if joined and _can_join(joined[-1], stroke) and rng.random() < share:
            last = joined[-1]
            joined[-1] = np.concatenate((last, _link(last[-1], stroke[0]), stroke))
        else:
            joined.append(stroke)
    return joined


def _can_join(last: Points, stroke: Points) -> bool:
    ahead = float(stroke[0, 0] - last[-1, 0])
    ends = (float(last[-1, 1]), float(stroke[0, 1]))
    bodies = all(
        float(np.ptp(part[:, 1])) >= _BODY and float(part[:, 1].max()) > -_BODY for part in (last, stroke)
    )
    return bodies and _AHEAD[0] <= ahead <= _AHEAD[1] and all(_ZONE[0] <= end <= _ZONE[1] for end in ends)


def _link(start: npt.NDArray[np.float32], end: npt.NDArray[np.float32]) -> Points:
    """Points between two strokes, on a curve that hangs through (a quadratic Bézier curve)."""
    middle = np.array([(start[0] + end[0]) / 2.0, max(start[1], end[1]) + _DIP])
    t = np.linspace(0.0, 1.0, 8)[1:-1, None]
    return np.asarray((1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end, dtype=np.float32)


def _skip(stroke: Points, often: float, rng: np.random.Generator) -> list[Points]:
    """Cut a stroke where the pen skips; its ends stay."""
    if len(stroke) < 3 * _SKIP[1]:
        return [stroke]
    parts, begin = [], 0
    for at in np.flatnonzero(rng.random(len(stroke)) < often * STEP):
        gap = int(rng.integers(*_SKIP))
        if at - begin < _SKIP[1] or at + gap > len(stroke) - _SKIP[1]:
            continue
        parts.append(stroke[begin:at])
        begin = int(at) + gap
    return [*parts, stroke[begin:]]
