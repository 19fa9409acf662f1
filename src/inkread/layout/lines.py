"""The maps of a page -> its lines of writing.

The core's map is high in the core of a line, about the band of its small letters, and low
between lines. Islands of the map are fragments of lines; fragments that continue each other are
chained to rows; the ink around a row's core gives the polygon. A line finder's two other maps do
what the core alone leaves to rules: separators cut islands and chains, and the feet of the
letters are where the baseline's map has them.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkread.layout.feet import Below
from inkread.layout.found import FoundLine, GreyImage
from inkread.layout.fragments import find_fragments
from inkread.layout.ink import Labels, ink_mask, share_ink
from inkread.layout.rows import Row, chain

Probability = npt.NDArray[np.float32]

_MORE = 0.3  # x-heights by which a polygon is higher than the ink that was seen, on either side
_CLIP = 3.2  # x-heights beyond which ink is not the line's, whatever it touches


MAPS = 3
"""The maps of a line finder: core, baseline, separator."""


def find_lines(maps: Probability, grey: GreyImage) -> list[FoundLine]:
    """Find the lines of writing on a page.

    Args:
        maps: float32 (3, H, W), 0 to 1: probability of the core of a line, of its baseline, of the
            ground that parts lines; or the core's alone, (H, W) or (1, H, W).
        grey: uint8 (H, W), the same page, dark ink on light paper.

    Returns:
        The lines, from top to bottom; none for a page without writing.

    Raises:
        ValueError: the two arrays differ in shape.
    """
    planes = maps[None] if maps.ndim == 2 else maps
    if planes.shape[1:] != grey.shape:
        raise ValueError(f"Maps {maps.shape} and page {grey.shape} must have the same shape.")
    core, baseline, separator = planes if len(planes) == MAPS else (planes[0], None, None)
    fragments = find_fragments(np.ascontiguousarray(core) if separator is None else core * (1 - separator))
    if not fragments:
        return []
    rows = chain(fragments, grey.shape[1], separator)
    below = [Below.of(row, baseline) for row in rows]
    x_height = float(np.median([row.thickness for row in rows]))
    nearest, distance = _cores(rows, grey.shape)
    mask = ink_mask(grey, x_height, (distance <= 0).astype(np.uint8))
    owner = share_ink(mask, nearest, distance, x_height)
    owner[distance > _CLIP * x_height] = -1
    lines = _outline(rows, below, owner, grey.shape)
    return sorted(lines, key=lambda line: float(line.baseline[:, 1].mean()))


def _cores(rows: list[Row], shape: tuple[int, ...]) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Draw each row's core; return for every pixel the nearest row's number and its distance."""
    numbers = np.zeros(shape, dtype=np.int32)
    for number, row in enumerate(rows, start=1):
        band = row.band(extend=0.5 * row.thickness)
        cv2.fillPoly(numbers, [np.round(band).astype(np.int32).reshape(-1, 1, 2)], number)
    distance, labels = cv2.distanceTransformWithLabels(
        (numbers == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    row_of = np.zeros(int(labels.max()) + 1, dtype=np.int32)
    seeds = numbers > 0
    row_of[labels[seeds]] = numbers[seeds]
    return row_of[labels] - 1, np.asarray(distance, dtype=np.float32)


def _outline(rows: list[Row], below: list[Below], owner: Labels, shape: tuple[int, ...]) -> list[FoundLine]:
    """Polygon of each row: the envelope of its ink and its core, in steps of one x-height."""
    ys, xs = np.nonzero(owner >= 0)
    given = owner[ys, xs]
    order = np.argsort(given, kind="stable")
    bounds = np.searchsorted(given[order], np.arange(len(rows) + 1))
    height, width = shape[0], shape[1]
    lines = []
    for number, row in enumerate(rows):
        mine = order[bounds[number] : bounds[number + 1]]
        if mine.size < row.thickness:
            continue  # nothing is written there
        x, y = xs[mine], ys[mine]
        step = max(row.thickness, 4.0)
        left = min(float(x.min()), row.left)
        right = max(float(x.max()) + 1.0, row.right)
        bins = max(int(np.ceil((right - left) / step)), 1)
        which = np.minimum(((x - left) / step).astype(np.int64), bins - 1)
        centres = np.asarray(left + (np.arange(bins) + 0.5) * step, dtype=np.float64)
        curve = row.at(centres)
        half = 0.5 * row.thickness
        top, bottom = curve - half, curve + half
        np.minimum.at(top, which, y.astype(np.float64))
        np.maximum.at(bottom, which, y + 1.0)
        top, bottom = _widen(top, np.minimum), _widen(bottom, np.maximum)
        inner = centres[1:-1] if bins > 2 else centres[:0]
        edges = np.concatenate([[left], inner, [right]])
        foreign = (owner >= 0) & (owner != number)
        top = np.interp(edges, centres, _grown(top, -1, foreign, centres, row.thickness))
        bottom = np.interp(edges, centres, _grown(bottom, 1, foreign, centres, row.thickness))
        upper = np.stack([edges, top], axis=1)
        lower = np.stack([edges, bottom], axis=1)[::-1]
        polygon = np.concatenate([upper, lower])
        polygon[:, 0] = polygon[:, 0].clip(0, width)
        polygon[:, 1] = polygon[:, 1].clip(0, height)
        feet = np.stack([edges, row.at(edges) + below[number](edges)], axis=1)
        lines.append(FoundLine(polygon.astype(np.float32), feet.astype(np.float32), row.thickness))
    return lines


def _grown(
    values: npt.NDArray[np.float64], sign: int, foreign: npt.NDArray[np.bool_],
    centres: npt.NDArray[np.float64], size: float,
) -> npt.NDArray[np.float64]:  # fmt: skip
    """Move an edge outwards by ``_MORE``, by one pixel where ink of another line lies there."""
    more, half = max(_MORE * size, 1.0), 0.75 * size
    grown = values + sign * more
    for at, (x, near, far) in enumerate(zip(centres, values, grown, strict=True)):
        rows = slice(max(int(min(near, far)), 0), max(int(np.ceil(max(near, far))), 0))
        if foreign[rows, max(int(x - half), 0) : max(int(x + half), 0) + 1].any():
            grown[at] = near + sign
    return grown


def _widen(values: npt.NDArray[np.float64], extreme: np.ufunc) -> npt.NDArray[np.float64]:
    """Let every value be the extreme of itself and its two neighbours."""
    padded = np.pad(values, 1, mode="edge")
    return np.asarray(extreme(extreme(padded[:-2], padded[2:]), values), dtype=np.float64)
