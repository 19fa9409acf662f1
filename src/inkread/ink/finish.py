"""From ink to the image of a line, and from a real crop to a varied one: the last step of every sample."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkread.images.line import to_grey
from inkread.ink.camera import jpeg, shoot
from inkread.ink.distort import Shape, choose_shape, stroke_width, take, thicken, warp
from inkread.ink.layer import InkLine, ink_box
from inkread.ink.paper import bilevel, on_paper

Grey = npt.NDArray[np.uint8]

_NEGATIVE = 0.02
_FULL = 205.0  # mean coverage of inked pixels below which strokes are too faint to be cut or grained


def finish(
    line: InkLine, rng: np.random.Generator, above: InkLine | None = None, below: InkLine | None = None
) -> Grey:
    """Deform a line of ink, crop it as a line finder might, and put it before a scanner or camera.

    Args:
        line: the line to be read.
        above, below: its neighbours on the page, whose strokes may reach into the crop.

    Returns:
        uint8 (H, W) grey, 0 black to 255 white, about 50 to 100 rows; dark ink on light ground
        but for a few negatives. Half are bilevel scans, half are on paper.
    """
    x0, y0, x1, y1 = line.box
    scale = float(np.clip(rng.uniform(50.0, 74.0) / max(y1 - y0, 1), 0.45, 1.4))
    scale = max(scale, 10.0 / line.x_height)
    shape = choose_shape(rng, x1 - x0, y1 - y0, scale)
    own = take(line.coverage, x0 - 1, y0 - 1, x1 + 1, y1 + 1)
    own = warp(own, shape, rng)
    box = _crop_box(ink_box(own, 48), rng, above is None and below is None)
    ink = take(own, *box)
    # Baseline in the crop: the row where the middle of the warped line has it.
    middle = (own.shape[0] - 1) / 2.0 + (line.baseline - (y0 + y1 - 1) / 2.0) * scale - 0.5 * shape.curve
    baseline, x_height = middle - box[1], line.x_height * scale
    if above is not None or below is not None:
        ascent, descent = (line.baseline - y0) * scale, (y1 - line.baseline) * scale
        for neighbour, is_above in ((above, True), (below, False)):
            if neighbour is not None:
                _intrude(ink, neighbour, is_above, baseline, ascent, descent, x_height, shape, rng)
    ink = _pen(ink, rng, x_height)
    if rng.random() < 0.5:
        image = bilevel(ink, rng)
        if rng.random() < 0.15:
            image = shoot(image.astype(np.float32), rng, 255.0, 0.7)
    else:
        sheet, contrast = on_paper(ink, rng, baseline, x_height)
        image = shoot(sheet, rng, contrast)
    return np.asarray(255 - image, dtype=np.uint8) if rng.random() < _NEGATIVE else image


def _crop_box(
    box: tuple[int, int, int, int], rng: np.random.Generator, alone: bool
) -> tuple[int, int, int, int]:
    """Choose where a line finder would cut around the ink's ``box``: normal, tight or loose."""
    x0, y0, x1, y1 = box
    height = y1 - y0
    kind = rng.random()
    if kind < 0.62:
        top, bottom = np.clip(rng.normal(0.08, 0.03, 2), 0.0, 0.16)
    elif kind < 0.75:
        top, bottom = rng.uniform(-0.06, 0.04, 2)
    else:
        top, bottom = rng.uniform(0.05, 0.35 if alone else 0.2, 2)
    left, right = rng.uniform(0.0, 0.2, 2)
    if rng.random() < 0.2:
        left = rng.uniform(0.0, 1.5)
    if rng.random() < 0.25:
        right = rng.uniform(0.0, 1.5)
    return (
        x0 - round(left * height),
        y0 - round(top * height),
        x1 + round(right * height),
        y1 + round(bottom * height),
    )


def _intrude(
    ink: Grey,
    other: InkLine,
    is_above: bool,
    baseline: float,
    ascent: float,
    descent: float,
    x_height: float,
    shape: Shape,
    rng: np.random.Generator,
) -> None:
    """Draw those strokes of a neighbouring line into ``ink`` that reach into the crop."""
    rows, columns = ink.shape
    down = x_height / max(other.x_height, 1.0)
    across = down * shape.aspect
    if is_above:
        row = baseline - max(ascent * float(rng.uniform(0.9, 1.45)), 1.5 * x_height)
        row = min(row, 0.6 * x_height)  # never the whole of its letters: whose line would it be?
        reach = row + (other.box[3] - other.baseline) * down
        strip = (0, min(rows, math.ceil(reach) + 1))
    else:
        row = baseline + max(descent, 0.2 * x_height) + x_height * float(rng.uniform(1.05, 2.2))
        row = max(row, rows + 0.35 * x_height)
        reach = row - (other.baseline - other.box[1]) * down
        strip = (max(0, math.floor(reach) - 1), rows)
    if strip[1] <= strip[0]:
        return
    slope = 2.0 * shape.rise / max(columns, 1)
    left = float(rng.normal(0.0, 0.4)) * rows - (columns * 0.3 if rng.random() < 0.3 else 0.0)
    if rng.random() < 0.15:
        left += float(rng.uniform(0.0, 0.6)) * columns
    # u = across * (x - x0 + slant * (baseline - y)) + left
    # v = down * (y - baseline) + row + slope * (u - W / 2)
    a, b = across, -across * shape.slant
    c = left - across * other.box[0] + across * shape.slant * other.baseline
    matrix = np.array(
        [
            [a, b, c],
            [
                slope * a,
                down + slope * b,
                row - down * other.baseline + slope * (c - columns / 2.0) - strip[0],
            ],
        ],
        dtype=np.float64,
    )
    size = (columns, strip[1] - strip[0])
    drawn = cv2.warpAffine(other.coverage, matrix, size, flags=cv2.INTER_LINEAR).reshape(size[1], columns)
    part = ink[strip[0] : strip[1]]
    np.maximum(part, drawn, out=part)


def _pen(ink: Grey, rng: np.random.Generator, x_height: float) -> Grey:
    """Give the strokes another width, within what pens and a reader's eye allow."""
    width = stroke_width(ink)
    if width == 0.0:
        return ink
    wanted = x_height * math.exp(float(rng.normal(math.log(0.12), 0.3)))
    wanted = float(np.clip(wanted, 1.7, max(0.24 * x_height, 1.8)))
    change = float(np.clip((wanted - width) / 2.0, -0.45, 0.9))
    drawn = thicken(ink, change, float(rng.uniform(1.3, 2.5)), width)
    level = cv2.norm(drawn, cv2.NORM_L2SQR) / max(float(cv2.sumElems(drawn)[0]), 1.0)
    if level >= _FULL:
        return drawn
    return np.asarray(cv2.convertScaleAbs(drawn, alpha=_FULL / max(level, 60.0)), dtype=np.uint8).reshape(
        ink.shape
    )


def vary(image: npt.NDArray[np.uint8], rng: np.random.Generator) -> Grey:
    """Vary a real crop of a line: geometry, crop, tone, sometimes binarisation, blur, noise, JPEG.

    Args:
        image: uint8, (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA, 0 to 255, dark ink on light
            ground, any size; 64 to 100 rows is what it is made for.

    Returns:
        uint8 (H', W') grey, about 44 to 110 rows.

    Raises:
        ImageError: wrong dtype or shape, or an empty array.
    """
    grey = to_grey(image)
    rows, columns = grey.shape
    paper, dark = float(np.percentile(grey, 70.0)), float(np.percentile(grey, 1.0))
    scale = float(rng.uniform(54.0, 84.0)) / rows
    shape = choose_shape(rng, columns, rows, scale, strength=0.7)
    grey = warp(grey, shape, rng, fill=round(paper), pad=0)
    high, wide = grey.shape
    inner = rows * scale
    slack = (high - inner) / 2.0
    cut = rng.normal(0.0, 0.04, 2).clip(-0.12, 0.05) * inner + slack
    left, right = rng.normal(-0.02, 0.06, 2).clip(-0.4, 0.03) * inner
    if rng.random() < 0.15:
        right -= rng.uniform(0.0, 1.2) * inner
    grey = take(
        grey, round(left), round(cut[0]), wide - round(right), high - round(cut[1]), fill=round(paper)
    )
    contrast = max(paper - dark, 24.0)
    if rng.random() < 0.35:
        grey = _press(grey, rng)
    if rng.random() < 0.25:
        grey = _binarise(grey, rng)
        if rng.random() < 0.3:
            grey = jpeg(grey, int(rng.integers(40, 96)))
    else:
        grey = shoot(_tone(grey, rng, paper), rng, contrast, amount=0.6)
    return np.asarray(255 - grey, dtype=np.uint8) if rng.random() < _NEGATIVE else grey


def _press(grey: Grey, rng: np.random.Generator) -> Grey:
    """Make the strokes of a grey image a little heavier or lighter."""
    kernel = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    heavier = rng.random() < 0.6
    other = cv2.erode(grey, kernel) if heavier else cv2.dilate(grey, kernel)
    weight = float(rng.uniform(0.0, 0.7 if heavier else 0.35))
    return np.asarray(cv2.addWeighted(grey, 1.0 - weight, other, weight, 0.0), dtype=np.uint8).reshape(
        grey.shape
    )


def _tone(grey: Grey, rng: np.random.Generator, paper: float) -> npt.NDArray[np.float32]:
    """Move the paper's level and the contrast of a grey image."""
    contrast = float(rng.uniform(0.6, 1.1))
    target = float(rng.uniform(175.0, 253.0)) if rng.random() < 0.5 else paper
    return np.asarray((grey.astype(np.float32) - paper) * contrast + target, dtype=np.float32)


def _binarise(grey: Grey, rng: np.random.Generator) -> Grey:
    """Black and white with soft edges: Otsu's level, or a local one after Sauvola (2000)."""
    smooth = cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.4, 0.8)))
    low, high = np.percentile(smooth, (1.0, 70.0))
    contrast = max(float(high - low), 24.0)
    level: float | npt.NDArray[Any]
    if rng.random() < 0.5:
        otsu, _ = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        level = float(otsu) + float(rng.uniform(-0.04, 0.08)) * contrast
    else:
        window = (2 * (grey.shape[0] // 4) + 1,) * 2
        value = smooth.astype(np.float32)
        mean = cv2.blur(value, window)
        deviation = np.sqrt(np.maximum(cv2.blur(value * value, window) - mean * mean, 0.0))
        level = mean - np.maximum(deviation * np.float32(rng.uniform(0.3, 0.8)), 0.2 * contrast)
    steepness = float(rng.uniform(4.0, 10.0)) if rng.random() < 0.7 else 255.0
    cut = (smooth.astype(np.float32) - level) * np.float32(255.0 * steepness / (2.0 * contrast)) + 127.5
    return np.asarray(np.clip(cut, 0.0, 255.0), dtype=np.uint8).reshape(grey.shape)
