"""Letters and marks that a hand has not left us, made of those it has: accents drawn over base letters.

All lengths are in x-heights, the baseline is row 0 and y goes downwards.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np

from inkread.ink.compose import Piece
from inkread.ink.strokes import Points

_SHAPES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "\u0301": (((-0.12, 0.16), (0.16, -0.16)),),
    "\u0300": (((-0.16, -0.16), (0.14, 0.14)),),
    "\u0302": (((-0.22, 0.14), (0.0, -0.14), (0.22, 0.12)),),
    "\u0308": (((-0.18, 0.0), (-0.17, 0.03)), ((0.18, 0.0), (0.18, 0.03))),
    "\u0303": (((-0.25, 0.08), (-0.1, -0.08), (0.08, 0.06), (0.25, -0.1)),),
    "\u030a": (((0.0, -0.12), (-0.12, 0.0), (0.0, 0.12), (0.12, 0.0), (0.0, -0.12)),),
    "\u0327": (((0.0, 0.0), (-0.02, 0.14), (0.13, 0.22), (0.06, 0.38), (-0.14, 0.38)),),
}

_MARKS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "«": (((0.3, -0.85), (0.0, -0.55), (0.3, -0.25)), ((0.6, -0.85), (0.3, -0.55), (0.6, -0.25))),
    "»": (((0.0, -0.85), (0.3, -0.55), (0.0, -0.25)), ((0.3, -0.85), (0.6, -0.55), (0.3, -0.25))),
    "—": (((0.0, -0.5), (0.8, -0.54), (1.6, -0.5)),),
    "°": (((0.15, -1.7), (0.0, -1.5), (0.15, -1.3), (0.3, -1.5), (0.15, -1.7)),),
    "€": (
        ((1.1, -1.5), (0.8, -1.75), (0.4, -1.5), (0.25, -0.9), (0.4, -0.25), (0.8, 0.0), (1.1, -0.2)),
        ((0.0, -1.05), (0.85, -1.08)),
        ((0.0, -0.7), (0.8, -0.73)),
    ),
    ".": (((0.0, -0.06), (0.03, -0.03)),),
    ",": (((0.1, -0.08), (0.09, 0.08), (0.0, 0.28)),),
    "'": (((0.08, -1.8), (0.0, -1.45)),),
    "-": (((0.0, -0.52), (0.5, -0.54)),),
}

_LIGATURES = {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"}

Letter = Callable[[str], "Piece | None"]


def can_draw(character: str) -> str | None:
    """Return the base letters that ``character`` is made of, "" for a drawn mark, None if there is no way."""
    if character in _LIGATURES:
        return _LIGATURES[character]
    if character in _MARKS:
        return ""
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[1] in _SHAPES and parts[0].isascii():
        return parts[0]
    return None


def make(character: str, letter: Letter, rng: np.random.Generator) -> Piece | None:
    """Make ``character`` of the hand's own letters and drawn strokes.

    Args:
        character: one that ``can_draw`` knows.
        letter: gives a piece of the hand for a base letter, or None.
        rng: chance of place and size.
    """
    if character in _LIGATURES:
        pair = [letter(base) for base in _LIGATURES[character]]
        first, second = pair
        if first is None or second is None:
            return None
        move = np.array((first.width * 0.97 - 0.08, 0.0), np.float32)
        strokes = first.strokes + tuple(stroke + move for stroke in second.strokes)
        return Piece(character, strokes, float(move[0]) + second.width, 0.0, False)
    if character in _MARKS:
        drawn = [_shape(path, float(rng.uniform(0.8, 1.2)), rng) for path in _MARKS[character]]
        left = min(float(stroke[:, 0].min()) for stroke in drawn)
        strokes = tuple(stroke - np.array((left, 0.0), np.float32) for stroke in drawn)
        return Piece(character, strokes, max(float(stroke[:, 0].max()) for stroke in strokes), 0.0, False)
    parts = unicodedata.normalize("NFD", character)
    base = letter(parts[0])
    if base is None or len(parts) != 2 or parts[1] not in _SHAPES:
        return None
    strokes = base.strokes
    if parts[0] in "ij":
        body = tuple(stroke for stroke in strokes if float(stroke[:, 1].max()) > -0.9)
        strokes = body or strokes
    points = np.concatenate(strokes)
    size = float(rng.uniform(0.75, 1.35))
    if parts[1] == "\u0327":
        bottom = points[points[:, 1] > -0.25]
        x = float(bottom[:, 0].mean()) if len(bottom) else base.width / 2
        place = np.array((x, float(points[:, 1].max()) * 0.5), np.float32)
    else:
        top = float(points[:, 1].min())
        high = points[points[:, 1] < top + 0.5]
        x = 0.5 * float(high[:, 0].mean()) + 0.25 * base.width + float(rng.normal(0.04, 0.08))
        place = np.array((x, top - 0.16 * size - float(rng.uniform(0.1, 0.4))), np.float32)
    accent = tuple(_shape(path, size, rng) + place for path in _SHAPES[parts[1]])
    return Piece(character, strokes + accent, base.width, 0.0, False)


def _shape(path: tuple[tuple[float, float], ...], size: float, rng: np.random.Generator) -> Points:
    """Return ``path`` scaled and shaken."""
    points = np.array(path, np.float32) * np.float32(size if len(path) > 1 else 1.0)
    return np.asarray(points + rng.normal(0.0, 0.03, points.shape), np.float32)
