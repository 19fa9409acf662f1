"""Synthetic pages of handwriting with exact labels: layouts, hands, papers, scanners and cameras drawn at random."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inkread.datasets.line_texts import plain_line
from inkread.datasets.page_hands import FontWriters, Hands, PenWriters
from inkread.errors import ConfigError
from inkread.ink.page_paint import Printed, choose_mode, paint
from inkread.ink.page_plan import Box, Hand, Plan, choose_manner
from inkread.ink.page_print import print_block, rule_across
from inkread.ink.page_sample import PageSample
from inkread.ink.page_styles import LAYOUTS, page_number

_MOST = 45
_SMALLEST, _LARGEST = 6.0, 45.0


class SyntheticPages:
    """Pages composed of lines of real pens and of handwriting fonts.

    Args:
        pens: gives writers (``UnipenLines``), or None.
        fonts: gives handwriting fonts (``FontLines``), or None.
        sides: shortest and longest long side of a page in pixels.
        pen_share: share of blocks written by real pens.
        print_fonts: font files for printed text; Pillow's own where empty.
        layouts: names of the kinds of page to make; all by default.

    Raises:
        ConfigError: no hands, an impossible size, an unknown layout.
    """

    name = "synthetic_pages"

    def __init__(
        self,
        pens: PenWriters | None,
        fonts: FontWriters | None = None,
        *,
        sides: tuple[int, int] = (1000, 1700),
        pen_share: float = 0.75,
        print_fonts: Sequence[Path | str] = (),
        layouts: Sequence[str] = (),
    ) -> None:
        if pens is None and fonts is None:
            raise ConfigError("synthetic_pages needs pens or fonts; name one of them.")
        if not 64 <= sides[0] <= sides[1]:
            raise ConfigError(f"synthetic_pages cannot make pages of {sides} pixels; give two sizes over 64.")
        unknown = set(layouts) - set(LAYOUTS)
        if unknown:
            raise ConfigError(
                f"synthetic_pages knows {', '.join(LAYOUTS)}, not {', '.join(sorted(unknown))}."
            )
        self._hands = Hands(pens, fonts, pen_share)
        self._sides = (int(sides[0]), int(sides[1]))
        self._print_fonts = tuple(str(path) for path in print_fonts)
        self._layouts = tuple(layouts) or tuple(LAYOUTS)

    def sample(self, index: int, rng: np.random.Generator) -> PageSample:
        """Return one page; ``index`` does not matter, all chance lies in ``rng``."""
        while True:
            shares = np.array([LAYOUTS[name][0] for name in self._layouts])
            name = str(rng.choice(self._layouts, p=shares / shares.sum()))
            rows, columns = self._size(name, rng)
            plan = Plan(rows, columns, colour=int(rng.integers(6)))
            plan.manner = choose_manner(rng, plan.traits)
            plan.traits.add(name)
            x_height = _x_height(rows, columns, rng)
            box = self._margins(rows, columns, x_height, rng)
            printed, box = self._printed(rows, columns, box, rng)
            numbered = rng.random()
            if numbered < 0.08:
                page_number(plan, self._lend(rng, x_height), rng, True)
            LAYOUTS[name][1](plan, box, self._lend, x_height, rng)
            if 0.08 < numbered < 0.2:
                page_number(plan, self._lend(rng, x_height), rng, False)
            if plan.puts:
                return paint(plan, printed, choose_mode(rng), rng)

    def _lend(self, rng: np.random.Generator, x_height: float) -> Hand:
        return self._hands.choose(rng, float(np.clip(x_height, _SMALLEST, _LARGEST)))

    def _size(self, name: str, rng: np.random.Generator) -> tuple[int, int]:
        """Draw rows and columns: portrait mostly; spreads are landscape, cuttings square or strips."""
        long = int(rng.integers(self._sides[0], self._sides[1] + 1))
        kind = rng.random()
        if name == "spread":
            return round(long * float(rng.uniform(0.62, 0.78))), long
        if kind < 0.72:
            return long, round(long * float(rng.uniform(0.62, 0.8)))
        if kind < 0.86:
            return round(long * float(rng.uniform(0.6, 0.8))), long
        if kind < 0.94:
            side = round(0.85 * long)
            return side, round(side * float(rng.uniform(0.85, 1.15)))
        return round(long * float(rng.uniform(0.2, 0.45))), long

    def _margins(self, rows: int, columns: int, x_height: float, rng: np.random.Generator) -> Box:
        edges = rng.uniform(0.02, 0.11, 4)
        least = 0.8 * x_height
        return (
            max(edges[0] * columns, least),
            max(edges[1] * rows, 0.3 * least),
            columns - max(edges[2] * columns, least),
            rows - max(edges[3] * rows, least),
        )

    def _printed(self, rows: int, columns: int, box: Box, rng: np.random.Generator) -> tuple[Printed, Box]:
        """Print a header, a paragraph or a foot on some pages, and take its room off the box."""
        if rng.random() > 0.2:
            return Printed(), box
        canvas = np.zeros((rows, columns), np.uint8)
        x0, y0, x1, y1 = box
        size = max(round(max(rows, columns) * float(rng.uniform(0.009, 0.022))), 8)
        kind = rng.random()
        high = (2.2 * size if kind < 0.5 else float(rng.uniform(0.08, 0.3)) * (y1 - y0)) + 4
        most = 1 if kind < 0.5 else 40
        at_foot = rng.random() < 0.2
        top = y1 - high if at_foot else y0
        found = print_block(canvas, (x0, top, x1, top + high), size, _say, rng, self._print_fonts, most)
        if rng.random() < 0.5:
            rule_across(canvas, x0, x1, top - 3 if at_foot else top + high + 2, int(rng.integers(1, 3)))
        room = (x0, y0, x1, top - size) if at_foot else (x0, top + high + size, x1, y1)
        return Printed(canvas, tuple(found)), room


def _say(rng: np.random.Generator, length: int) -> str:
    return plain_line(rng, max(length // 2, 1), length)


def _x_height(rows: int, columns: int, rng: np.random.Generator) -> float:
    """Draw the x-height of the page's hand: by what fits on a page of this size, smaller ones more often."""
    fewest, most = 3.0, 45.0
    lines = math.exp(float(rng.uniform(math.log(fewest * 2), math.log(most))))
    return float(np.clip(rows / lines / 3.0, _SMALLEST, min(_LARGEST, columns / 14.0)))
