"""Sets pieces of one hand (words, characters) side by side into a line with one size, slant and spacing.

A piece is a word, a character or a text of the writer, moved so that its baseline is row 0 and its
x-height is 1. ``set_line`` puts tokens of glued pieces one after the other, ``draw`` makes an
``InkLine`` of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from inkread.ink.layer import InkLine, ink_box
from inkread.ink.manner import Manner, choose_manner, vary
from inkread.ink.pen import Pen, choose_pen, render
from inkread.ink.strokes import Points, Stand

MARGIN = 6
"""Pixels between a line's ink and the edge of its coverage."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of writing on its line.

    Attributes:
        text: what it says.
        strokes: float32 (N, 2) each; x from 0, y downwards from the baseline, in x-heights.
        width: extent along x, in x-heights.
        gap: widest gap between strokes inside the piece, along x, in x-heights.
        joined: False for a character that stands alone, so that it needs letter spacing.
    """

    text: str
    strokes: tuple[Points, ...]
    width: float
    gap: float
    joined: bool


def with_small_capitals(word: str, pieces: Sequence[Piece], ratio: float) -> list[Piece]:
    """Make of a word's capitals those of its small letters smaller, which these then mean.

    Args:
        word: with its small letters.
        pieces: of its characters, in capitals; none where it could not be written.
        ratio: of a small capital's size to a large one's.
    """
    return [
        replace(
            piece,
            text=character,
            strokes=tuple(stroke * np.float32(ratio) for stroke in piece.strokes),
            width=piece.width * ratio,
            gap=piece.gap * ratio,
        )
        if character.islower()
        else piece
        for character, piece in zip(word, pieces, strict=False)
    ]


@dataclass(frozen=True, slots=True)
class Setting:
    """How a line is set; lengths in x-heights unless said otherwise.

    Attributes:
        x_height: in pixels.
        word_gap: usual gap between words.
        letter_gap: usual gap between letters that are not joined.
        slant: columns to the right a row up, added to the hand's own.
        stretch: factor along x.
        wander: height of the baseline's slow wave.
        jitter: standard deviation of a token's own rise.
        pen: the tool.
        manner: how the hand moves; None leaves all strokes as they were written.
    """

    x_height: float
    word_gap: float
    letter_gap: float
    slant: float
    stretch: float
    wander: float
    jitter: float
    pen: Pen
    manner: Manner | None = None


def with_manner(setting: Setting, rng: np.random.Generator) -> Setting:
    """Draw how the hand of a setting moves, and how its pen's ink flows."""
    pen = replace(setting.pen, flow=float(rng.uniform(0.2, 1.0)) if rng.random() < 0.5 else 0.0)
    return replace(setting, manner=choose_manner(rng), pen=pen)


def choose_setting(rng: np.random.Generator) -> Setting:
    """Draw how one hand sets its lines."""
    x_height = float(rng.uniform(16.0, 28.0))
    return Setting(
        x_height=x_height,
        word_gap=float(np.clip(np.exp(rng.normal(0.15, 0.3)), 0.55, 2.2)),
        letter_gap=float(rng.uniform(0.12, 0.38)),
        slant=float(np.clip(rng.normal(0.0, 0.13), -0.35, 0.4)),
        stretch=float(np.exp(rng.normal(-0.05, 0.11))),
        wander=float(abs(rng.normal(0.0, 0.06))),
        jitter=float(abs(rng.normal(0.0, 0.05))),
        pen=choose_pen(rng, x_height),
    )


def piece_of(text: str, strokes: Sequence[Points], stand: Stand, unit: float, joined: bool) -> Piece:
    """Bring strokes to a piece: baseline level and at row 0, x-height (the writer's and its own, averaged) 1.

    Args:
        text: what the strokes say.
        strokes: at least one, float32 (N, 2), y downwards.
        stand: baseline, x-height and slope of the strokes.
        unit: the writer's usual x-height in the strokes' units.
        joined: whether the letters hang together (words), or stand alone (characters).
    """
    reach, trust = (1.4, 0.45) if joined else (2.2, 0.65)
    own = float(np.clip(stand.x_height, unit / reach, reach * unit))
    scale = 1.0 / ((1.0 - trust) * unit + trust * own)
    points = np.concatenate(strokes)
    left = points[:, 0].min()
    middle = (left + points[:, 0].max()) / 2.0
    result = np.empty_like(points)
    result[:, 0] = (points[:, 0] - left) * scale
    result[:, 1] = (points[:, 1] - stand.baseline - 0.85 * stand.slope * (points[:, 0] - middle)) * scale
    cuts = np.cumsum([len(stroke) for stroke in strokes])[:-1]
    parts = tuple(np.split(result, cuts))
    return Piece(text, parts, float(result[:, 0].max()), _widest_gap(parts), joined)


def _widest_gap(strokes: Sequence[Points]) -> float:
    """Return the widest stretch of columns between the first and the last that no stroke covers."""
    edges = sorted((float(stroke[:, 0].min()), float(stroke[:, 0].max())) for stroke in strokes)
    reach, widest = edges[0][1], 0.0
    for begin, end in edges[1:]:
        widest = max(widest, begin - reach)
        reach = max(reach, end)
    return widest


def set_line(
    tokens: Sequence[Sequence[Piece]], setting: Setting, rng: np.random.Generator
) -> tuple[list[Points], str]:
    """Set tokens (words; each of one or several pieces glued together) on one line.

    Returns:
        the strokes in pixels, baseline at row 0 (wandering about it), x from 0; and the text.
    """
    strokes: list[Points] = []
    at = 0.0
    inner = [piece.gap for token in tokens for piece in token if piece.joined]
    inner += [setting.letter_gap] * any(len(token) > 1 for token in tokens)
    least = 0.45 + 1.15 * max(inner, default=0.0)
    phase, period = rng.uniform(0.0, 6.3), rng.uniform(15.0, 60.0)
    for number, token in enumerate(tokens):
        if number:
            at += max(least, setting.word_gap * float(np.exp(rng.normal(0.0, 0.2))))
        rise = float(rng.normal(0.0, setting.jitter))
        for place, piece in enumerate(token):
            if place:
                loose = not (piece.joined and token[place - 1].joined)
                at += setting.letter_gap * float(rng.uniform(0.6, 1.4)) if loose else 0.15
            wobble = 0.0 if piece.joined else float(rng.normal(0.0, 0.03))
            size = 1.0 if piece.joined else float(np.exp(rng.normal(0.0, 0.04)))
            move = np.array((at, rise + wobble), np.float32)
            written = piece.strokes if setting.manner is None else vary(piece.strokes, setting.manner, rng)
            strokes.extend(stroke * np.float32(size) + move for stroke in written)
            at += piece.width * size
    text = " ".join("".join(piece.text for piece in token) for token in tokens)
    if not strokes:
        return [], text
    joined = np.concatenate(strokes)
    joined[:, 1] += setting.wander * np.sin(joined[:, 0] / period * 6.3 + phase)
    joined[:, 0] = joined[:, 0] * setting.stretch - setting.slant * joined[:, 1]
    joined *= setting.x_height
    return np.split(joined, np.cumsum([len(stroke) for stroke in strokes])[:-1]), text


def draw(
    strokes: Sequence[Points], text: str, setting: Setting, rng: np.random.Generator, fine: bool = True
) -> InkLine:
    """Draw a line that ``set_line`` made.

    Args:
        strokes: at least one, in pixels, baseline at row 0.
        text: what they say.
        setting: size and pen.
        rng: chance of the pen.
        fine: False draws quickly, for a neighbour of which only edges will be seen.
    """
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    edge = MARGIN + setting.pen.width
    move = np.array((edge - low[0], edge - low[1]), np.float32)
    rows = int(np.ceil(high[1] - low[1] + 2 * edge))
    columns = int(np.ceil(high[0] - low[0] + 2 * edge))
    cuts = np.cumsum([len(stroke) for stroke in strokes])[:-1]
    moved = np.split(points + move, cuts)
    coverage = render(moved, (rows, columns), setting.pen, rng, scale=2 if fine else 1)
    return InkLine(coverage, text, ink_box(coverage), float(move[1]), setting.x_height)
