"""A hand that can write a few letters: strokes as points, for a mouse, a pen or a finger to follow."""

from __future__ import annotations

import itertools
import math
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Stroke: TypeAlias = list[Point]


def _arc(centre: Point, radii: Point, start: float, end: float, steps: int = 14) -> Stroke:
    """Points of an ellipse; angles in degrees, 0 to the right, 90 up."""
    angles = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return [
        (centre[0] + radii[0] * math.cos(angle), centre[1] + radii[1] * math.sin(angle)) for angle in angles
    ]


_HUMP = [(0.0, 0.0), (0.0, 0.55), *_arc((0.35, 0.6), (0.35, 0.4), 180, 0), (0.72, 0.0)]

# Letters on the baseline y = 0, x-height 1, ascenders 2; each with its width.
LETTERS: dict[str, tuple[float, list[Stroke]]] = {
    "e": (0.8, [[(0.04, 0.5), (0.75, 0.55), *_arc((0.4, 0.5), (0.37, 0.5), 15, 315)]]),
    "h": (0.75, [[(0.0, 2.0), *_HUMP]]),
    "i": (0.1, [[(0.0, 1.0), (0.0, 0.0)], [(0.0, 1.5), (0.02, 1.55)]]),
    "l": (0.15, [[(0.0, 2.0), (0.0, 0.2), (0.12, 0.0)]]),
    "o": (0.8, [_arc((0.4, 0.5), (0.4, 0.5), 90, 450, 20)]),
    "t": (
        0.6,
        [[(0.25, 1.7), (0.25, 0.25), *_arc((0.42, 0.2), (0.17, 0.2), 180, 320)], [(0.0, 1.05), (0.55, 1.05)]],
    ),
}
GAP, SPACE = 0.35, 1.0
STEP = 0.12  # how far the hand moves at once, in x-heights


def strokes_of(text: str, x_height: float = 40.0, origin: Point = (0.0, 0.0)) -> list[Stroke]:
    """Return the strokes that write ``text``, in pixels with y downwards.

    Args:
        text: letters of ``LETTERS`` and spaces.
        x_height: of the letters, in pixels.
        origin: where the baseline begins.
    """
    at, strokes = 0.0, []
    for letter in text:
        width, drawn = LETTERS.get(letter, (SPACE - GAP, []))
        for stroke in drawn:
            points = [(origin[0] + (at + x) * x_height, origin[1] - y * x_height) for x, y in stroke]
            strokes.append(_walked(points, STEP * x_height))
        at += width + GAP
    return strokes


def _walked(points: Stroke, step: float) -> Stroke:
    """The same way with a point every ``step`` pixels or so."""
    walked = points[:1]
    for start, end in itertools.pairwise(points):
        count = max(1, round(math.dist(start, end) / step))
        walked += [
            (start[0] + (end[0] - start[0]) * n / count, start[1] + (end[1] - start[1]) * n / count)
            for n in range(1, count + 1)
        ]
    return walked
