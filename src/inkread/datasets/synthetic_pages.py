"""Synthetic pages of handwriting with exact labels: layouts, hands, papers, cameras drawn at random."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inkread.datasets.line_texts import plain_line
from inkread.datasets.page_hands import FontWriters, Hands, PenWriters
from inkread.datasets.unipen_lines import Texts
from inkread.errors import ConfigError
from inkread.ink.page_paint import choose_mode, paint
from inkread.ink.page_pieces import doodle, frame, page_number
from inkread.ink.page_plan import Box, Hand, Plan, choose_manner
from inkread.ink.page_print import choose_type, set_block
from inkread.ink.page_sample import PageSample
from inkread.ink.page_styles import LAYOUTS


class SyntheticPages:
    """Pages composed of lines of real pens and of handwriting fonts.

    Args:
        pens: gives writers (``UnipenLines``), or None.
        fonts: gives handwriting fonts (``FontLines``), or None.
        sides: shortest and longest long side of a page in pixels.
        x_heights: smallest and largest x-height in pixels (that of notes may be a little under).
        blank: share of pages on which nothing is written: paper, print, drawings.
        pen_share: share of blocks written by real pens.
        print_fonts: font files for printed text, beside Pillow's own.
        texts: says what is printed; a small built-in stock of sentences where None.
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
        x_heights: tuple[float, float] = (6.0, 45.0),
        blank: float = 0.0,
        pen_share: float = 0.75,
        print_fonts: Sequence[Path | str] = (),
        layouts: Sequence[str] = (),
        texts: Texts | None = None,
    ) -> None:
        if pens is None and fonts is None:
            raise ConfigError("synthetic_pages needs pens or fonts; name one of them.")
        if not 64 <= sides[0] <= sides[1]:
            raise ConfigError(f"synthetic_pages cannot make pages of {sides} pixels; give two sizes over 64.")
        if not 4.0 <= x_heights[0] <= x_heights[1]:
            raise ConfigError(f"synthetic_pages cannot write with x-heights of {x_heights}; give two over 4.")
        unknown = set(layouts) - set(LAYOUTS)
        if unknown:
            raise ConfigError(
                f"synthetic_pages knows {', '.join(LAYOUTS)}, not {', '.join(sorted(unknown))}."
            )
        self._hands = Hands(pens, fonts, pen_share)
        self._sides = (int(sides[0]), int(sides[1]))
        self._x_heights = (float(x_heights[0]), float(x_heights[1]))
        self._blank = blank
        self._print_fonts = tuple(str(path) for path in print_fonts)
        self._texts = texts
        self._layouts = tuple(layouts) or tuple(LAYOUTS)

    def sample(self, index: int, rng: np.random.Generator) -> PageSample:
        """Return one page; ``index`` does not matter, all chance lies in ``rng``."""
        while True:
            plan = self._plan(rng, self._blank > 0.0 and rng.random() < self._blank)
            if plan.puts or "blank" in plan.traits:
                self._decorate(plan, rng)
                return paint(plan, choose_mode(rng), rng)

    def _plan(self, rng: np.random.Generator, blank: bool) -> Plan:
        """Fill a page, or leave it blank but for what is printed on it."""
        shares = np.array([LAYOUTS[name][0] for name in self._layouts])
        name = str(rng.choice(self._layouts, p=shares / shares.sum()))
        rows, columns = self._size(name, rng)
        plan = Plan(rows, columns, colour=int(rng.integers(6)), print_fonts=self._print_fonts)
        plan.manner = choose_manner(rng, plan.traits)
        x_height = self._x_height(rows, columns, rng)
        box = self._margins(rows, columns, x_height, rng)
        if blank or name != "form":
            box = self._print(plan, box, rng)
        if blank:
            plan.traits = {"blank"}
            return plan
        plan.traits.add(name)
        numbered = rng.random()
        if numbered < 0.08:
            page_number(plan, self._lend(rng, x_height), rng, True)
        LAYOUTS[name][1](plan, box, self._lend, x_height, rng)
        if 0.08 < numbered < 0.2:
            page_number(plan, self._lend(rng, x_height), rng, False)
        return plan

    def _decorate(self, plan: Plan, rng: np.random.Generator) -> None:
        chance = rng.random(2)
        if chance[0] < 0.1:
            for _ in range(int(rng.integers(1, 4))):
                doodle(plan, rng)
        if chance[1] < 0.08:
            frame(plan, rng)

    def _lend(self, rng: np.random.Generator, x_height: float) -> Hand:
        return self._hands.choose(rng, float(np.clip(x_height, *self._x_heights)))

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

    def _print(self, plan: Plan, box: Box, rng: np.random.Generator) -> Box:
        """Print a header, a paragraph or a foot on some pages; returns the room that is left."""
        if rng.random() > 0.22:
            return box
        x0, y0, x1, y1 = box
        size = max(plan.rows, plan.columns) * float(rng.uniform(0.008, 0.022))
        face = choose_type(rng, size, self._print_fonts)
        one = rng.random() < 0.5
        high = (2.2 * face.size if one else float(rng.uniform(0.08, 0.35)) * (y1 - y0)) + 4
        at_foot = rng.random() < 0.2
        top = y1 - high if at_foot else y0
        plan.labels += set_block((x0, top, x1, top + high), face, self._say, rng, 1 if one else 40)
        if rng.random() < 0.5:
            plan.rules.append((x0, top - 3 if at_foot else top + high + 2, x1, False))
        return (x0, y0, x1, top - face.size) if at_foot else (x0, top + high + face.size, x1, y1)

    def _say(self, rng: np.random.Generator, length: int) -> str:
        if self._texts is None:
            return plain_line(rng, max(length // 2, 1), length)
        return self._texts.line(rng, max(length - 8, 1), max(length, 2))

    def _x_height(self, rows: int, columns: int, rng: np.random.Generator) -> float:
        """Draw the x-height of the page's hand from how many lines the page is to have."""
        lines = math.exp(float(rng.triangular(math.log(5.0), math.log(30.0), math.log(56.0))))
        smallest, largest = self._x_heights
        return float(np.clip(rows / lines / 2.9, smallest, max(min(largest, columns / 22.0), smallest)))
