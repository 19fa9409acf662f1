"""A page for the networks that look at pages."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def page(height: int, width: int) -> npt.NDArray[np.uint8]:
    """White paper with rows of grey strokes and some noise: uint8 (height, width, 3)."""
    rng = np.random.default_rng(height)
    image = rng.integers(235, 256, (height, width, 3), dtype=np.uint8)
    for top in range(24, height - 24, 40):
        for left in range(16, width - 32, 7):
            rise = int(rng.integers(0, 10))
            image[top + rise : top + 16, left : left + 3] = rng.integers(20, 90)
    return image
