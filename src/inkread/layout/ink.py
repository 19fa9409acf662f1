"""Which pixels are ink, and which line they belong to.

Ink is taken a connected stroke at a time, so that a descender which hangs into the next line
stays with its letter: a stroke that touches the core of one line only is that line's; one that
touches several is cut where the nearest core changes; one that touches none (a dot, an accent, a
comma) goes to the line nearest to it, or to nobody if none is near.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkread.layout.found import GreyImage

Mask = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int32]


def ink_mask(grey: GreyImage, x_height: float) -> Mask:
    """Mark the ink of writing.

    Args:
        grey: uint8 (H, W), dark ink on light paper.
        x_height: height of small letters in pixels; sets the neighbourhood that ink is darker than.

    Returns:
        uint8 (H, W), 1 for ink and 0 for paper and for ruled lines.
    """
    window = 2 * int(max(2.5 * x_height, 7)) + 1
    near = cv2.GaussianBlur(grey, (3, 3), 0) if x_height > 12 else grey
    mask = cv2.adaptiveThreshold(near, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 12)
    length = int(max(3.5 * x_height, 25))
    rules = np.zeros_like(mask)
    for kernel in ((length, 1), (1, int(1.5 * length))):
        element = cv2.getStructuringElement(cv2.MORPH_RECT, kernel)
        found = cv2.morphologyEx(mask, cv2.MORPH_OPEN, element)
        across = (1, 3) if kernel[1] == 1 else (3, 1)
        rules |= cv2.dilate(found, cv2.getStructuringElement(cv2.MORPH_RECT, across))
    # A rule is thin: what is as thick as a pen stroke above and below it stays.
    return np.asarray(mask & (1 - rules), dtype=np.uint8)


def share_ink(mask: Mask, nearest: Labels, distance: npt.NDArray[np.float32], reach: float) -> Labels:
    """Give every stroke of ink to a line.

    Args:
        mask: uint8 (H, W), 1 for ink.
        nearest: int32 (H, W), number (0 and up) of the line whose core is nearest to the pixel.
        distance: float32 (H, W), distance to that core in pixels, 0 inside it.
        reach: how far from a core a stroke that touches none may begin and yet belong to it.

    Returns:
        int32 (H, W), the line's number, -1 for paper and for ink that is nobody's.
    """
    owner = np.full(mask.shape, -1, dtype=np.int32)
    count, strokes = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
    rows, columns = np.nonzero(mask)
    if rows.size == 0:
        return owner
    stroke = strokes[rows, columns]
    line = nearest[rows, columns]
    away = distance[rows, columns]
    lines = int(line.max()) + 1
    touching = np.zeros((count, lines), dtype=np.int32)
    inside = away <= 0
    np.add.at(touching, (stroke[inside], line[inside]), 1)
    touched = touching > 0
    # A graze is no touch: less than a tenth of what the stroke has in another line's core.
    touched &= touching * 10 >= touching.max(axis=1, keepdims=True)
    cores = touched.sum(axis=1)
    closest = np.full(count, np.inf, dtype=np.float32)
    np.minimum.at(closest, stroke, away)
    votes = np.bincount(stroke * lines + line, minlength=count * lines).reshape(count, lines)
    winner = np.where(cores == 1, touched.argmax(axis=1), votes.argmax(axis=1))
    given = np.where(cores[stroke] > 1, line, winner[stroke])
    given[(cores[stroke] == 0) & (closest[stroke] > reach)] = -1
    owner[rows, columns] = given
    return owner
