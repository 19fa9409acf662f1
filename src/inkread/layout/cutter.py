"""All lines of a page -> their crops, each cut at no finer a scale than its writing calls for.

Small letters of a hundred pixels and more, as on a page of one word, need not be looked at one by one. The
limit is far above what a recogniser is shown, since which of two letters it sees in a stroke can hang on
how the stroke was made smaller: at 24 pixels the sample photo's "test" became "dest".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkread.images.line import to_grey
from inkread.layout.crop import crop_line
from inkread.layout.found import FoundLine, GreyImage

FINEST = 212.0
"""Pixels of x-height that suffice."""

_SMALLEST = 16  # halvings of the page's area


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A line's picture and where it was cut.

    Attributes:
        image: uint8 (h, w), grey, see ``crop_line``.
        line: the line, in pixels of the picture that it was cut from.
        scale: float64 (2,), pixels of the page to one pixel of that picture, along x and y.
    """

    image: GreyImage
    line: FoundLine
    scale: npt.NDArray[np.float64]


class Cutter:
    """Cuts the lines of one page; may be shared between threads.

    A line is cut from the page made smaller by a power of the square root of two, the smallest one at
    which its small letters are still ``FINEST`` pixels high; from the page itself where they are not.

    Args:
        image: uint8 (H, W) or (H, W, 3), the page, dark ink on light paper, 0 to 255.
        lines: the page's lines, in its pixels; each one's ink is painted over in the others' crops.
    """

    def __init__(self, image: npt.NDArray[np.uint8], lines: Sequence[FoundLine]) -> None:
        self._steps = [_step(line.x_height) for line in lines]
        grey = to_grey(image)
        self._pages = {step: _Page.of(grey, lines, step) for step in sorted(set(self._steps))}

    def __call__(self, number: int) -> Crop:
        """Cut line ``number`` of the page's lines."""
        page = self._pages[self._steps[number]]
        line = page.lines[number]
        return Crop(crop_line(page.image, line, page.near(number)), line, page.scale)


@dataclass(frozen=True, slots=True, eq=False)
class _Page:
    """The page at one scale; ``boxes`` is float64 (N, 4): left, top, right, bottom of each line."""

    image: GreyImage
    lines: list[FoundLine]
    boxes: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]

    @staticmethod
    def of(grey: GreyImage, lines: Sequence[FoundLine], step: int) -> _Page:
        height, width = grey.shape
        size = (max(round(width * 0.5 ** (step / 2)), 1), max(round(height * 0.5 ** (step / 2)), 1))
        small = grey if step == 0 else cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        scaled = [line.scaled(size[0] / width, size[1] / height) for line in lines] if step else list(lines)
        boxes = np.array([line.box for line in scaled], dtype=np.float64)
        scale = np.array([width / size[0], height / size[1]] if step else [1.0, 1.0])
        return _Page(np.asarray(small, dtype=np.uint8).reshape(size[::-1]), scaled, boxes, scale)

    def near(self, number: int) -> list[FoundLine]:
        """The line and those that may reach into the window that it is cut from."""
        left, top, right, bottom = self.boxes[number]
        reach = 4 * self.lines[number].x_height + 2 * (bottom - top)
        low, high = self.boxes[:, :2], self.boxes[:, 2:]
        close = (low <= (right + reach, bottom + reach)) & (high >= (left - reach, top - reach))
        return [self.lines[other] for other in np.flatnonzero(close.all(axis=1)).tolist()]


def _step(x_height: float) -> int:
    return int(np.clip(2.0 * np.log2(x_height / FINEST), 0, _SMALLEST))
