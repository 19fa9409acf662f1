"""Sheets to write on: tint, grain, rules, margin, age, stains, holes, folds; float32 (H, W, C), 0 to 255.

Whatever is soft is made at an eighth of the size and enlarged.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from inkread.ink.paper import clouds, noise

Plane = npt.NDArray[np.float32]

_TINTS = (
    (255, 255, 255), (252, 250, 244), (250, 246, 230), (244, 236, 212), (232, 216, 180), (255, 252, 210),
    (236, 244, 250), (250, 232, 234), (232, 246, 232), (214, 198, 160),
)  # fmt: skip
_INKS = ((20, 20, 24), (28, 40, 120), (40, 60, 170), (60, 62, 66), (70, 45, 30), (150, 30, 35), (95, 95, 98))
_RULES = ((150, 180, 215), (170, 170, 175), (190, 150, 190), (150, 200, 180), (120, 120, 125))


def tinted(rng: np.random.Generator, rows: int, columns: int, grey: bool, traits: set[str]) -> Plane:
    """Return paper of some tint, clean or aged."""
    tint = np.array(_TINTS[int(rng.integers(len(_TINTS)))] if rng.random() < 0.7 else _TINTS[0], np.float32)
    tint = tint * np.float32(rng.uniform(0.86, 1.0))
    if grey:
        tint = tint.mean(keepdims=True)
    if tint.mean() < 225:
        traits.add("tinted")
    sheet = np.empty((rows, columns, len(tint)), np.float32)
    sheet[:] = tint
    if rng.random() < 0.6:
        soft = small(rng, rows, columns, int(rng.integers(20, 200))) * np.float32(rng.uniform(0.0, 5.0))
        sheet += soft[:, :, None]
    if rng.random() < 0.12:
        age(sheet, rng)
        traits.add("aged")
    return sheet


def small(rng: np.random.Generator, rows: int, columns: int, size: int) -> Plane:
    """Return clouds of ``size`` pixels, made small and enlarged, float32 (rows, columns)."""
    low = clouds(rng, -(-rows // 8), -(-columns // 8), max(size // 8, 2))
    return np.asarray(cv2.resize(low, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)


def age(sheet: Plane, rng: np.random.Generator) -> None:
    """Brown the edges and fox the paper, in place."""
    rows, columns = sheet.shape[:2]
    high, wide = -(-rows // 8), -(-columns // 8)
    x = np.abs(np.linspace(-1, 1, wide, dtype=np.float32))
    y = np.abs(np.linspace(-1, 1, high, dtype=np.float32))[:, None]
    brown = np.maximum(x, y) ** np.float32(rng.uniform(3, 12)) * np.float32(rng.uniform(0.1, 0.4))
    brown += np.clip(clouds(rng, high, wide, 8) - 1.2, 0, 1) * np.float32(rng.uniform(0.02, 0.12))
    darken(sheet, brown, (0.7, 1.0, 1.5))


def darken(sheet: Plane, depth: Plane, tint: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> None:
    """Multiply the sheet by 1 - ``depth`` (any smaller size, 0 to 1), weighed by ``tint`` in each channel."""
    rows, columns, channels = sheet.shape
    weights = np.array(tint if channels == 3 else (1.0,), np.float32)
    factor = 1.0 - np.clip(depth, 0.0, 0.95)[:, :, None] * weights
    factor = np.clip(factor, 0.05, 1.3).astype(np.float32)
    whole = cv2.resize(factor, (columns, rows), interpolation=cv2.INTER_LINEAR)
    sheet *= whole.reshape(sheet.shape)


def rule(sheet: Plane, rng: np.random.Generator, pitch: float, first: float, traits: set[str]) -> None:
    """Print rules, squares or dots, in place; ``pitch`` and ``first`` are those of the writing."""
    rows, columns = sheet.shape[:2]
    kind = rng.random()
    canvas = np.zeros((rows, columns), np.uint8)
    thickness = 1 if rng.random() < 0.8 else 2
    if kind < 0.6:
        first = first + pitch * float(rng.normal(0.04, 0.05))
        pitch *= float(rng.choice((1.0, 1.0, 1.0, 1.0, 0.5 if pitch > 24 else 1.0)))
        start = first - pitch * max(math.floor((first - 0.04 * rows) / pitch), 0)
        for y in np.arange(start, rows, pitch).tolist():
            _line(canvas, (0, y), (columns, y), thickness)
        traits.add("ruled")
    elif kind < 0.88:
        step = pitch / float(rng.choice((1, 2, 2, 3)))
        while step < 7:
            step *= 2
        for y in np.arange(first % step, rows, step).tolist():
            _line(canvas, (0, y), (columns, y), thickness)
        for x in np.arange(float(rng.uniform(0, step)), columns, step).tolist():
            _line(canvas, (x, 0), (x, rows), thickness)
        traits.add("squared")
    else:
        step = max(pitch / 2, 8.0)
        for y in np.arange(first % step, rows, step).astype(int).tolist():
            canvas[y, (np.arange(0, columns, step)).astype(int)] = 255
        canvas = np.asarray(cv2.dilate(canvas, np.ones((2, 2), np.uint8)), np.uint8)
        traits.add("dotted")
    strength = float(rng.uniform(0.25, 1.0))
    colour = np.array(_RULES[int(rng.integers(len(_RULES)))], np.float32)
    blend(sheet, canvas, colour, strength)
    if rng.random() < 0.4:
        canvas[:] = 0
        x = float(rng.uniform(0.06, 0.2)) * columns
        x = x if rng.random() < 0.8 else columns - x
        _line(canvas, (x, 0), (x + rng.normal(0, 2), rows), thickness)
        blend(sheet, canvas, np.array((215, 110, 120), np.float32), strength)
        traits.add("margin line")


def _line(
    canvas: npt.NDArray[np.uint8], a: tuple[float, float], b: tuple[float, float], thickness: int
) -> None:
    start, end = ((round(x * 16), round(y * 16)) for x, y in (a, b))
    cv2.line(canvas, start, end, 255, thickness, cv2.LINE_AA, 4)


def blend(
    sheet: Plane, coverage: npt.NDArray[np.uint8], colour: npt.NDArray[np.float32], strength: float = 1.0,
    left: int = 0, top: int = 0,
) -> None:  # fmt: skip
    """Lay ink of ``colour`` (RGB) on the sheet, in place; what lies outside is cut."""
    rows, columns, channels = sheet.shape
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + coverage.shape[0], rows), min(left + coverage.shape[1], columns)
    if y0 >= y1 or x0 >= x1:
        return
    tone = colour if channels == 3 else colour.mean(keepdims=True)
    part = sheet[y0:y1, x0:x1]
    alpha = coverage[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32)
    alpha *= np.float32(strength / 255.0)
    part += (tone.astype(np.float32) - part) * alpha[:, :, None]


def choose_inks(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Draw the colours of six pens, float32 (6, 3), RGB."""
    numbers = rng.integers(len(_INKS), size=6)
    inks = np.array([_INKS[int(number)] for number in numbers], np.float32)
    return np.clip(inks + rng.normal(0, 8, inks.shape), 0, 190).astype(np.float32)


def spoil(sheet: Plane, rng: np.random.Generator, traits: set[str]) -> None:
    """Add stains, rings, holes, staples, folds to the sheet, in place."""
    rows, columns = sheet.shape[:2]
    high, wide = -(-rows // 4), -(-columns // 4)
    depth = np.zeros((high, wide), np.float32)
    chance = rng.random(6)
    if chance[0] < 0.18:
        for _ in range(int(rng.integers(1, 4))):
            depth += _stain(rng, high, wide)
        traits.add("stain")
    if chance[1] < 0.10:
        ring = np.zeros((high, wide), np.float32)
        middle = (int(rng.integers(wide)), int(rng.integers(high)))
        radius = int(rng.uniform(0.06, 0.16) * max(high, wide))
        cv2.ellipse(
            ring, (middle, (2 * radius, 2 * radius * rng.uniform(0.92, 1)), 0), 1.0, int(rng.integers(1, 5))
        )
        ring = cv2.GaussianBlur(ring, (0, 0), 1.0) * (0.7 + 0.4 * clouds(rng, high, wide, 20))
        depth += np.clip(ring, 0, 1) * np.float32(rng.uniform(0.08, 0.35))
        traits.add("ring")
    if depth.any():
        darken(sheet, depth, (0.6, 1.0, 1.5))
    if chance[2] < 0.15:
        _fold(sheet, rng)
        traits.add("fold")
    if chance[3] < 0.12:
        count, x = int(rng.choice((2, 2, 3, 4))), float(rng.uniform(0.02, 0.045)) * columns
        x = x if rng.random() < 0.85 else columns - x
        radius = max(round(0.011 * max(rows, columns)), 4)
        tone = float(rng.uniform(0, 90)) if rng.random() < 0.6 else float(rng.uniform(130, 220))
        for y in np.linspace(0.15, 0.85, count).tolist():
            cv2.circle(sheet, (round(x), round(y * rows)), radius, (tone,) * 3, -1, cv2.LINE_AA)
        traits.add("holes")
    if chance[4] < 0.06:
        at = np.array((rng.uniform(0.02, 0.12) * columns, rng.uniform(0.01, 0.05) * rows))
        way = np.array((rng.uniform(0.5, 1), rng.uniform(-0.7, 0.7))) * 0.025 * max(rows, columns)
        ends = [(round(float(p[0])), round(float(p[1]))) for p in (at, at + way)]
        cv2.line(sheet, ends[0], ends[1], (110.0,) * 3, 3, cv2.LINE_AA)
        cv2.line(sheet, ends[0], ends[1], (190.0,) * 3, 1, cv2.LINE_AA)
        traits.add("staple")


def crease(sheet: Plane, rng: np.random.Generator) -> None:
    """Darken the middle, where an open book is sewn, in place."""
    columns = sheet.shape[1]
    away = np.abs(np.arange(columns, dtype=np.float32) - np.float32(columns / 2 + rng.normal(0, 3)))
    depth = np.exp(-away / np.float32(columns * rng.uniform(0.006, 0.05))) * np.float32(
        rng.uniform(0.05, 0.5)
    )
    depth += np.exp(-((away / 1.5) ** 2)) * np.float32(rng.uniform(0.0, 0.35))
    sheet *= (1.0 - np.clip(depth, 0, 0.9))[None, :, None].astype(np.float32)


def _stain(rng: np.random.Generator, rows: int, columns: int) -> Plane:
    x, y = np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)[:, None]
    size = max(rows, columns) * float(rng.uniform(0.01, 0.2))
    away = np.hypot(x - rng.uniform(0, columns), (y - rng.uniform(0, rows)) * rng.uniform(0.8, 1.3)) / size
    away += 0.12 * clouds(rng, rows, columns, max(int(size / 2), 3))
    inside = 1.0 / (1.0 + np.exp(np.clip((away - 1) * rng.uniform(8, 40), -30, 30)))
    rim = np.exp(-(((away - 0.97) * 18) ** 2)) * rng.uniform(0.0, 0.8)
    return np.asarray((inside + rim) * rng.uniform(0.03, 0.2), np.float32)


def _fold(sheet: Plane, rng: np.random.Generator) -> None:
    rows, columns = sheet.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        strength = float(rng.uniform(0.04, 0.2))
        width = float(rng.uniform(1.0, 3.0))
        if rng.random() < 0.6:
            at = float(rng.choice((1 / 3, 1 / 2, 2 / 3))) * rows + rng.normal(0, 5)
            away = np.arange(rows, dtype=np.float32) - np.float32(at)
            profile = -strength * np.exp(-((away / width) ** 2)) + 0.05 * np.tanh(away / 40) * np.exp(
                -np.abs(away) / 150
            )
            sheet *= (1 + profile).astype(np.float32)[:, None, None]
        else:
            at = float(rng.choice((1 / 3, 1 / 2, 2 / 3))) * columns + rng.normal(0, 5)
            away = np.arange(columns, dtype=np.float32) - np.float32(at)
            profile = -strength * np.exp(-((away / width) ** 2)) + 0.05 * np.tanh(away / 40) * np.exp(
                -np.abs(away) / 150
            )
            sheet *= (1 + profile).astype(np.float32)[None, :, None]


def grain(image: Plane, rng: np.random.Generator, strength: float, size: float) -> None:
    """Add noise of ``strength`` grey levels in spots of ``size`` pixels, in place; laid in tiles."""
    rows, columns = image.shape[:2]
    for y in range(0, rows, 256):
        high = min(256, rows - y)
        image[y : y + high] += (noise(rng, high, min(columns, 4096), size) * np.float32(strength))[:, :, None]
