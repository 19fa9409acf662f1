"""What the layout stage hands on: a line of writing as geometry, before anybody has read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float32]
GreyImage = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class FoundLine:
    """One line of writing on an image.

    Attributes:
        polygon: float32 (N, 2), x and y in pixels, clockwise from the top left; holds the line's ink.
        baseline: float32 (M, 2), M >= 2, left to right along the feet of the letters.
        height: about the height of a small letter (x-height) in pixels; 0 when unknown.
    """

    polygon: Points
    baseline: Points
    height: float = 0.0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The polygon's bounding box: left, top, right, bottom."""
        left, top = self.polygon.min(axis=0)
        right, bottom = self.polygon.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    @property
    def x_height(self) -> float:
        """``height``, or a third of the polygon's mean height where that is unknown."""
        if self.height > 0:
            return self.height
        left, top, right, bottom = self.box
        x, y = self.polygon[:, 0].astype(np.float64), self.polygon[:, 1].astype(np.float64)
        area = 0.5 * abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))))
        mean = area / max(right - left, 1.0)
        return max(0.33 * (mean if mean > 1.0 else bottom - top), 2.0)

    def scaled(self, x: float, y: float) -> FoundLine:
        """The same line on an image that is ``x`` times as wide and ``y`` times as high."""
        factors = np.array([x, y], dtype=np.float32)
        return FoundLine(self.polygon * factors, self.baseline * factors, self.height * y)

    def lowered(self, rows: float) -> FoundLine:
        """The same line, ``rows`` pixels further down."""
        down = np.array([0, rows], dtype=np.float32)
        return FoundLine(self.polygon + down, self.baseline + down, self.height)
