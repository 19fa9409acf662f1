"""Geometry of pen strokes: extents, simplification, slant, and where a word's letters stand.

Coordinates are pixels-like units with y downwards. A letter's place on the line is known from its
name (``p`` goes below the baseline, ``d`` above the height of an x), so a word's baseline and
x-height follow from its extent and its label; turning points of the pen then refine them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float32]

_ASCENDER = 1.95
_CAPITAL = 1.85
_DESCENDER = 0.85

_ZONES: dict[str, tuple[float, float]] = {
    **dict.fromkeys("aceimnorsuvwxz", (1.0, 0.0)),
    **dict.fromkeys("bdfhkl", (_ASCENDER, 0.0)),
    **dict.fromkeys("gpqy", (1.0, -_DESCENDER)),
    **dict.fromkeys("ABCDEFGHIJKLMNOPRSTUVWXYZ", (_CAPITAL, 0.0)),
    **dict.fromkeys("0123456789", (1.7, 0.0)),
    "i": (1.5, 0.0),
    "t": (1.65, 0.0),
    "j": (1.5, -_DESCENDER),
    "Q": (_CAPITAL, -0.2),
    ".": (0.15, 0.0),
    ",": (0.2, -0.35),
    ":": (0.85, 0.0),
    ";": (0.85, -0.35),
    "-": (0.6, 0.45),
    "_": (-0.05, -0.25),
    "=": (0.85, 0.3),
    "+": (1.1, 0.2),
    "*": (1.8, 1.0),
    "~": (0.8, 0.4),
    "^": (1.9, 1.4),
    "'": (1.95, 1.4),
    '"': (1.95, 1.4),
    "`": (1.95, 1.4),
    "<": (1.2, 0.1),
    ">": (1.2, 0.1),
    "!": (1.85, 0.0),
    "?": (1.85, 0.0),
    "#": (1.7, 0.0),
    "%": (1.75, 0.0),
    "&": (1.75, 0.0),
    "@": (1.6, -0.15),
    "$": (1.95, -0.2),
    "(": (2.0, -0.4),
    ")": (2.0, -0.4),
    "[": (2.0, -0.4),
    "]": (2.0, -0.4),
    "{": (2.0, -0.4),
    "}": (2.0, -0.4),
    "/": (2.0, -0.3),
    "\\": (2.0, -0.3),
    "|": (2.0, -0.4),
}


_MAY_DESCEND = frozenset("fzGJYZ")


@dataclass(frozen=True, slots=True)
class Stand:
    """How a piece of writing stands on its line.

    Attributes:
        baseline: y (downwards) of the baseline at the middle of the piece.
        x_height: height of a letter x, in the same units.
        slope: rise of the baseline, dy/dx.
    """

    baseline: float
    x_height: float
    slope: float


def zone(text: str) -> tuple[float, float]:
    """Return how far ``text`` reaches above and below the baseline, in x-heights.

    The first is the highest top (1.0 for ``no``, 1.95 for ``dog``), the second the lowest bottom
    (0.0 for ``no``, -0.85 for ``dog``); both for a blank text are that of an x.
    """
    zones = [_ZONES.get(character, (1.0, 0.0)) for character in text if not character.isspace()]
    if not zones:
        return 1.0, 0.0
    return max(top for top, _ in zones), min(bottom for _, bottom in zones)


def extent(strokes: Sequence[Points]) -> tuple[float, float, float, float]:
    """Return ``(x0, y0, x1, y1)`` of at least one stroke with at least one point."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def simplify(stroke: Points, tolerance: float) -> Points:
    """Return ``stroke`` with the points left out that lie within ``tolerance`` of the path.

    The algorithm is that of Ramer (1972) and Douglas and Peucker (1973). Finely sampled tablets
    come out with a tenth of their points and the same picture.
    """
    if len(stroke) < 3:
        return stroke
    kept = cv2.approxPolyDP(np.ascontiguousarray(stroke, np.float32), tolerance, False)
    return np.asarray(kept, np.float32).reshape(-1, 2)


def smooth(stroke: Points) -> Points:
    """Return ``stroke`` with each inner point averaged with its neighbours (weights 1, 2, 1)."""
    if len(stroke) < 5:
        return stroke
    result = stroke.copy()
    result[1:-1] = (stroke[:-2] + 2.0 * stroke[1:-1] + stroke[2:]) / 4.0
    return result


def turning_points(strokes: Sequence[Points]) -> tuple[Points, Points]:
    """Return the points where the pen turns: lower ones (N, 2) and upper ones (M, 2).

    Ends of strokes count; a stroke of one point counts for neither.
    """
    lower: list[Points] = []
    upper: list[Points] = []
    for stroke in strokes:
        if len(stroke) < 2:
            continue
        y = stroke[:, 1]
        before = np.concatenate(([y[1]], y[:-1]))
        after = np.concatenate((y[1:], [y[-2]]))
        lower.append(stroke[(y >= before) & (y >= after)])
        upper.append(stroke[(y <= before) & (y <= after)])
    none = np.zeros((0, 2), np.float32)
    return (np.concatenate(lower) if lower else none, np.concatenate(upper) if upper else none)


def _densest(values: npt.NDArray[np.float32], prior: float, spread: float, unit: float) -> float:
    """Return the level near ``prior`` around which ``values`` crowd (kernel density, Gaussian prior)."""
    return _crowded(values, prior, spread, unit, np.zeros(0, np.float32))


def _crowded(
    values: npt.NDArray[np.float32],
    prior: float,
    spread: float,
    unit: float,
    others: npt.NDArray[np.float32],
) -> float:
    """Like ``_densest``, and ``others`` should crowd one ``unit`` above that level."""
    near = values[np.abs(values - prior) < 2.5 * spread]
    if near.size == 0:
        return prior
    candidates = np.append(near, np.float32(prior))
    apart = (candidates[:, None] - near[None, :]) / (0.12 * unit)
    support = np.exp(-0.5 * apart**2).sum(axis=1) + 0.5
    if others.size:
        apart = (candidates[:, None] - unit - others[None, :]) / (0.2 * unit)
        support += np.exp(-0.5 * apart**2).sum(axis=1)
    weight = support * np.exp(-0.5 * ((candidates - prior) / spread) ** 2)
    best = float(candidates[int(np.argmax(weight))])
    around = near[np.abs(near - best) < 0.15 * unit]
    return float(around.mean()) if around.size else best


def _prior(y0: float, y1: float, text: str, unit: float) -> tuple[float, float, float]:
    """Guess baseline, x-height and the baseline's spread from an extent and the letters alone."""
    top, bottom = zone(text)
    height = y1 - y0
    unsure = bottom > -0.5 and any(letter in _MAY_DESCEND for letter in text)
    if unsure and height / unit - top > 0.4:
        bottom = -min(height / unit - top, 1.0)
    elif unsure and len(text) > 1:
        bottom = -0.25
    own = height / max(top - bottom, 0.3)
    size = float(np.clip(own, 0.7 * unit, 1.4 * unit))
    spread = (0.5 if unsure else 0.4 if bottom <= -0.1 else 0.2) * size
    return y1 + bottom * size, size, spread


def stand_of_word(strokes: Sequence[Points], text: str, unit: float) -> Stand:
    """Estimate baseline, x-height and slope of a word or a one-row text.

    Args:
        strokes: at least one stroke, y downwards.
        text: what is written.
        unit: x-height usual for the writer, in the strokes' units (``usual_x_height``).

    Returns:
        the stand; ``x_height`` lies within 0.6 and 1.5 of what extent and letters say.
    """
    x0, y0, x1, y1 = extent(strokes)
    lower, upper = turning_points(strokes)
    prior, size, spread = _prior(y0, y1, text, unit)
    slope = 0.0
    middle = (x0 + x1) / 2.0
    if x1 - x0 > 4.0 * size and len(lower) >= 8:
        slope = _slope(lower, prior, size, middle)
        lower = _level(lower, slope, middle)
        upper = _level(upper, slope, middle)
        prior, size, spread = _prior(float(upper[:, 1].min()), float(lower[:, 1].max()), text, unit)
    if not any(character.islower() for character in text):
        baseline = _densest(lower[:, 1], prior, spread, size)
        return Stand(baseline, size, slope)
    typical = 0.5 * (size + unit)
    baseline = _crowded(lower[:, 1], prior, spread, typical, upper[:, 1])
    line = _densest(upper[:, 1], baseline - typical, 0.22 * typical, typical)
    return Stand(baseline, float(np.clip(baseline - line, 0.6 * size, 1.5 * size)), slope)


def case_fits(strokes: Sequence[Points], text: str, stand: Stand, unit: float) -> bool:
    """Say whether a word looks small where ``text`` is small; some sources write capitals there.

    Two signs of a wrong label are sought: a tall beginning where the text begins with two low letters,
    and turning points at the very top alone where the text has low letters.
    """
    low = "aceimnorsuvwxzgpqy"
    if len(text) < 3 or not text.islower():
        return True
    x0, y0, x1, _ = extent(strokes)
    rise = stand.baseline - y0
    top = zone(text)[0]
    if top <= 1.0 and rise > 1.6 * unit:
        return False
    _, upper = turning_points(strokes)
    if text[0] in low.replace("i", "") and text[1] in low:
        begin = upper[upper[:, 0] < x0 + 0.8 * (x1 - x0) / len(text)]
        middle = (x0 + x1) / 2.0
        heights = stand.baseline + stand.slope * (begin[:, 0] - middle) - begin[:, 1]
        if len(heights) and float(heights.max()) > 1.6 * max(stand.x_height, 0.8 * unit):
            return False
    share = sum(letter in low for letter in text) / len(text)
    high = float(np.mean(stand.baseline - upper[:, 1] > 0.75 * rise)) if len(upper) else 0.0
    return not (share >= 0.5 and top > 1.5 and high > 0.75)


def _level(points: Points, slope: float, middle: float) -> Points:
    """Return ``points`` with a rise of ``slope`` about column ``middle`` taken off."""
    result = points.copy()
    result[:, 1] -= slope * (points[:, 0] - middle)
    return result


def _slope(lower: Points, prior: float, size: float, middle: float) -> float:
    """Return the slope of the line through most lower turning points (reweighted least squares)."""
    x = lower[:, 0] - middle
    y = lower[:, 1]
    slope, level = 0.0, prior
    for reach in (1.6, 0.8, 0.4, 0.3):
        weight = np.exp(-0.5 * ((y - level - slope * x) / (reach * size)) ** 2)
        total = float(weight.sum())
        if total < 3.0:
            break
        mean_x, mean_y = float((weight * x).sum()) / total, float((weight * y).sum()) / total
        variance = float((weight * (x - mean_x) ** 2).sum()) + total * (1.5 * size) ** 2
        slope = float((weight * (x - mean_x) * (y - mean_y)).sum()) / variance
        slope = float(np.clip(slope, -0.25, 0.25))
        level = mean_y - slope * mean_x
    return slope


def stand_of_character(strokes: Sequence[Points], character: str, unit: float) -> Stand:
    """Place one isolated character: its baseline from its own height, or its zone if it is a mark."""
    _, y0, _, y1 = extent(strokes)
    top, bottom = _ZONES.get(character, (1.0, 0.0))
    if character.isalnum() or character in "!?#%&@$()[]{}/\\|":
        size = (y1 - y0) / (top - bottom)
        return Stand(y1 + bottom * size, size, 0.0)
    return Stand((y0 + y1) / 2.0 + (top + bottom) / 2.0 * unit, unit, 0.0)


def usual_x_height(heights: npt.NDArray[np.float32], texts: Sequence[str]) -> float:
    """Return the x-height (median) that explains ``heights`` (N,) of pieces of writing by their letters.

    Marks (full stops, hyphens) say little and are left out where there is anything else.
    """
    estimates = [
        float(height) / (top - bottom)
        for height, text in zip(heights, texts, strict=True)
        for top, bottom in [zone(text)]
        if any(character.isalnum() for character in text)
    ]
    if estimates:
        return float(np.median(estimates))
    return float(np.median(heights)) if len(heights) else 1.0
