"""What ink looks like on something: a bilevel scan, or paper with tint, texture, rules and light.

All strengths are fractions of the contrast between paper and ink, so that no combination drowns
the writing. Noise comes out of two planes made once per process from a fixed seed; where and how
they are laid is drawn from the sample's generator.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]

_PLANE = (288, 4096)


@lru_cache(maxsize=4)
def _plane(grain: float) -> Plane:
    noise = np.random.default_rng(20).standard_normal(_PLANE, dtype=np.float32)
    if grain > 0.0:
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), grain), dtype=np.float32)
    noise -= float(noise.mean())
    noise /= float(noise.std())
    return noise


def noise(rng: np.random.Generator, rows: int, columns: int, grain: float = 0.0) -> Plane:
    """Return noise, float32 (rows, columns), mean 0 and deviation 1, with spots of ``grain`` pixels.

    The result is a read-only view where it can be: copy it before writing.
    """
    high, wide = _PLANE
    if rows > high or columns > wide:
        fresh = rng.standard_normal((rows, columns), dtype=np.float32)
        if grain > 0.0:
            fresh = np.asarray(cv2.GaussianBlur(fresh, (0, 0), grain), dtype=np.float32)
            fresh /= max(float(fresh.std()), 1e-6)
        return fresh
    y = int(rng.integers(high - rows + 1))
    x = int(rng.integers(wide - columns + 1))
    return _plane(grain)[y : y + rows, x : x + columns]


def clouds(rng: np.random.Generator, rows: int, columns: int, size: int) -> Plane:
    """Return smooth noise, float32 (rows, columns), deviation about 1, with clouds of ``size`` pixels."""
    small = rng.standard_normal((rows // size + 2, columns // size + 2), dtype=np.float32)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def bilevel(coverage: Grey, rng: np.random.Generator) -> Grey:
    """Turn ink, uint8 (H, W), into a black-and-white scan, uint8 (H, W), with more or less ragged edges.

    A scan at twice this size, reduced afterwards, has soft edges: most samples keep a ramp of about
    a pixel, some are cut hard. Some pens skip: their strokes break here and there.
    """
    rows, columns = coverage.shape
    value = coverage.astype(np.float32)
    ragged = float(rng.uniform(0.0, 40.0)) if rng.random() < 0.7 else 0.0
    if ragged:
        value += noise(rng, rows, columns, 0.7) * (coverage > 0) * np.float32(ragged)
    if rng.random() < 0.12:
        skips = noise(rng, rows, columns, 1.6) * np.float32(60.0) + clouds(
            rng, rows, columns, 24
        ) * np.float32(30)
        value -= np.maximum(skips - np.float32(rng.uniform(60.0, 110.0)), 0.0)
    level = float(rng.uniform(85.0, 135.0))
    gain = float(rng.uniform(1.2, 4.0)) if rng.random() < 0.75 else 255.0
    dark = np.clip((value - level) * gain + 127.5, 0.0, 255.0).astype(np.uint8)
    if rng.random() < 0.05:
        specks = noise(rng, rows, columns, 0.7) > rng.uniform(3.3, 4.2)
        dark[specks] = 255
    return np.asarray(255 - dark, dtype=np.uint8)


def _draw_line(canvas: Grey, start: tuple[float, float], end: tuple[float, float], thickness: int) -> None:
    a, b = ((round(x * 16), round(y * 16)) for x, y in (start, end))
    cv2.line(canvas, a, b, 255, thickness, cv2.LINE_AA, 4)


def rules(rng: np.random.Generator, rows: int, columns: int, baseline: float, x_height: float) -> Grey:
    """Draw the printing of ruled, squared or dotted paper as coverage, uint8 (rows, columns)."""
    canvas = np.zeros((rows, columns), dtype=np.uint8)
    tilt = float(np.clip(rng.normal(0.0, 0.004), -0.012, 0.012)) * columns
    tilt = float(np.clip(tilt, -0.2 * rows, 0.2 * rows))
    thickness = 1 if rng.random() < 0.75 else 2
    kind = rng.random()
    if kind < 0.68:
        pitch = x_height * float(rng.uniform(2.3, 4.5))
        first = baseline + x_height * float(rng.normal(0.03, 0.16))
    else:
        pitch = x_height * float(rng.uniform(0.9, 2.2))
        first = float(rng.uniform(0.0, pitch))
    y = first - pitch * np.floor((first + abs(tilt)) / pitch)
    while y < rows + abs(tilt):
        _draw_line(canvas, (-2.0, y - tilt / 2.0), (columns + 2.0, y + tilt / 2.0), thickness)
        y += pitch
    if 0.60 < kind < 0.68:
        period, dot = rng.uniform(3.0, 8.0), rng.uniform(0.35, 0.6)
        canvas[:, np.arange(columns) % period > period * dot] = 0
    if kind >= 0.68:
        x = float(rng.uniform(0.0, pitch))
        lean = -tilt * rows / max(columns, 1)
        while x < columns:
            _draw_line(canvas, (x, -2.0), (x + lean, rows + 2.0), thickness)
            x += pitch
    elif rng.random() < 0.08:
        x = float(rng.uniform(0.0, min(columns, 2.0 * rows)))
        _draw_line(canvas, (x, -2.0), (x + float(rng.normal(0.0, 1.0)), rows + 2.0), thickness)
    return canvas


def _ink(coverage: Grey, rng: np.random.Generator) -> Plane:
    """Opacity of the ink, float32 (H, W) in 0 to 1, for a pen drawn at random."""
    rows, columns = coverage.shape
    opacity = coverage.astype(np.float32) * np.float32(1.0 / 255.0)
    kind = rng.random()
    if kind < 0.30:  # felt pen, gel pen: even
        return opacity
    if kind < 0.55:  # pencil: the grain of the paper shows through
        grain = 0.8 + noise(rng, rows, columns, 0.7) * np.float32(rng.uniform(0.06, 0.22))
        return np.asarray(opacity * np.clip(grain, 0.25, 1.0), dtype=np.float32)
    if kind < 0.82:  # ballpoint: gaps and pressure
        gaps = noise(rng, rows, columns, 1.6) * np.float32(rng.uniform(0.05, 0.25)) + np.float32(1.15)
        return np.asarray(opacity * np.clip(gaps, 0.35, 1.0), dtype=np.float32)
    pressure = 0.85 + clouds(rng, rows, columns, 20) * np.float32(rng.uniform(0.05, 0.16))
    return np.asarray(opacity * np.clip(pressure, 0.5, 1.0), dtype=np.float32)


def _light(rng: np.random.Generator, rows: int, columns: int, contrast: float) -> Plane:
    """Evenness of the light, float32 (rows, columns), at most 1: a gradient and sometimes a shadow's edge.

    ``contrast`` of the ink, relative to the paper, bounds both: shadows darker than faint ink would
    make the paper pass for ink.
    """
    x = np.linspace(-0.5, 0.5, columns, dtype=np.float32)[None, :]
    y = np.linspace(-0.5, 0.5, rows, dtype=np.float32)[:, None]
    fall = float(rng.uniform(0.0, 0.32)) * contrast
    light = 1.0 - fall * (0.5 + x * np.float32(rng.uniform(-1, 1)) + y * np.float32(rng.uniform(-0.6, 0.6)))
    if rng.random() < 0.2:
        depth, edge = contrast * float(rng.uniform(0.05, 0.25)), float(rng.uniform(-0.4, 0.4))
        distance = (x - edge) * (columns / rows) + y * np.float32(rng.uniform(-1.0, 1.0))
        shadow = 0.5 + 0.5 * np.tanh(distance * np.float32(rng.choice((-1.0, 1.0)) * rng.uniform(1.0, 8.0)))
        light *= 1.0 - np.float32(depth) * shadow
    return np.asarray(light, dtype=np.float32)


def on_paper(
    coverage: Grey, rng: np.random.Generator, baseline: float, x_height: float
) -> tuple[Plane, float]:
    """Lay ink, uint8 (H, W), on a sheet of paper drawn at random.

    Args:
        baseline: row of the baseline, near which ruled paper has its rule.
        x_height: height of the letter x in pixels, in which distances of rules are measured.

    Returns:
        The grey image, float32 (H, W), 0 to 255, and the contrast of paper and ink in grey levels.
    """
    rows, columns = coverage.shape
    scan = rng.random() < 0.5
    paper = float(rng.uniform(236.0, 255.0) if scan else rng.uniform(130.0, 250.0))
    ink = paper * float(rng.uniform(0.0, 0.55) if rng.random() < 0.75 else rng.uniform(0.4, 0.7))
    contrast = paper - ink
    sheet = np.full((rows, columns), paper, dtype=np.float32)
    if not scan or rng.random() < 0.3:
        roughness = contrast * float(rng.uniform(0.0, 0.045))
        sheet += noise(rng, rows, columns, float(rng.choice((0.7, 1.6)))) * np.float32(roughness)
    if not scan:
        sheet += clouds(rng, rows, columns, int(rng.integers(12, 60))) * np.float32(
            contrast * rng.uniform(0.0, 0.04)
        )
    if rng.random() < 0.45:
        strength = contrast * float(rng.uniform(0.08, 0.42) if rng.random() < 0.85 else rng.uniform(0.4, 0.6))
        sheet -= rules(rng, rows, columns, baseline, x_height).astype(np.float32) * np.float32(
            strength / 255.0
        )
    if rng.random() < 0.08:
        behind = cv2.GaussianBlur(cv2.flip(coverage, 1), (0, 0), float(rng.uniform(1.0, 2.0)))
        behind = np.roll(behind, int(rng.integers(-rows // 2, rows // 2 + 1)), axis=0)
        sheet -= behind.astype(np.float32) * np.float32(contrast * rng.uniform(0.04, 0.2) / 255.0)
    opacity = _ink(coverage, rng)
    sheet += (ink - sheet) * opacity
    if not scan:
        sheet *= _light(rng, rows, columns, contrast / paper)
    return sheet, contrast
