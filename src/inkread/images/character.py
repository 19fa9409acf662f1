"""The one normaliser of lone characters: what training feeds and what reading feeds go through here.

A crop of any size becomes a small square: dark ink on light paper, cut to its ink, brought to one
size by its longer side, and centred. How large the character stood on its page is thereby lost, but
not how thick its strokes are beside it: a full stop becomes a blob, a small ``c`` a bolder ``C``.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkread.images.line import INK, GreyImage, to_grey

SIZE = 32
MARGIN = 2
"""Pixels of paper around the ink, on the sides that it reaches."""

_SPECK = 0.02  # of the whole ink; smaller pieces at the border are taken for dirt
_STRONGEST = 0.002  # share of the pixels that say how dark full ink is
_LEAST_CONTRAST = 24.0
_ABOVE_NOISE = 4.5  # standard deviations of the paper
_GRAIN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_DARKEST, _LIGHTEST = 16, 240  # ink and border of an image that needs no stretching


def normalise_character(image: npt.NDArray[np.uint8], size: int = SIZE) -> GreyImage:
    """Bring the picture of one character to the network's form.

    Args:
        image: uint8, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4), 0 to 255, of any size; dark ink
            on light paper or light on dark.
        size: rows and columns of the result, more than twice ``MARGIN``.

    Returns:
        uint8 (size, size), dark ink on paper near 255, the ink's longer side ``size - 2 * MARGIN``;
        all 255 where there is no ink (``is_blank``).

    Raises:
        ImageError: wrong dtype or shape, or an empty array.
    """
    grey = to_grey(image)
    if is_normal(grey, size):
        return grey
    stretched = _stretched(grey)
    box = None if stretched is None else ink_box(stretched)
    if stretched is None or box is None:
        return np.full((size, size), 255, np.uint8)
    return _fill(stretched, box, size)


def is_normal(grey: GreyImage, size: int = SIZE) -> bool:
    """Tell whether a grey image is in the network's form already; data sets drawn so save much time."""
    if (
        grey.shape != (size, size)
        or int(grey.min()) > _DARKEST
        or min(int(edge.min()) for edge in (grey[0], grey[-1], grey[:, 0], grey[:, -1])) < _LIGHTEST
    ):
        return False
    ink = grey < INK
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    spans = [int(place[-1] - place[0]) + 1 for place in (rows, columns)]
    off = [abs(int(place[0] + place[-1]) - (size - 1)) for place in (rows, columns)]
    return abs(max(spans) - (size - 2 * MARGIN)) <= 1 and max(off) <= 2


def is_blank(character: GreyImage) -> bool:
    """Tell whether a normalised character has no ink."""
    return bool((character >= INK).all())


def ink_box(grey: GreyImage) -> tuple[int, int, int, int] | None:
    """Return (x0, y0, x1, y1) of the ink of a stretched image, specks of dirt left out, or None.

    The second corner lies outside. A piece is dirt where it is less than 2 % of the ink, as noise
    is; the dot of an ``i`` is more.
    """
    ink = (grey < INK).astype(np.uint8)
    total = int(ink.sum())
    if not total:
        return None
    count, _, statistics, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    pieces = np.asarray(statistics).reshape(count, -1)[1:]
    pieces = pieces[pieces[:, cv2.CC_STAT_AREA] >= _SPECK * total]
    if not len(pieces):
        return None
    left, top = pieces[:, cv2.CC_STAT_LEFT], pieces[:, cv2.CC_STAT_TOP]
    right, bottom = left + pieces[:, cv2.CC_STAT_WIDTH], top + pieces[:, cv2.CC_STAT_HEIGHT]
    return int(left.min()), int(top.min()), int(right.max()), int(bottom.max())


def to_input(characters: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Scale characters, uint8 (N, size, size), to network input, float32 (N, 1, size, size) in -1 to 1."""
    return (characters.astype(np.float32) / 127.5 - 1.0)[:, None]


def _stretched(grey: GreyImage) -> GreyImage | None:
    """Bring paper to 255 and the strongest ink to 0; None where nothing stands out from the noise.

    Paper is what most of the border shows, since in a tight crop ink may be the majority; ink is on
    the side, darker or lighter, that goes further away from it.
    """
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    paper = float(np.median(border))
    away = grey.astype(np.float32) - np.float32(paper)
    count = min(max(round(_STRONGEST * grey.size), 4), grey.size)
    darkest, lightest = (float(np.partition(side, -count, axis=None)[-count]) for side in (-away, away))
    depth = -away if darkest >= lightest else away
    full = max(darkest, lightest)
    if full < max(_LEAST_CONTRAST, _ABOVE_NOISE * _noise(away)):
        return None
    return np.asarray(255.0 - np.clip(depth * (255.0 / full), 0.0, 255.0) + 0.5, dtype=np.uint8)


def _noise(grey: npt.NDArray[np.float32]) -> float:
    """Return the standard deviation of the noise, slow changes of light left out (Immerkaer 1996)."""
    detail = cv2.filter2D(grey, -1, _GRAIN)
    return float(np.median(np.abs(detail))) / (6.0 * 0.6745)


def _fill(grey: GreyImage, box: tuple[int, int, int, int], size: int) -> GreyImage:
    """Cut ``box``, scale its longer side to fill the square, and put it in the middle."""
    x0, y0, x1, y1 = box
    scale = (size - 2 * MARGIN) / max(x1 - x0, y1 - y0)
    if scale < 0.5:  # shrink by area first: sampling alone would drop thin strokes
        grey = grey[max(y0 - 2, 0) : y1 + 2, max(x0 - 2, 0) : x1 + 2]
        x0, y0, x1, y1 = x0 - max(x0 - 2, 0), y0 - max(y0 - 2, 0), x1 - max(x0 - 2, 0), y1 - max(y0 - 2, 0)
        rows, columns = (max(round(2 * scale * length), 1) for length in grey.shape)
        factors = columns / grey.shape[1], rows / grey.shape[0]
        grey = np.asarray(cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8).reshape(
            rows, columns
        )
        centre = (x0 + x1) / 2 * factors[0], (y0 + y1) / 2 * factors[1]
        scale = (size - 2 * MARGIN) / max((x1 - x0) * factors[0], (y1 - y0) * factors[1])
    else:
        centre = (x0 + x1) / 2, (y0 + y1) / 2
    move = [size / 2 - scale * (value - 0.5) - 0.5 for value in centre]
    matrix = np.array([[scale, 0.0, move[0]], [0.0, scale, move[1]]])
    how = cv2.INTER_CUBIC if scale > 1.0 else cv2.INTER_LINEAR
    moved = cv2.warpAffine(grey, matrix, (size, size), flags=how, borderValue=255.0)
    return np.asarray(moved, dtype=np.uint8).reshape(size, size)
