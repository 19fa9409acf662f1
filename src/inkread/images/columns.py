"""How much ink stands in each column of a line: where writing has gaps, and how much there is to read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inkread.images.line import stretch, to_grey

INK = 128
"""Of a stretched line; darker is ink."""

Counts = npt.NDArray[np.int64]


def ink_columns(image: npt.NDArray[np.uint8]) -> Counts:
    """Return how many pixels of ink each column of a line image has.

    Args:
        image: uint8, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4), 0 to 255, of any size.

    Returns:
        int64 (W,).

    Raises:
        ImageError: wrong dtype or shape, or an empty array.
    """
    return np.asarray((stretch(to_grey(image)) < INK).sum(axis=0), dtype=np.int64)
