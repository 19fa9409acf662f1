"""What a synthetic page is: an image, and exactly where each of its written lines lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PageLine:
    """One written line; all coordinates are pixels of the image it is on, origin top left.

    Attributes:
        text: what it says; crossed-out words are left out, so it may be empty.
        baseline: float32 (M, 2), columns and rows from left to right, M at least 2.
        polygon: float32 (N, 2), clockwise as one sees it: the envelope of the line's ink.
        x_height: height of a letter x.
        region: number of the block (column, note, list) to which the line belongs.
        order: place in the reading order of the page, from 0.
        kind: body, heading, list, margin, address, insertion, cell, number or crossed.
        crossed: whether words of it are crossed out.
    """

    text: str
    baseline: Points
    polygon: Points
    x_height: float
    region: int
    order: int
    kind: str
    crossed: bool = False


@dataclass(frozen=True, slots=True)
class PageSample:
    """A page of handwriting.

    Attributes:
        image: uint8 (H, W, 3), RGB.
        lines: in reading order, so that ``lines[i].order == i``.
        owner: int32 (H, W): 1 + number of the line whose ink covers the pixel well, 0 where none does.
        traits: names of the hardships on it.
        print_boxes: float32 (N, 4, 2): corners of printed text, which is in no line.
        key: where its hands come from, for reports.
    """

    image: npt.NDArray[np.uint8]
    lines: tuple[PageLine, ...]
    owner: npt.NDArray[np.int32]
    traits: frozenset[str]
    print_boxes: Points
    key: str = ""
