"""A line as strips, one a word: rectangles of one height that follow its baseline.

Words' polygons differ in height from word to word, as the line's outline does; a reader of PDFs
takes words of different heights for different lines. So the words of a line share their height.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkread.document import Line, Point, Polygon

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A piece of text and its rectangle, in pixels.

    ``corner``, float64 (2,), is where the rectangle begins at its foot; ``along``, float64 (2,), is
    the unit vector in which the writing runs.
    """

    text: str
    corner: Floats
    along: Floats
    width: float
    height: float


def strips(line: Line, size: tuple[int, int]) -> list[Strip]:
    """Return the words of a line with their places, in order.

    A line whose words have no place is one strip; one without any place fills the page.

    Args:
        line: its polygons in pixels.
        size: the page's width and height in pixels.
    """
    pieces = [(word.text, word.polygon) for word in line.words if word.text]
    if not pieces or not all(polygon for _, polygon in pieces):
        width, height = size
        page = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
        pieces = [(line.text, line.polygon or page)] if line.text else []
    feet, bands = [], []
    for _, polygon in pieces:
        foot, along, width_ = _foot(polygon, line.baseline)
        down = np.array([-along[1], along[0]])
        across = (np.array(polygon, dtype=np.float64) - foot) @ down
        feet.append((foot, along, down, width_))
        bands.append((float(across.min()), float(across.max())))
    if not bands:
        return []
    top, bottom = np.median(bands, axis=0)
    return [
        Strip(text, foot + bottom * down, along, width_, float(bottom - top))
        for (text, _), (foot, along, down, width_) in zip(pieces, feet, strict=True)
    ]


def _foot(polygon: Polygon, baseline: tuple[Point, ...]) -> tuple[Floats, Floats, float]:
    """Return where the baseline enters a polygon, the unit vector to where it leaves, and how far that is.

    A line without a baseline runs level, along the top of the page.
    """
    course = np.array(baseline if len(baseline) > 1 else ((0.0, 0.0), (1.0, 0.0)), dtype=np.float64)
    chord = course[-1] - course[0]
    length = float(np.hypot(*chord))
    along = chord / length if length > 0 else np.array([1.0, 0.0])
    down = np.array([-along[1], along[0]])
    reach = np.array(polygon, dtype=np.float64) @ along
    ends = np.array([reach.min(), reach.max()])
    u = course @ along
    order = np.argsort(u, kind="stable")
    enter, leave = ends[:, None] * along + np.interp(ends, u[order], (course @ down)[order])[:, None] * down
    width = float(np.hypot(*(leave - enter)))
    return enter, (leave - enter) / width if width > 0 else along, width
