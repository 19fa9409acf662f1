"""Lines of a page -> the maps that a line finder is taught, and where it is taught nothing.

- core: the band of the small letters, along the whole line, gaps between words included. It reaches
  a little over and under them, as the published detector's does, so that its thickness means the
  same in both; where lines are so close that their cores touch, the separator parts them.
- baseline: a thin strip along the letters' feet.
- separator: the ground in the middle between neighbouring lines, above each other or side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkread.datasets.layout_pages import MarkedLine, Points

Map = npt.NDArray[np.uint8]

OVER, UNDER = 1.15, 0.1  # x-heights that a core reaches above the baseline and below it
_STRIP = 0.24  # x-heights: thickness of the baseline's strip and of separators
_REACH = (
    3.0  # x-heights above or below a line's core, twice that beside it, within which a separator is drawn
)
_FINE = 4  # bits of a pixel's fraction that OpenCV draws with


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What a piece of a page should look like to the network.

    Attributes:
        maps: uint8 (3, h, w), 0 or 1: core, baseline, separator.
        known: uint8 (h, w), 0 where nothing is taught.
    """

    maps: Map
    known: Map


def draw_targets(
    lines: Sequence[MarkedLine], unknown: Iterable[Points], size: tuple[int, int], scale: float = 1.0
) -> Targets:
    """Draw the maps of lines.

    Args:
        lines: in pixels of an image.
        unknown: polygons on the image within which nothing is known.
        size: width and height of the maps.
        scale: pixels of the maps for one of the image, such as 0.5.
    """
    width, height = size
    numbers = np.zeros((height, width), dtype=np.int32)
    feet = np.zeros((height, width), dtype=np.uint8)
    sizes = np.zeros(len(lines) + 1, dtype=np.float32)
    for number, line in enumerate(lines, start=1):
        baseline, x_height = line.baseline.astype(np.float64) * scale, line.x_height * scale
        sizes[number] = x_height
        cv2.fillPoly(numbers, [_fine(_band(baseline, x_height))], number, shift=_FINE)
        thick = max(round(_STRIP * x_height), 1)
        cv2.polylines(feet, [_fine(baseline)], False, 1, thick, shift=_FINE)
    core = (numbers > 0).astype(np.uint8)
    separators = _separators(numbers, sizes)
    maps = np.stack([core & (1 - separators), feet, separators])
    known = np.ones((height, width), dtype=np.uint8)
    for polygon in unknown:
        cv2.fillPoly(known, [_fine(polygon.astype(np.float64) * scale)], 0, shift=_FINE)
    return Targets(maps, known)


def _band(baseline: npt.NDArray[np.float64], x_height: float) -> npt.NDArray[np.float64]:
    """The outline of a line's core, (N, 2); it leans as the baseline does."""
    along = baseline[-1] - baseline[0]
    along = along / max(float(np.hypot(*along)), 1e-6)
    across = np.array([-along[1], along[0]])
    return np.concatenate([baseline - OVER * x_height * across, (baseline + UNDER * x_height * across)[::-1]])


def _separators(numbers: npt.NDArray[np.int32], sizes: npt.NDArray[np.float32]) -> Map:
    """Where the nearest line changes, near enough to both; ``numbers`` has each core's, from 1.

    Columns count half in distances: lines beside each other are further apart than those above each other.
    """
    height, width = numbers.shape
    if len(sizes) < 3 or not numbers.any():
        return np.zeros((height, width), dtype=np.uint8)
    narrow = numbers[:, ::2]
    distance, labels = cv2.distanceTransformWithLabels(
        (narrow == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    line_of = np.zeros(int(labels.max()) + 1, dtype=np.int32)
    line_of[labels[narrow > 0]] = narrow[narrow > 0]
    reached = distance <= _REACH * sizes[line_of[labels]]
    nearest, near = (
        cv2.resize(values, (width, height), interpolation=cv2.INTER_NEAREST)
        for values in (line_of[labels].astype(np.int16), reached.astype(np.uint8))
    )
    border = np.zeros((height, width), dtype=np.uint8)
    border[1:] |= nearest[1:] != nearest[:-1]
    border[:, 1:] |= nearest[:, 1:] != nearest[:, :-1]
    border &= np.asarray(near, dtype=np.uint8)
    thick = max(round(_STRIP * float(np.median(sizes[1:]))), 1)
    return np.asarray(cv2.dilate(border, np.ones((thick, thick), dtype=np.uint8)), dtype=np.uint8)


def _fine(points: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Points as OpenCV draws them, a pixel's centre at a whole number, with a fraction of bits."""
    return np.round((points - 0.5) * (1 << _FINE)).astype(np.int32).reshape(-1, 1, 2)
