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

_REACH = 1.4  # x-heights from a core at which a stroke that touches none may begin and yet belong to it
_LETTER_DEPTH = 0.6  # x-heights of a core that a letter of it fills
_INK_SHARE = 0.97  # of the pixels of a core are lighter than its ink's heart
_INK_LEVEL = 0.28  # of the ink's contrast: darker than its surroundings by this much is ink
_LEAST_LEVEL, _MOST_LEVEL = 8.0, 40.0


def ink_mask(grey: GreyImage, x_height: float, core: Mask | None = None) -> Mask:
    """Mark the ink of writing.

    Args:
        grey: uint8 (H, W), dark ink on light paper.
        x_height: height of small letters in pixels; sets the neighbourhood that ink is darker than.
        core: uint8 (H, W), not 0 where the image surely holds writing, from which the ink's
            contrast is measured; the whole image if not given.

    Returns:
        uint8 (H, W), 1 for ink and 0 for paper and for ruled lines.
    """
    window = 2 * int(max(2.5 * x_height, 7)) + 1
    near = cv2.GaussianBlur(grey, (3, 3), 0) if x_height > 12 else grey
    darker = cv2.subtract(cv2.blur(near, (window, window), borderType=cv2.BORDER_REPLICATE), near)
    counts = cv2.calcHist([darker], [0], core, [256], [0, 256]).reshape(-1)
    total = np.cumsum(counts)
    contrast = float(np.searchsorted(total, _INK_SHARE * total[-1]))
    level = float(np.clip(_INK_LEVEL * contrast, _LEAST_LEVEL, _MOST_LEVEL))
    mask = np.asarray(cv2.threshold(darker, level, 1, cv2.THRESH_BINARY)[1], dtype=np.uint8)
    rules = _rules(mask, x_height)
    rest = np.asarray(mask & (1 - rules), dtype=np.uint8)
    # A stroke that crosses a rule goes on through it.
    height = 2 * int(max(0.15 * x_height, 2)) + 3
    bridges = cv2.dilate(rest, np.ones((1, 3), dtype=np.uint8))
    bridges = cv2.morphologyEx(bridges, cv2.MORPH_CLOSE, np.ones((height, 1), dtype=np.uint8))
    return np.asarray(rest | (rules & mask & np.asarray(bridges, dtype=np.uint8)), dtype=np.uint8)


def _rules(mask: Mask, x_height: float) -> Mask:
    """Mark ruled lines, level and upright: runs of ink much longer than letters make."""
    length = int(max(3.5 * x_height, 25))
    rules = np.zeros_like(mask)
    for kernel, across in (((length, 1), (1, 3)), ((1, int(1.5 * length)), (3, 1))):
        element = cv2.getStructuringElement(cv2.MORPH_RECT, kernel)
        found = cv2.morphologyEx(mask, cv2.MORPH_OPEN, element)
        wider = cv2.dilate(found, cv2.getStructuringElement(cv2.MORPH_RECT, across))
        rules |= np.asarray(wider, dtype=np.uint8)
    return rules


def share_ink(mask: Mask, nearest: Labels, distance: npt.NDArray[np.float32], x_height: float) -> Labels:
    """Give every stroke of ink to a line.

    Args:
        mask: uint8 (H, W), 1 for ink.
        nearest: int32 (H, W), number (0 and up) of the line whose core is nearest to the pixel.
        distance: float32 (H, W), distance to that core in pixels, 0 inside it.
        x_height: height of a core in pixels.

    Returns:
        int32 (H, W), the line's number, -1 for paper and for ink that is nobody's.
    """
    owner = np.full(mask.shape, -1, dtype=np.int32)
    count, components = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
    strokes = np.asarray(components, dtype=np.int32)
    rows, columns = np.nonzero(mask)
    if rows.size == 0:
        return owner
    stroke = strokes[rows, columns]
    line = nearest[rows, columns]
    away = distance[rows, columns]
    lines = int(line.max()) + 1
    pair = stroke * lines + line
    inside = away <= 0
    touching = np.bincount(pair[inside], minlength=count * lines).reshape(count, lines)
    # A graze is no touch: a tail that dips into another line's core, less deep than a letter.
    depth = _depths(stroke[inside], line[inside], rows[inside], touching.shape)
    most = np.maximum(touching.max(axis=1, keepdims=True), 1)
    touched = (touching * 4 >= most) | (depth >= _LETTER_DEPTH * x_height)
    cores = touched.sum(axis=1)
    closest = np.full(count, np.inf, dtype=np.float32)
    np.minimum.at(closest, stroke, away)
    votes = np.bincount(pair, minlength=count * lines).reshape(count, lines)
    winner = np.where(cores == 1, touched.argmax(axis=1), votes.argmax(axis=1))
    given = np.where(cores[stroke] > 1, line, winner[stroke])
    given[(cores[stroke] == 0) & (closest[stroke] > _REACH * x_height)] = -1
    owner[rows, columns] = given
    return owner


def _depths(
    stroke: Labels, line: Labels, row: npt.NDArray[np.signedinteger], shape: tuple[int, ...]
) -> Labels:
    """How many rows each stroke spans within each line's core, int32 (strokes, lines)."""
    first = np.full(shape, np.iinfo(np.int32).max, dtype=np.int32)
    last = np.full(shape, -1, dtype=np.int32)
    # Pixels come row by row, and of what is assigned to one place the last stays; but not where an index
    # is a view that runs backwards, which is gone through in the order of memory.
    places, pair = row.astype(np.int32), stroke * shape[1] + line
    last.reshape(-1)[pair] = places
    first.reshape(-1)[pair[::-1].copy()] = places[::-1].copy()
    return np.where(last >= 0, last - first + 1, 0).astype(np.int32)
