"""The slant of a page's rows, from the ink's profile.

Seen along its rows a page of writing is a sharp alternation of ink and paper; along any other
direction it blurs. The angle with the sharpest profile wins (Postl, 1986), provided that it is
clearly sharper than the others.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

MAX_ANGLE = 15.0  # degrees
_POINTS = 30_000
_LEAST_INK = 200
_CLEAR = 1.25  # how much sharper than the angle 0 the best one must be


def skew_angle(grey: npt.NDArray[np.uint8]) -> float:
    """Return by how many degrees a page must be turned to make its rows level.

    Args:
        grey: uint8 (H, W), dark ink on evenly lit light paper; a long side of about 1000 pixels.

    Returns:
        Degrees, -15 to 15, positive where rows fall to the right (to be turned
        counter-clockwise); 0 where there is too little ink or no clear direction.
    """
    x, y = _ink_points(grey)
    if x.size < _LEAST_INK:
        return 0.0
    bins = 2.0 if max(grey.shape) >= 600 else 1.0
    coarse = np.arange(-MAX_ANGLE, MAX_ANGLE + 0.1, 0.5)
    sharp = np.array([_sharpness(x, y, angle, bins) for angle in coarse])
    best = float(coarse[int(sharp.argmax())])
    if abs(best) >= MAX_ANGLE or sharp.max() < _CLEAR * np.median(sharp):
        return 0.0
    fine = np.arange(best - 0.5, best + 0.51, 0.1)
    values = np.array([_sharpness(x, y, angle, bins) for angle in fine])
    angle = float(fine[int(values.argmax())])
    if values.max() < _CLEAR * _sharpness(x, y, 0.0, bins):
        return 0.0
    return angle


def _ink_points(grey: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Places of ink pixels, thinned to a number that is quick to count."""
    mask = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15)
    edge = max(min(grey.shape) // 50, 1)  # scanners leave dark margins
    mask[:edge] = mask[-edge:] = 0
    mask[:, :edge] = mask[:, -edge:] = 0
    rows, columns = np.nonzero(mask)
    step = max(rows.size // _POINTS, 1)
    return columns[::step].astype(np.float64), rows[::step].astype(np.float64)


def _sharpness(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], angle: float, size: float) -> float:
    """Energy of the profile's steps when rows are taken to fall by ``angle`` degrees."""
    radians = np.radians(angle)
    across = y * np.cos(radians) - x * np.sin(radians)
    counts = np.bincount(((across - across.min()) / size).astype(np.int64)).astype(np.float64)
    return float(np.square(np.diff(counts, prepend=0.0, append=0.0)).sum())
