"""One written line as ink alone: coverage without paper, with its text and its metric lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Coverage = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class InkLine:
    """A line of writing as ink coverage.

    Attributes:
        coverage: uint8 (H, W), 0 where there is no ink to 255 where ink covers the pixel wholly.
        text: what is written, in characters of the reader's alphabet.
        box: tight box ``(x0, y0, x1, y1)`` of the line's own ink in pixels, ends exclusive.
        baseline: the row (pixels from the top, may be fractional) on which the letters stand.
        x_height: the height of a letter x in rows, roughly 16 to 28 at the working scale.
    """

    coverage: Coverage
    text: str
    box: tuple[int, int, int, int]
    baseline: float
    x_height: float


def ink_box(coverage: Coverage, threshold: int = 64) -> tuple[int, int, int, int]:
    """Return the tight box ``(x0, y0, x1, y1)``, ends exclusive, of ``coverage`` above ``threshold``.

    Where no pixel is above the threshold, the box of the whole array is returned.
    """
    strong = coverage > threshold
    rows = np.flatnonzero(strong.any(axis=1))
    columns = np.flatnonzero(strong.any(axis=0))
    if rows.size == 0:
        return 0, 0, int(coverage.shape[1]), int(coverage.shape[0])
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
