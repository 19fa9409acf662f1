"""A found line -> an image of that line alone.

The line is straightened along its baseline, strokes that belong to its neighbours are painted
over with paper, and what is left is cut to the line's own ink with a small margin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkread.images.line import to_grey
from inkread.layout.found import FoundLine, GreyImage, Points
from inkread.layout.ink import Labels, ink_mask, share_ink

Floats = npt.NDArray[np.float64]

MARGIN = 0.08  # of the line's height, on every side
_INK_SIZE = 24.0  # pixels of x-height that suffice to tell strokes apart
_BEYOND = 1.5  # x-heights above and below the line that are looked at
_STRAIGHT = 0.004  # radians of slope below which nothing is turned


def crop_line(
    image: npt.NDArray[np.uint8], line: FoundLine, all_lines: Sequence[FoundLine] = ()
) -> GreyImage:
    """Cut one line out of a page.

    Args:
        image: uint8 (H, W) or (H, W, 3), the page, dark ink on light paper, 0 to 255.
        line: the line, in this image's pixels.
        all_lines: the page's lines (``line`` may be among them), whose ink is to be painted over.

    Returns:
        uint8 (h, w), grey, at the image's own resolution: the line with its baseline straight and
        level, cut to its ink with a margin of 8 % of its height. At least 1 x 1.
    """
    frame = _Frame.of(line)
    size = line.x_height
    flat = frame.flatten(line.polygon)
    pad = MARGIN * float(flat[:, 1].max() - flat[:, 1].min()) + 0.5 * size
    left, right = float(flat[:, 0].min()) - pad, float(flat[:, 0].max()) + pad
    # A neighbour's stroke is known for its own by the letter it hangs on: look that far.
    beyond = pad + _BEYOND * size
    top, bottom = float(flat[:, 1].min()) - beyond, float(flat[:, 1].max()) + beyond
    window = _Window(left, top, max(round(right - left), 1), max(round(bottom - top), 1))
    grey = frame.cut(image, window)
    owner = _owners(grey, frame, window, line, all_lines)
    inside = _inside(flat, window, 0.25 * size)
    mine = (owner == 0) & inside
    grey = _paint_over(grey, (owner >= 0) & ~mine, mine, size)
    return _trim(grey, mine, flat, window)


@dataclass(frozen=True, slots=True)
class _Window:
    """A rectangle in straightened coordinates: place and size in pixels."""

    left: float
    top: float
    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Coordinates along a baseline: u runs along its chord, v is the height above or below it.

    A page's point is ``origin + u * along + (v + bend(u)) * across``.
    """

    origin: Floats
    along: Floats
    across: Floats
    knots: Floats
    bends: Floats

    @staticmethod
    def of(line: FoundLine) -> _Frame:
        points = line.baseline.astype(np.float64)
        span = points[-1] - points[0]
        length = float(np.hypot(*span))
        if length < 3 * line.x_height:
            along = np.array([1.0, 0.0])
        else:
            along = span / length
            if abs(along[1]) < _STRAIGHT:
                along = np.array([1.0, 0.0])
        across = np.array([-along[1], along[0]])
        offsets = points - points[0]
        knots, bends = offsets @ along, offsets @ across
        if np.ptp(bends) < 0.04 * line.x_height:
            bends = np.full_like(bends, np.median(bends))
        order = np.argsort(knots, kind="stable")
        return _Frame(points[0], along, across, knots[order], bends[order])

    def flatten(self, points: Points) -> Floats:
        """Page points (N, 2) in straightened coordinates."""
        offsets = points.astype(np.float64) - self.origin
        u = offsets @ self.along
        v = offsets @ self.across - np.interp(u, self.knots, self.bends)
        return np.stack([u, v], axis=1)

    def cut(self, image: npt.NDArray[np.uint8], window: _Window) -> GreyImage:
        """The window as a grey image; beyond the page's edge its outermost pixels go on."""
        u = window.left + np.arange(window.width) + 0.5
        bend = np.interp(u, self.knots, self.bends)
        v = window.top + np.arange(window.height) + 0.5
        # Of every pixel, x is the sum of what its column and its row give, and so is y.
        x_of_u = self.origin[0] + u * self.along[0] + bend * self.across[0]
        y_of_u = self.origin[1] + u * self.along[1] + bend * self.across[1]
        x_of_v, y_of_v = v * self.across[0], v * self.across[1]
        x0 = max(int(x_of_u.min() + x_of_v.min()) - 2, 0)
        y0 = max(int(y_of_u.min() + y_of_v.min()) - 2, 0)
        x1, y1 = int(x_of_u.max() + x_of_v.max()) + 3, int(y_of_u.max() + y_of_v.max()) + 3
        part = image[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
        if part.size == 0:
            return np.full((window.height, window.width), 255, dtype=np.uint8)
        part = to_grey(np.ascontiguousarray(part))
        x_of_u -= x0 + 0.5
        y_of_u -= y0 + 0.5
        if np.ptp(bend) == 0 and self.along[1] == 0:  # level: no pixel needs to be mixed
            first_x, first_y = x_of_u[0] + x_of_v[0], y_of_u[0] + y_of_v[0]
            x_of_u += round(first_x) - first_x
            y_of_u += round(first_y) - first_y
        cut = cv2.remap(
            part, _sums(x_of_v, x_of_u), _sums(y_of_v, y_of_u),
            cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        return np.asarray(cut, dtype=np.uint8)


def _sums(rows: Floats, columns: Floats) -> npt.NDArray[np.float32]:
    """Return float32 (H, W): the sum of each of ``rows`` (H,) with each of ``columns`` (W,)."""
    return np.add(rows[:, None], columns[None, :], dtype=np.float32, casting="same_kind")


def _owners(
    grey: GreyImage, frame: _Frame, window: _Window, line: FoundLine, all_lines: Sequence[FoundLine]
) -> Labels:
    """Share the window's ink out: 0 for the line itself, 1 and up for others, -1 for nobody's.

    Large writing is looked at on a smaller scale, which shows its strokes as well.
    """
    scale = min(1.0, _INK_SIZE / line.x_height)
    width, height = max(round(window.width * scale), 1), max(round(window.height * scale), 1)
    small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA) if scale < 1 else grey
    nearest = np.zeros((height, width), dtype=np.int32)
    distance = np.full((height, width), np.inf, dtype=np.float32)
    u = window.left + (np.arange(width) + 0.5) * (window.width / width)
    v = window.top + (np.arange(height, dtype=np.float32)[:, None] + 0.5) * (window.height / height)
    for number, (other, size) in enumerate(_bands(frame, window, line, all_lines)):
        feet = np.interp(u, other[:, 0], other[:, 1]).astype(np.float32)
        beside = np.maximum(np.maximum(other[0, 0] - u, u - other[-1, 0]), 0).astype(np.float32)
        over = v - feet
        away = np.subtract(np.float32(-size), over)
        np.maximum(away, over, out=away)
        np.maximum(away, np.float32(0), out=away)
        away += np.float32(0.5) * beside
        np.copyto(nearest, number, where=away < distance)
        np.minimum(distance, away, out=distance)
    core = ((nearest == 0) & (distance <= 0)).astype(np.uint8)
    mask = ink_mask(np.asarray(small, dtype=np.uint8), line.x_height * scale, core)
    owner = share_ink(mask, nearest, distance * np.float32(scale), line.x_height * scale)
    if scale == 1.0:
        return owner
    size_of_grey = (grey.shape[1], grey.shape[0])
    full = cv2.resize(owner.astype(np.int16), size_of_grey, interpolation=cv2.INTER_NEAREST)
    return np.asarray(full, dtype=np.int32)


def _bands(
    frame: _Frame, window: _Window, line: FoundLine, all_lines: Sequence[FoundLine]
) -> list[tuple[Floats, float]]:
    """Baseline in straightened coordinates and x-height of the line and of those near it."""
    bands = [(_sorted(frame.flatten(line.baseline)), line.x_height)]
    for other in all_lines:
        if other is line:
            continue
        flat = frame.flatten(other.polygon)
        right, bottom = window.left + window.width, window.top + window.height
        if flat[:, 0].max() < window.left or flat[:, 0].min() > right:
            continue
        if flat[:, 1].max() < window.top or flat[:, 1].min() > bottom:
            continue
        bands.append((_sorted(frame.flatten(other.baseline)), other.x_height))
    return bands


def _sorted(points: Floats) -> Floats:
    return points[np.argsort(points[:, 0], kind="stable")]


def _inside(flat: Floats, window: _Window, slack: float) -> npt.NDArray[np.bool_]:
    """The line's polygon, made ``slack`` pixels larger, as a mask of the window."""
    mask = np.zeros((window.height, window.width), dtype=np.uint8)
    corners = np.round(flat - (window.left, window.top)).astype(np.int32).reshape(-1, 1, 2)
    cv2.fillPoly(mask, [corners], 1)
    side = 2 * max(int(slack), 1) + 1
    return np.asarray(cv2.dilate(mask, np.ones((side, side), dtype=np.uint8)), dtype=np.bool_)


def _paint_over(
    grey: GreyImage, foreign: npt.NDArray[np.bool_], mine: npt.NDArray[np.bool_], size: float
) -> GreyImage:
    """Replace foreign ink and its soft edge with the paper around it."""
    if not foreign.any():
        return grey
    edge = 2 * max(round(0.08 * size), 1) + 1
    kernel = np.ones((edge, edge), dtype=np.uint8)
    cover = cv2.dilate(foreign.astype(np.uint8), kernel).astype(np.bool_)
    cover &= ~cv2.dilate(mine.astype(np.uint8), np.ones((3, 3), dtype=np.uint8)).astype(np.bool_)
    width = 2 * int(max(0.6 * size, 3)) + 1
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((width, width), dtype=np.uint8))
    paper = cv2.blur(paper, (width, width))
    return np.where(cover, paper, grey).astype(np.uint8)


def _trim(grey: GreyImage, mine: npt.NDArray[np.bool_], flat: Floats, window: _Window) -> GreyImage:
    """Cut to the line's ink (to its polygon where it has none) and a margin of its height."""
    rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
    if rows.size and columns.size:
        top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    else:
        low, high = flat.min(axis=0) - (window.left, window.top), flat.max(axis=0) - (window.left, window.top)
        left, top, right, bottom = int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1
    margin = round(MARGIN * (bottom - top))
    left, right = max(left - margin, 0), min(right + margin, grey.shape[1])
    top, bottom = max(top - margin, 0), min(bottom + margin, grey.shape[0])
    if right <= left or bottom <= top:
        return grey
    return np.ascontiguousarray(grey[top:bottom, left:right])
