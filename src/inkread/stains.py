"""Which of the lines that were read are writing, and which stains or what shines through from behind.

What is read in a stain is short and unsure. So are the cells of a table, the marks of a list and "I"; but
they are as high and as dark as the rest of what is written on the page, where there is enough of it to tell.
What shines through from behind may be long; but it is pale, and the mirror makes sense of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkread.document import Line
from inkread.layout.cutter import Crop

_UNSURE = 0.03  # of a short reading: when less of it is expected to be right, it says nothing by itself
_SHORT = 10  # characters; what stains and doodles are read as is shorter
_COMPANY = 3  # lines that tell how a page's writing looks
_HIGH = (0.45, 1.8)  # times the usual x-height that short unsure writing may be high
_DARK = 0.7  # of the usual contrast that it must have
_PALE = 0.6  # of the usual contrast: what is paler may be the other side's
_READABLE = 0.5  # of a pale line: where more is expected to be right, it is this side's


@dataclass(frozen=True, slots=True)
class Look:
    """How a line looks.

    Attributes:
        height: its x-height, in pixels of the sheet.
        contrast: grey levels between its paper and its ink.
    """

    height: float
    contrast: float

    @staticmethod
    def of(crop: Crop) -> Look:
        """Return how a line looks in its crop; of a blank one the contrast is 0."""
        level = int(cv2.threshold(crop.image, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0])
        counts = cv2.calcHist([crop.image], [0], None, [256], [0, 256]).ravel()
        contrast = _median(counts[level + 1 :]) + level + 1 - _median(counts[: level + 1])
        written = counts[: level + 1].any() and counts[level + 1 :].any()
        return Look(crop.line.x_height * float(crop.scale[1]), float(contrast) if written else 0.0)


def _median(counts: npt.NDArray[Any]) -> int:
    """Of grey levels, by how often there is each."""
    return int(np.searchsorted(np.cumsum(counts), 0.5 * counts.sum()))


def are_writing(
    lines: Sequence[Line], looks: Sequence[Look], mirrored: Callable[[int], bool] = lambda number: False
) -> list[bool]:
    """Tell writing from stains and from what shines through.

    A line whose reading is long or sure is writing, however hard it is to read: it says how unsure it is.
    Of the short and unsure ones those are that look like such lines. Of the pale ones those are none that
    make more sense in the mirror. With fewer than three long or sure lines nothing is compared.

    Args:
        lines: all lines of a page.
        looks: of each.
        mirrored: asked for the number of a pale line, whether its mirror image makes more sense.

    Returns:
        for each line, whether it is writing; where nothing was read it is not.
    """
    sure = [_is_sure(line) for line in lines]
    company = [look for look, is_sure in zip(looks, sure, strict=True) if is_sure]
    if len(company) < _COMPANY:
        return sure
    height = float(np.median([look.height for look in company]))
    contrast = float(np.median([look.contrast for look in company]))

    def is_writing(number: int) -> bool:
        line, look = lines[number], looks[number]
        if sure[number]:
            pale = look.contrast < _PALE * contrast and line.confidence < _READABLE
            return not (pale and mirrored(number))
        alike = _HIGH[0] * height <= look.height <= _HIGH[1] * height
        return bool(line.text.strip()) and alike and look.contrast >= _DARK * contrast

    return [is_writing(number) for number in range(len(lines))]


def _is_sure(line: Line) -> bool:
    return bool(line.text.strip()) and (len(line.text) >= _SHORT or line.confidence >= _UNSURE)
