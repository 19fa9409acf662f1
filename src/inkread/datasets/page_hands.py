"""Hands that write blocks of a page: one writer (or font), one pen, one size, line after line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from inkread.datasets.unipen_lines import Tokens
from inkread.ink.compose import Setting, choose_setting, set_line
from inkread.ink.layer import InkLine
from inkread.ink.page_ink import Written
from inkread.ink.pen import choose_pen

_TRIES = 6
_PITCH = 0.75


class PenWriters(Protocol):
    """What lends hands of pen strokes; ``UnipenLines`` does."""

    def hand(self, rng: np.random.Generator) -> tuple[str, Callable[[int, np.random.Generator], Tokens]]:
        """Return a name, and what writes tokens of about so many characters."""


class FontWriters(Protocol):
    """What lends fonts as hands; ``FontLines`` does."""

    def hand(
        self, rng: np.random.Generator
    ) -> tuple[str, Callable[[int, np.random.Generator], InkLine | None]]:
        """Return a name, and what writes a line of about so many characters."""


@dataclass
class PenHand:
    """A writer of UNIPEN with a pen; ``x_height`` in pixels."""

    name: str
    tokens: Callable[[int, np.random.Generator], Tokens]
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

    def line(self, width: float, rng: np.random.Generator) -> Written | None:
        """Write one line at most ``width`` columns wide and not much narrower, or None."""
        setting = self.setting
        for _ in range(_TRIES):
            length = max(round(width / (self.pitch * setting.x_height)), 1)
            tokens = self.tokens(min(round(1.12 * length) + 3, 100), rng)
            while tokens:
                strokes, text = set_line(tokens, setting, rng)
                low = min(float(stroke[:, 0].min()) for stroke in strokes)
                wide = max(float(stroke[:, 0].max()) for stroke in strokes) - low
                self.pitch = 0.8 * self.pitch + 0.2 * wide / (setting.x_height * max(len(text), 1))
                if wide <= width:
                    moved = [stroke - np.array((low, 0.0), np.float32) for stroke in strokes]
                    return Written(
                        text, wide, setting.x_height, tuple(moved), setting.pen, words=_spans(tokens, moved)
                    )
                keep = min(int(len(tokens) * width / wide + 0.3), len(tokens) - 1)
                tokens = tokens[:keep]
        return None


def _spans(tokens: Tokens, strokes: list[np.ndarray]) -> tuple[tuple[float, float], ...]:
    """Return the first and last column of each token; strokes come in the order of the tokens."""
    spans, at = [], 0
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
    write: Callable[[int, np.random.Generator], InkLine | None]
    x_height: float
    pitch: float = _PITCH

    def sized(self, factor: float) -> FontHand:
        """Return the same font, larger or smaller."""
        return FontHand(self.name, self.write, self.x_height * factor, self.pitch)

    def line(self, width: float, rng: np.random.Generator) -> Written | None:
        """Write one line at most ``width`` columns wide, or None."""
        for _ in range(_TRIES):
            length = max(round(width / (self.pitch * self.x_height)), 1)
            line = self.write(min(length, 110), rng)
            if line is None:
                continue
            scale = self.x_height / line.x_height
            wide = (line.box[2] - line.box[0]) * scale
            pitch = wide / (self.x_height * max(len(line.text), 1))
            self.pitch = pitch if self.pitch == _PITCH else 0.6 * self.pitch + 0.4 * pitch
            if wide <= width:
                return Written(line.text, wide, self.x_height, mask=line, scale=scale)
        return None


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
