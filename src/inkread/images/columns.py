"""How much ink stands in each column of a line: where writing has gaps, and how much there is to read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inkread.images.line import INK, GreyImage

Counts = npt.NDArray[np.int64]


def ink_columns(line: GreyImage) -> Counts:
    """Return how many pixels of ink each column of a line has, int64 (W,).

    Args:
        line: uint8 (H, W), as ``stretch`` gives it.
    """
    return np.asarray(np.count_nonzero(line < INK, axis=0), dtype=np.int64)
