"""A sheet -> its lines: at which scale the detector looks, and in how many pieces.

A page is seen whole. A strip (a tall screenshot) or a page of tiny writing is seen in tiles whose
maps are joined, half of each overlap from either tile; a long map is then searched for lines band
by band, parted where it holds no text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkread.images.line import to_grey
from inkread.layout.direction import row_direction
from inkread.layout.found import FoundLine, GreyImage
from inkread.layout.lines import MAPS, Probability, find_lines
from inkread.layout.unseen import unseen_height

RgbImage = npt.NDArray[np.uint8]
Maps = npt.NDArray[np.float32] | npt.NDArray[np.float16]
Detect = Callable[[RgbImage], Probability]
"""Takes uint8 (H, W, 3) of any size; gives float32 (C, H, W), 0 to 1: the core of lines and, where C is 3,
their baselines and what parts them. (H, W) stands for the core alone."""

SIDE = 1152  # pixels of the longer side of what the detector looks at
_ENLARGE = 2.0
_TALL, _WIDE = 2.0, 4.0  # times as long as wide from which a strip's short side sets the scale
_OVERLAP = 256  # pixels of two tiles; more than a line is high
_TINY = 5.0  # pixels of x-height, as the detector saw it, that call for a closer look
_CLOSER, _SEEN = 2.0, 7.0  # times as close, or so close that strokes not seen are so many pixels high
_MOST, _NEARER = 12_000_000, 1.1  # pixels of a closer look at most, and times as close at least
_HUGE, _WELL_SEEN = 60.0, 20.0  # pixels of x-height that call for a look from afar, and what they become
_FARTHER = 0.25
_BLANK = 24  # levels of 255 within which a tile is empty
_EMPTY = 0.3  # probability below which a row of the map holds no text
_BESIDE = 96  # pixels above and below a band whose ink may belong to its lines


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was seen on a sheet.

    Attributes:
        lines: in the sheet's pixels, from top to bottom.
        direction: degrees by which the rows fall, see ``row_direction``.
    """

    lines: list[FoundLine]
    direction: float


def look(sheet: RgbImage, detect: Detect) -> Look:
    """Find the lines of a sheet.

    Args:
        sheet: uint8 (H, W, 3), RGB, dark ink on light paper, of any size.
        detect: the detector.
    """
    height, width = sheet.shape[:2]
    scale = _scale(height, width)
    seen = _look(sheet, detect, scale)
    unseen = unseen_height(to_grey(sheet), seen.lines)
    size = float(np.median([line.x_height for line in seen.lines])) * scale if seen.lines else 0.0
    close = again = 0.0
    if 0 < unseen * scale < _TINY:
        close = _bounded(min(max(_CLOSER * scale, _SEEN / unseen), _ENLARGE), height, width)
    if close > _NEARER * scale:
        closer = _look(sheet, detect, close)
        if len(closer.lines) > len(seen.lines):
            return closer
    if not seen.lines:  # letters too large to be seen as such
        return _look(sheet, detect, _FARTHER * scale)
    if size > _HUGE:
        farther = _look(sheet, detect, scale * _WELL_SEEN / size)
        return farther if farther.lines else seen
    if size < _TINY:
        again = _bounded(min(_CLOSER * scale, 1.0), height, width)
    if again > _NEARER * scale and again != close:
        closer = _look(sheet, detect, again)
        return closer if len(closer.lines) > len(seen.lines) else seen
    return seen


def _bounded(scale: float, height: int, width: int) -> float:
    """The scale of a closer look, or as much of it as there is memory for."""
    return float(min(scale, np.sqrt(_MOST / (height * width))))


def _scale(height: int, width: int) -> float:
    """The factor that makes a sheet as large as the detector should see it."""
    long, strip = max(height, width), _TALL if height > width else _WIDE
    whole = min(SIDE / long, _ENLARGE)
    return max(whole, min(SIDE / strip / min(height, width), 1.0))


def _look(sheet: RgbImage, detect: Detect, scale: float) -> Look:
    height, width = sheet.shape[:2]
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(sheet, size, interpolation=how), dtype=np.uint8)
    maps, grey = _detected(small, detect), to_grey(small)
    lines: list[FoundLine] = []
    for top, bottom in _bands(maps[0]):
        lines += _lines_of_band(maps, grey, top, bottom)
    scaled = [line.scaled(width / size[0], height / size[1]) for line in lines]
    return Look(scaled, row_direction(np.asarray(maps[0], dtype=np.float32)))


def _detected(image: RgbImage, detect: Detect) -> Maps:
    """The maps of an image, (C, H, W), joined from tiles where it is larger than the detector looks at."""
    height, width = image.shape[:2]
    columns, rows = list(_tiles(width)), list(_tiles(height))
    if len(columns) == len(rows) == 1:
        return _planes(detect(image))
    joined = np.zeros((MAPS, height, width), dtype=np.float16)  # half of what the rest would take
    for (top, bottom), (first, last) in rows:
        for (left, right), (start, stop) in columns:
            tile = np.ascontiguousarray(image[top:bottom, left:right])
            if int(np.ptp(tile)) <= _BLANK:
                continue  # on nothing at all the detector sees things
            seen = _planes(detect(tile))
            part = seen[:, first - top : last - top, start - left : stop - left]
            joined[: len(part), first:last, start:stop] = part
    return joined


def _planes(seen: Probability) -> Probability:
    return seen[None] if seen.ndim == 2 else seen


def _tiles(length: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield of each tile along one side where it begins and ends, and the part of it that is kept."""
    count = 1 if length <= SIDE + _OVERLAP else -(-(length - _OVERLAP) // (SIDE - _OVERLAP))
    size = -(-(length + (count - 1) * _OVERLAP) // count)
    starts = [min(number * (size - _OVERLAP), length - size) for number in range(count)]
    for number, start in enumerate(starts):
        first = start + _OVERLAP // 2 if number else 0
        last = starts[number + 1] + _OVERLAP // 2 if number + 1 < count else length
        yield (start, start + size), (first, last)


def _bands(probability: Maps) -> Iterator[tuple[int, int]]:
    """Yield top and bottom of bands of about ``SIDE`` rows, parted where there is no text if possible."""
    height, top = len(probability), 0
    peaks = probability.max(axis=1)
    while height - top > 2 * SIDE:
        window = peaks[top + SIDE // 2 : top + 3 * SIDE // 2]
        bottom = top + SIDE // 2 + _emptiest(window)
        yield top, bottom
        top = bottom
    yield top, height


def _emptiest(peaks: Maps) -> int:
    """The middle of the longest run of empty rows; the emptiest row where there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (peaks < _EMPTY).astype(np.int8), [0]])))
    if not edges.size:
        return int(peaks.argmin())
    starts, ends = edges[::2], edges[1::2]
    longest = int((ends - starts).argmax())
    return int(starts[longest] + ends[longest]) // 2


def _lines_of_band(maps: Maps, grey: GreyImage, top: int, bottom: int) -> list[FoundLine]:
    if (top, bottom) == (0, len(grey)):
        return find_lines(np.asarray(maps, dtype=np.float32), grey)
    first, last = max(top - _BESIDE, 0), min(bottom + _BESIDE, len(grey))
    own = np.zeros((len(maps), last - first, grey.shape[1]), dtype=np.float32)
    own[:, top - first : bottom - first] = maps[:, top:bottom]
    return [line.lowered(first) for line in find_lines(own, grey[first:last])]
