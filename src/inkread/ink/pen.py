"""Draws pen strokes as ink coverage: width, nib, and the little unevenness of a real pen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkread.ink.flow import in_runs
from inkread.ink.strokes import Points

_SHIFT = 4
_FIXED = float(1 << _SHIFT)


@dataclass(frozen=True, slots=True)
class Pen:
    """A writing tool.

    Attributes:
        width: thickness of a stroke in pixels, 0.8 or more.
        nib: (dx, dy) in pixels by which a broad nib spreads each stroke; (0, 0) for a round tip.
        unevenness: standard deviation of a stroke's thickness, as a share of ``width``.
        fading: 0 to 1; how much fainter the faintest strokes are than full ink.
        flow: 0 to 1; how much a stroke's thickness follows the speed of the hand, where its points are
            about evenly spaced.
    """

    width: float
    nib: tuple[float, float] = (0.0, 0.0)
    unevenness: float = 0.0
    fading: float = 0.0
    flow: float = 0.0


def choose_pen(rng: np.random.Generator, x_height: float) -> Pen:
    """Draw a pen that suits an ``x_height`` in pixels: mostly ballpoint; felt, fountain pen, pencil."""
    kind = rng.random()
    if kind < 0.55:
        return Pen(x_height * rng.uniform(0.07, 0.14), unevenness=0.08, fading=0.1 * rng.random())
    if kind < 0.75:
        return Pen(x_height * rng.uniform(0.12, 0.19), unevenness=0.05)
    if kind < 0.90:
        broad = x_height * rng.uniform(0.04, 0.11)
        return Pen(x_height * rng.uniform(0.06, 0.11), nib=(broad, -broad * rng.uniform(0.2, 1.0)))
    return Pen(x_height * rng.uniform(0.07, 0.13), unevenness=0.15, fading=rng.uniform(0.1, 0.3))


def render(
    strokes: Sequence[Points],
    shape: tuple[int, int],
    pen: Pen,
    rng: np.random.Generator | None = None,
    scale: int = 2,
) -> npt.NDArray[np.uint8]:
    """Draw ``strokes`` with ``pen``.

    Args:
        strokes: float32 (N, 2) each: column and row in pixels of the result, a stroke of one point is a dot.
        shape: rows and columns of the result.
        pen: the tool.
        rng: source of the unevenness; None draws every stroke alike.
        scale: how much larger the drawing is made before it is shrunk; 1 is fast and plain.

    Returns:
        uint8 (H, W), 0 no ink to 255 full ink.
    """
    rows, columns = shape
    canvas = np.zeros((rows * scale, columns * scale), np.uint8)
    if not strokes:
        return canvas[:rows, :columns]
    factor = scale * _FIXED
    count, owners, flowing = len(strokes), np.arange(len(strokes)), np.ones(len(strokes))
    if pen.flow > 0:
        strokes, flowing, owners = in_runs(strokes, pen.flow)
    lengths = np.array([len(stroke) for stroke in strokes])
    joined = np.concatenate(strokes) + np.float32(0.5 - 0.5 / scale)
    fixed = np.rint(joined * factor).astype(np.int32)
    ends = np.cumsum(lengths)[:-1]
    paths = np.split(fixed.reshape(-1, 1, 2), ends)
    paths = [path if len(path) > 1 else np.concatenate((path, path + 1)) for path in paths]
    widths = pen.width * scale * flowing
    inks = np.full(len(paths), 255)
    if rng is not None and pen.unevenness > 0:
        widths = widths * np.exp(rng.normal(0.0, pen.unevenness, count))[owners]
    if rng is not None and pen.fading > 0:
        inks = (255 * (1.0 - pen.fading * rng.random(count)))[owners].astype(np.int64)
    # OpenCV's soft edge adds about a pixel.
    thickness = np.maximum(np.rint(widths - 1.0), 1).astype(np.int64)
    offsets = [(0.0, 0.0)] if pen.nib == (0.0, 0.0) else [(-0.5, -0.5), (0.0, 0.0), (0.5, 0.5)]
    for share, _ in offsets:
        move = np.rint(np.array(pen.nib) * share * factor).astype(np.int32)
        moved = paths if not move.any() else [path + move for path in paths]
        if pen.fading > 0:
            for number in np.argsort(inks, kind="stable"):
                ink = int(inks[number])
                cv2.polylines(
                    canvas, [moved[number]], False, ink, int(thickness[number]), cv2.LINE_AA, _SHIFT
                )
            continue
        for width in np.unique(thickness):
            alike = [moved[number] for number in np.flatnonzero(thickness == width)]
            cv2.polylines(canvas, alike, False, 255, int(width), cv2.LINE_AA, _SHIFT)
    if scale == 1:
        return canvas
    shrunk = cv2.resize(canvas, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, np.uint8).reshape(rows, columns)
