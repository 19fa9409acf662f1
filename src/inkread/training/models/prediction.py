"""What a model says about one image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a model says about one image.

    Attributes:
        text: the character or the line; "" for regions.
        confidence: 0 to 1: of a character its probability, of a line the geometric mean of its
            characters' (0 where it is empty), of regions the mean over all pixels.
        best: the likeliest labels with their probabilities, best first: five of a character, one
            of a line, none of regions.
        map: class of each pixel of the image, uint8 (H, W), of regions; else None.
    """

    text: str
    confidence: float
    best: tuple[tuple[str, float], ...] = ()
    map: npt.NDArray[np.uint8] | None = None
