"""Geometry of a written line: one smooth map that slants, stretches, tilts, bends and wobbles it.

The map is computed on a coarse grid (closed form for slant, aspect, tilt, curvature and taper,
plus two octaves of random displacement after Simard et al., ICDAR 2003) and enlarged, so that a
line costs one ``cv2.remap``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

_CELL = 16


@dataclass(frozen=True, slots=True)
class Shape:
    """How a line is deformed; lengths are output pixels.

    Attributes:
        scale: output rows per input row.
        aspect: widening (over 1) or narrowing of the line.
        slant: columns to the right per row upwards.
        rise: rows by which the right end stands below (negative: above) the middle.
        curve: rows by which the ends stand below (positive) or above the middle.
        taper: relative growth in height from the middle to the right end.
        wobble: standard deviation of the fine and the coarse random displacement.
    """

    scale: float = 1.0
    aspect: float = 1.0
    slant: float = 0.0
    rise: float = 0.0
    curve: float = 0.0
    taper: float = 0.0
    wobble: tuple[float, float] = (0.0, 0.0)


def choose_shape(
    rng: np.random.Generator, width: float, height: float, scale: float, strength: float = 1.0
) -> Shape:
    """Draw a deformation for a line of ``width`` x ``height`` input pixels.

    Args:
        scale: output rows per input row.
        strength: 1 for synthetic ink, less for real crops, which have a shape of their own.
    """
    aspect = math.exp(strength * float(np.clip(rng.normal(0.0, 0.15), -0.29, 0.30)))
    slant = strength * float(np.clip(rng.normal(0.0, 0.16), -0.38, 0.38))
    angle = math.radians(strength * float(np.clip(rng.normal(0.0, 0.6), -2.0, 2.0)))
    out_width, out_height = width * scale * aspect, height * scale
    limit = 0.16 * out_height
    rise = float(np.clip(math.tan(angle) * out_width / 2.0, -limit, limit))
    curve = taper = 0.0
    if rng.random() < 0.35:
        curve = strength * float(np.clip(rng.normal(0.0, 0.04), -0.09, 0.09)) * out_height
    if rng.random() < 0.25:
        taper = strength * float(rng.uniform(-0.1, 0.1))
    unit = strength * out_height / 70.0
    wobble = (unit * float(rng.uniform(0.0, 0.75)), unit * float(rng.uniform(0.0, 1.5)))
    return Shape(scale, aspect, slant, rise, curve, taper, wobble)


def _displacement(
    rng: np.random.Generator, rows: int, columns: int, deviation: float
) -> npt.NDArray[np.float32]:
    return rng.standard_normal((rows, columns, 2), dtype=np.float32) * np.float32(deviation)


def warp(image: Grey, shape: Shape, rng: np.random.Generator, fill: int = 0, pad: int = 3) -> Grey:
    """Deform ``image``, uint8 (H, W), and return all of it, uint8 (H', W').

    Args:
        fill: value of what lies outside ``image``.
        pad: free pixels added on every side of the result.
    """
    rows, columns = image.shape
    across, down = shape.scale * shape.aspect, shape.scale
    reach = pad + abs(shape.rise) + abs(shape.curve) + 2.0 * max(shape.wobble)
    out_columns = math.ceil(across * (columns + abs(shape.slant) * rows) + 2 * pad + 2.0 * max(shape.wobble))
    out_rows = math.ceil(down * rows * (1.0 + abs(shape.taper)) + 2.0 * reach)

    grid_columns, grid_rows = -(-out_columns // _CELL) + 2, -(-out_rows // _CELL) + 2
    u = (np.arange(grid_columns, dtype=np.float32) - 0.5) * _CELL - 0.5 - (out_columns - 1) / 2.0
    v = (np.arange(grid_rows, dtype=np.float32) - 0.5) * _CELL - 0.5 - (out_rows - 1) / 2.0
    along = u / (out_columns / 2.0)
    grid = np.empty((grid_rows, grid_columns, 2), dtype=np.float32)
    lifted = v[:, None] - shape.rise * along - shape.curve * (along**2 - 0.5)
    y = (rows - 1) / 2.0 + lifted / (down * (1.0 + shape.taper * along))
    grid[:, :, 1] = y
    lean = shape.slant * ((rows - 1) / 2.0 - y)
    grid[:, :, 0] = (columns - 1) / 2.0 + u / across - lean
    fine, coarse = shape.wobble
    if fine > 0.0:
        grid += _displacement(rng, grid_rows, grid_columns, fine / down)
    if coarse > 0.0:
        field = _displacement(rng, max(grid_rows // 3, 2), max(grid_columns // 3, 2), coarse / down)
        grid += cv2.resize(field, (grid_columns, grid_rows), interpolation=cv2.INTER_CUBIC)
    size = (grid_columns * _CELL, grid_rows * _CELL)
    whole = cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)
    part = np.ascontiguousarray(whole[_CELL : _CELL + out_rows, _CELL : _CELL + out_columns])
    if shape.scale < 0.7:
        softness = 0.35 / shape.scale
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), softness), dtype=np.uint8)
    nothing: Any = None  # both coordinates are in the first map
    warped = cv2.remap(
        image, part, nothing, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=fill
    )
    return np.asarray(warped, dtype=np.uint8).reshape(out_rows, out_columns)


def take(image: Grey, x0: int, y0: int, x1: int, y1: int, fill: int = 0) -> Grey:
    """Return the box of ``image``, ends exclusive; what lies outside the image is ``fill``."""
    rows, columns = image.shape
    inside = image[max(y0, 0) : min(y1, rows), max(x0, 0) : min(x1, columns)]
    top, left = max(-y0, 0), max(-x0, 0)
    bottom, right = max(y1 - max(rows, y0), 0), max(x1 - max(columns, x0), 0)
    if not (top or bottom or left or right):
        return np.ascontiguousarray(inside)
    framed = np.full((max(y1 - y0, 1), max(x1 - x0, 1)), fill, dtype=np.uint8)
    framed[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    return framed


def stroke_width(coverage: Grey) -> float:
    """Estimate the mean width of strokes in pixels: twice the ink's area over the length of its edges."""
    area = float(cv2.sumElems(coverage)[0])
    if area == 0.0:
        return 0.0
    edges = cv2.norm(coverage[:, 1:], coverage[:, :-1], cv2.NORM_L1)
    edges += cv2.norm(coverage[1:], coverage[:-1], cv2.NORM_L1)
    return 2.0 * area / max(edges * math.pi / 4.0, 1.0)


def thicken(coverage: Grey, change: float, gain: float = 2.0, width: float = 4.0) -> Grey:
    """Move every edge of the ink outwards by ``change`` pixels (inwards where negative).

    The coverage is blurred a little and cut at another level, so that fractions of a pixel work;
    ``gain`` sets how steep the new edges are. Strokes as thin as ``width`` pixels, which the blur
    weakens, are strengthened first, so that they do not vanish.
    """
    sigma = 0.75 + 0.35 * abs(change)
    level = 0.5 * (1.0 + math.erf(-change / (sigma * math.sqrt(2.0))))
    peak = math.erf(max(width, 0.4) / (2.0 * math.sqrt(2.0) * sigma)) * min(width, 1.0)
    boost = max(1.0, min(0.85, level + 0.35) / peak)
    blurred = cv2.GaussianBlur(coverage, (0, 0), sigma)
    table = np.clip((np.arange(256, dtype=np.float32) * (boost / 255.0) - level) * gain + 0.5, 0.0, 1.0)
    table[:12] = 0.0
    return np.asarray(cv2.LUT(blurred, (table * 255.0 + 0.5).astype(np.uint8)), dtype=np.uint8).reshape(
        coverage.shape
    )
