"""Hands of upright strokes for pages: each word is a row of bars an x-height tall."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inkread.datasets.unipen_lines import Tokens
from inkread.ink.compose import Piece
from inkread.ink.page_ink import Written
from inkread.ink.pen import Pen


class Bars:
    """Writes words of three bars until a line is full."""

    name = "bars"

    def __init__(self, x_height: float = 10.0) -> None:
        self._x_height = x_height

    @property
    def x_height(self) -> float:
        return self._x_height

    def sized(self, factor: float) -> Bars:
        return Bars(self._x_height * factor)

    def word(self, text: str, rng: np.random.Generator) -> Written | None:
        return self.line(2 * self._x_height, rng)

    def line(self, width: float, rng: np.random.Generator, lead: str = "") -> Written | None:
        unit = self._x_height
        count = int((width - 2 * unit) / (3 * unit)) + 1
        if width < 2 * unit:
            return None
        strokes, words = [], []
        for word in range(count):
            left = word * 3 * unit
            for bar in range(3):
                x = left + bar * unit
                strokes.append(np.array([(x, -unit), (x, 0.0)], np.float32))
            words.append((left, left + 2 * unit))
        text = " ".join(f"w{number}" for number in range(count))
        return Written(
            text, words[-1][1], unit, tuple(strokes), Pen(max(0.12 * unit, 1.0)), words=tuple(words)
        )


class Pens:
    """Writes words "no" of two bars, two x-heights wide."""

    def hand(self, rng: np.random.Generator) -> tuple[str, Callable[[int, np.random.Generator, str], Tokens]]:
        bars = tuple(np.array([(x, -1.0), (x, 0.0)], np.float32) for x in (0.0, 2.0))

        def tokens(length: int, rng: np.random.Generator, lead: str = "") -> Tokens:
            words = lead.split() + ["no"] * max(length // 3, 0 if lead else 1)
            return [[Piece(word, bars, 2.0, 0.0, True)] for word in words]

        return "pens", tokens
