"""A small line source for training tests: printed words on noise, cheap and endless."""

from __future__ import annotations

import cv2
import numpy as np

from inkread.datasets.base import LineSample

_WORDS = ("ink", "pen", "read", "line", "Page", "hand", "24", "été")


class PrintedLines:
    """One to three words in OpenCV's stroke font, a function of the generator alone."""

    name = "printed"

    def sample(self, index: int, rng: np.random.Generator) -> LineSample:
        """Return a line; the accents of the font are ASCII's."""
        text = " ".join(rng.choice(_WORDS[:7], size=rng.integers(1, 4)))
        image = np.full((48, 30 + 26 * len(text)), 240, np.uint8)
        cv2.putText(image, text, (8, 34), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 2, cv2.LINE_AA)
        noise = rng.integers(0, 12, image.shape)
        return LineSample(np.asarray(image - noise, dtype=np.uint8), text, f"printed/{index}")
