"""Islands of the text probability: pieces of lines, one row each.

Where the map runs two rows together, the island is looked at again at higher levels, where its
rows come apart like hills whose valley has been flooded too deep.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_LEVEL = 0.3
_HIGHER = (0.5, 0.7, 0.85)
_SURE = 0.45  # mean probability below which an island is no text
_MIN_SIDE = 3
_LEAST = 0.15  # of the square of a core's usual thickness: smaller islands are no writing
_LOW, _LEAST_LOW = 0.65, 0.4  # the same of islands thinner than this share of it


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """A piece of a line's core.

    Attributes:
        left, right: first and last + 1 column, pixels.
        centre: float64 (right - left,), the core's middle row in every column.
        thickness: the core's usual height in pixels, about an x-height.
        area: pixels of the core.
        certainty: mean probability, 0 to 1.
    """

    left: int
    right: int
    centre: Floats
    thickness: float
    area: int
    certainty: float

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def middle(self) -> float:
        return float(self.centre.mean())


def find_fragments(probability: npt.NDArray[np.float32]) -> list[Fragment]:
    """Cut a probability map, float32 (H, W) of 0 to 1, into fragments of single rows."""
    pieces = _islands(probability, _LEVEL, 0, 0)
    if not pieces:
        return []
    weights = np.array([piece.area for piece in pieces], dtype=np.float64)
    usual = _weighted_median(np.array([piece.thickness for piece in pieces]), weights)
    fragments = []
    for piece in pieces:
        for part in _separate(piece, usual):
            if part.certainty >= _SURE and not _speck(part, usual):
                fragments.append(part.fragment())
    return fragments


def _speck(part: _Island, usual: float) -> bool:
    """Whether an island is too small for a letter: a stain, or a quotation mark above a line."""
    low = part.thickness < _LOW * usual
    return part.area < (_LEAST_LOW if low else _LEAST) * usual * usual


@dataclass(frozen=True, slots=True, eq=False)
class _Island:
    """A connected island: its cut-out of the map (0 outside the island) and where it lies."""

    values: npt.NDArray[np.float32]
    left: int
    top: int
    level: float
    thickness: float
    area: int
    certainty: float

    def fragment(self) -> Fragment:
        mask = self.values > 0
        depth = mask.sum(axis=0)
        rows = np.arange(mask.shape[0], dtype=np.float64)[:, None]
        centre = (mask * rows).sum(axis=0) / np.maximum(depth, 1) + self.top + 0.5
        return Fragment(
            self.left, self.left + mask.shape[1], centre, self.thickness, self.area, self.certainty
        )


def _islands(probability: npt.NDArray[np.float32], level: float, left: int, top: int) -> list[_Island]:
    mask = (probability > level).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4, ltype=cv2.CV_32S)
    islands = []
    for number in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[number])
        if width < _MIN_SIDE or height < _MIN_SIDE:
            continue
        part = labels[y : y + height, x : x + width] == number
        values = np.where(part, probability[y : y + height, x : x + width], np.float32(0))
        depth = part.sum(axis=0)
        thickness = float(np.median(depth))
        certainty = float(values.sum() / area)
        islands.append(_Island(values, left + x, top + y, level, thickness, area, certainty))
    return islands


def _separate(island: _Island, usual: float) -> list[_Island]:
    """Return the rows that an island holds: itself, or its parts at a higher level."""
    runs = _most_runs(island.values)
    if island.values.shape[0] < 1.6 * usual and runs < 2:
        return [island]
    for level in _HIGHER:
        if level <= island.level:
            continue
        parts = _islands(island.values, level, island.left, island.top)
        parts = [part for part in parts if part.area >= 0.5 * usual * usual]
        if any(_stacked(one, other) for i, one in enumerate(parts) for other in parts[:i]):
            return [row for part in parts for row in _separate(_grown(part, usual, level), usual)]
    return [island]


def _grown(part: _Island, usual: float, level: float) -> _Island:
    """Note that at a higher level a core is thinner than the same core at the usual level."""
    thickness = max(part.thickness, min(usual, part.thickness * 1.3))
    return _Island(part.values, part.left, part.top, level, thickness, part.area, part.certainty)


def _most_runs(values: npt.NDArray[np.float32]) -> int:
    """The number of rows that at least a tenth of the island's columns cross."""
    mask = values > 0
    runs = mask[0].astype(np.int32) + (mask[1:] & ~mask[:-1]).sum(axis=0)
    return int(np.percentile(runs, 90))


def _stacked(one: _Island, other: _Island) -> bool:
    """Whether two islands lie over each other: most of the narrower one's columns are shared."""
    shared = min(one.left + one.values.shape[1], other.left + other.values.shape[1]) - max(
        one.left, other.left
    )
    return bool(shared > 0.5 * min(one.values.shape[1], other.values.shape[1]))


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, 0.5 * total[-1])])
