"""Hands that write blocks of a page: one writer (or font), one pen, one size, line after line."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from inkread.datasets.unipen_lines import Tokens
from inkread.ink.compose import Setting, choose_setting, set_line
from inkread.ink.layer import InkLine
from inkread.ink.page_ink import Written
from inkread.ink.pen import choose_pen
from inkread.ink.strokes import Points

_TRIES = 6
_PITCH = 0.75


class PenWriters(Protocol):
    """What lends hands of pen strokes; ``UnipenLines`` does."""

    def hand(self, rng: np.random.Generator) -> tuple[str, Callable[[int, np.random.Generator, str], Tokens]]:
        """Return a name, and what writes tokens: a beginning, and about so many characters more."""


class FontWriters(Protocol):
    """What lends fonts as hands; ``FontLines`` does."""

    def hand(
        self, rng: np.random.Generator
    ) -> tuple[str, Callable[[int, np.random.Generator, str], InkLine | None]]:
        """Return a name, and what writes a line: a beginning, and about so many characters more."""


@dataclass
class PenHand:
    """A writer of UNIPEN with a pen; ``x_height`` in pixels."""

    name: str
    tokens: Callable[[int, np.random.Generator, str], Tokens]
    setting: Setting
    pitch: float = _PITCH  # columns a character, in x-heights

    @property
    def x_height(self) -> float:
        """Rows of a letter x."""
        return self.setting.x_height

    def sized(self, factor: float) -> PenHand:
        """Return the same hand and pen, writing larger or smaller."""
        pen = replace(self.setting.pen, width=self.setting.pen.width * (0.5 + 0.5 * factor))
        setting = replace(self.setting, x_height=self.setting.x_height * factor, pen=pen)
        return PenHand(self.name, self.tokens, setting, self.pitch)

    def word(self, text: str, rng: np.random.Generator) -> Written | None:
        """Write just this, or None where the hand cannot."""
        tokens = self.tokens(0, rng, text)
        return self._set(tokens, math.inf, rng) if tokens else None

    def line(self, width: float, rng: np.random.Generator, lead: str = "") -> Written | None:
        """Write one line at most ``width`` columns wide and not much narrower, or None."""
        for _ in range(_TRIES):
            length = max(round(width / (self.pitch * self.setting.x_height)), 1)
            tokens = self.tokens(min(round(1.1 * length) + 2, 110), rng, lead)
            written = self._set(tokens, width, rng) if tokens else None
            if written is not None:
                return written
        return None

    def _set(self, tokens: Tokens, width: float, rng: np.random.Generator) -> Written | None:
        """Return what of the tokens fits into ``width`` columns."""
        setting = self.setting
        strokes, text = set_line(tokens, setting, rng)
        low = min(float(stroke[:, 0].min()) for stroke in strokes)
        moved = [stroke - np.array((low, 0.0), np.float32) for stroke in strokes]
        spans = _spans(tokens, moved)
        wide = max(right for _, right in spans)
        pitch = wide / (setting.x_height * max(len(text), 1))
        self.pitch = pitch if self.pitch == _PITCH else 0.7 * self.pitch + 0.3 * pitch
        return _cut(tokens, moved, spans, width, setting)


def _cut(
    tokens: Tokens,
    strokes: list[Points],
    spans: tuple[tuple[float, float], ...],
    width: float,
    setting: Setting,
) -> Written | None:
    """Return the tokens that fit into ``width`` columns as one line, or None where not one does."""
    keep = 0
    while keep < len(tokens) and spans[keep][1] <= width:
        keep += 1
    if not keep:
        return None
    count = sum(len(piece.strokes) for token in tokens[:keep] for piece in token)
    text = " ".join("".join(piece.text for piece in token) for token in tokens[:keep])
    wide = max(right for _, right in spans[:keep])
    return Written(text, wide, setting.x_height, tuple(strokes[:count]), setting.pen, words=spans[:keep])


def _spans(tokens: Tokens, strokes: list[Points]) -> tuple[tuple[float, float], ...]:
    """Return the first and last column of each token; strokes come in the order of the tokens."""
    spans: list[tuple[float, float]] = []
    at = 0
    for token in tokens:
        count = sum(len(piece.strokes) for piece in token)
        part = strokes[at : at + count]
        spans.append(
            (
                min(float(stroke[:, 0].min()) for stroke in part),
                max(float(stroke[:, 0].max()) for stroke in part),
            )
        )
        at += count
    return tuple(spans)


@dataclass
class FontHand:
    """A handwriting font in some size."""

    name: str
    write: Callable[[int, np.random.Generator, str], InkLine | None]
    x_height: float
    pitch: float = _PITCH

    def sized(self, factor: float) -> FontHand:
        """Return the same font, larger or smaller."""
        return FontHand(self.name, self.write, self.x_height * factor, self.pitch)

    def word(self, text: str, rng: np.random.Generator) -> Written | None:
        """Write just this, or None where the font cannot."""
        line = self.write(0, rng, text)
        return None if line is None else self._scaled(line)

    def line(self, width: float, rng: np.random.Generator, lead: str = "") -> Written | None:
        """Write one line at most ``width`` columns wide, or None."""
        for attempt in range(_TRIES):
            length = max(round(0.95**attempt * width / (self.pitch * self.x_height)), 1)
            line = self.write(min(length, 110), rng, lead)
            if line is None:
                continue
            written = self._scaled(line)
            pitch = written.width / (self.x_height * max(len(line.text), 1))
            self.pitch = pitch if self.pitch == _PITCH else 0.6 * self.pitch + 0.4 * pitch
            if written.width <= width:
                return written
        return None

    def _scaled(self, line: InkLine) -> Written:
        scale = self.x_height / line.x_height
        wide = (line.box[2] - line.box[0]) * scale
        return Written(line.text, wide, self.x_height, mask=line, scale=scale)


class Hands:
    """Lends hands: of real pens for the most part, the rest fonts.

    Args:
        pens: gives writers of pen strokes, or None.
        fonts: gives fonts, or None; one of both is needed.
        share: how often a pen is asked for.
    """

    def __init__(self, pens: PenWriters | None, fonts: FontWriters | None, share: float = 0.75) -> None:
        self._pens, self._fonts = pens, fonts
        self._share = 1.0 if fonts is None else 0.0 if pens is None else share

    def choose(self, rng: np.random.Generator, x_height: float) -> PenHand | FontHand:
        """Draw a hand that writes with an ``x_height`` in pixels."""
        if self._pens is not None and rng.random() < self._share:
            name, tokens = self._pens.hand(rng)
            setting = replace(choose_setting(rng), x_height=x_height, pen=choose_pen(rng, x_height))
            return PenHand(name, tokens, setting)
        assert self._fonts is not None
        name, write = self._fonts.hand(rng)
        return FontHand(name, write, x_height)
