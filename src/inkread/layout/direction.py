"""Which way the rows of a page run, told by the map of its text: islands of it are long along the rows.

Each island's ellipse of inertia votes for the direction of its longer axis, the more the larger and
the longer it is; votes are added as vectors of the doubled angle, as a row has no beginning.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

_LEVEL = 0.3
_SMALLEST = 12  # pixels of an island that has a say
_CLEAR = 0.5  # of all votes must be for one direction


def row_direction(probability: npt.NDArray[np.float32]) -> float:
    """Return by how many degrees the rows of a page fall.

    Args:
        probability: float32 (H, W), 0 to 1, the probability of text.

    Returns:
        Degrees, over -90 to 90, positive where rows fall to the right, as ``skew_angle`` tells
        them; 0.0 where there is no text or no clear direction.
    """
    mask = (probability[::2, ::2] > _LEVEL).astype(np.uint8)
    count, labels = cv2.connectedComponents(mask, connectivity=4, ltype=cv2.CV_32S)
    rows, columns = np.nonzero(mask)
    island = np.asarray(labels)[rows, columns]
    x, y = columns.astype(np.float64), rows.astype(np.float64)

    def mean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.bincount(island, values, minlength=count) / np.maximum(area, 1)

    area = np.bincount(island, minlength=count).astype(np.float64)
    along, down = mean(x), mean(y)
    wide, high = mean(x * x) - along**2, mean(y * y) - down**2
    askew = mean(x * y) - along * down
    votes = np.where(area >= _SMALLEST, area, 0.0) / np.maximum(wide + high, 1e-9)
    east, south = float((votes * (wide - high)).sum()), float((votes * 2 * askew).sum())
    if np.hypot(east, south) <= _CLEAR * max(float(area.sum()), 1.0):
        return 0.0
    return float(np.degrees(0.5 * np.arctan2(south, east)))
