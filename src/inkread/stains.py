"""Which of the lines that were read are writing, and which stains or what shines through from behind.

What is read in a stain is short and unsure. So are the cells of a table, the marks of a list and "I"; but
they are as high and as dark as the rest of what is written on the page. What shines through from
behind may be long, but it is pale and, mirrored, makes no sense.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkread.document import Line
from inkread.layout.cutter import Crop

_UNSURE = 0.03  # of a short reading: when less of it is expected to be right, it says nothing by itself
_SHORT = 10  # characters; what stains and doodles are read as is shorter
_COMPANY = 3  # lines that tell how a page's writing looks
_HIGH = (0.45, 1.6)  # times their usual height
_DARK = 0.7  # of their usual contrast
_PALE, _SENSE = (
    0.6,
    0.2,
)  # of it; less shines through from behind, unless so much of it is expected to be right
_INK, _PAPER = 2.0, 80.0  # percentiles of a crop's grey levels
_SAMPLE = 3  # of so many rows and columns of a crop one tells its levels


@dataclass(frozen=True, slots=True)
class Look:
    """How a line looks.

    Attributes:
        height: of its outline, in pixels of the sheet.
        contrast: grey levels between its paper and its ink.
    """

    height: float
    contrast: float

    @staticmethod
    def of(crop: Crop) -> Look:
        """Return how a line looks in its crop."""
        _, top, _, bottom = crop.line.box
        ink, paper = np.percentile(crop.image[::_SAMPLE, ::_SAMPLE], (_INK, _PAPER))
        return Look((bottom - top) * float(crop.scale[1]), float(paper - ink))


def are_writing(lines: Sequence[Line], looks: Sequence[Look]) -> list[bool]:
    """Tell writing from stains.

    A line whose reading is long or sure is writing, however hard it is to read: it says how unsure it is;
    unless it is far paler than the others. Of the short and unsure ones those are that look like the others.

    Args:
        lines: all lines of a page.
        looks: of each.

    Returns:
        for each line, whether it is writing; where nothing was read it is not.
    """
    sure = [_is_sure(line) for line in lines]
    company = [look for look, is_sure in zip(looks, sure, strict=True) if is_sure]
    if len(company) < _COMPANY:
        return sure
    height = float(np.median([look.height for look in company]))
    contrast = float(np.median([look.contrast for look in company]))

    def is_writing(line: Line, look: Look, is_sure: bool) -> bool:
        if is_sure:
            return look.contrast >= _PALE * contrast or line.confidence >= _SENSE
        alike = _HIGH[0] * height <= look.height <= _HIGH[1] * height
        return bool(line.text.strip()) and alike and look.contrast >= _DARK * contrast

    return [is_writing(*line) for line in zip(lines, looks, sure, strict=True)]


def _is_sure(line: Line) -> bool:
    return bool(line.text.strip()) and (len(line.text) >= _SHORT or line.confidence >= _UNSURE)
