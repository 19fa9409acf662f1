"""Where the lines of a page stand: blocks of one hand, laid out as people fill sheets.

A ``Plan`` collects what is written; ``block`` fills a box with lines of one hand. Lines are put down
in reading order. Lengths are pixels of the page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from inkread.ink.page_ink import Course, Laid, Written, lay
from inkread.ink.page_print import Label
from inkread.ink.pen import Pen
from inkread.ink.strokes import Points

Box = tuple[float, float, float, float]


class Hand(Protocol):
    """Who writes."""

    @property
    def name(self) -> str:
        """Writer or font."""

    @property
    def x_height(self) -> float:
        """Rows of a letter x."""

    def sized(self, factor: float) -> Hand:
        """Return the same hand in another size."""

    def word(self, text: str, rng: np.random.Generator) -> Written | None:
        """Write just this."""

    def line(self, width: float, rng: np.random.Generator, lead: str = "") -> Written | None:
        """Write one line at most ``width`` columns wide, which begins with ``lead``."""


@dataclass(frozen=True, slots=True)
class Put:
    """A line on the page: its text, ink, the rest as in ``PageLine``; ``colour`` is its pen's number."""

    text: str
    laid: Laid
    x_height: float
    region: int
    kind: str
    colour: int
    crossed: bool = False


@dataclass
class Plan:
    """A page as it is being filled.

    Attributes:
        rows, columns: size of the sheet.
        puts: the lines so far, in reading order.
        scrawls: ink that is in no line: underlines, boxes, drawings.
        labels: printed text; rules: printed lines (x0, row, x1, dotted).
        print_fonts: files of printing fonts.
        traits: hardships so far.
        pitch, first: distance and first row of the baselines of the largest block, for ruled paper.
        region: number of the present block.
        colour: number of the present pen.
        manner: how unevenly this page's lines run.
    """

    rows: int
    columns: int
    puts: list[Put] = field(default_factory=list)
    scrawls: list[tuple[Points, float, int]] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    rules: list[tuple[float, float, float, bool]] = field(default_factory=list)
    print_fonts: tuple[str, ...] = ()
    traits: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    pitch: float = 0.0
    first: float = 0.0
    region: int = -1
    colour: int = 0
    manner: Manner = field(default_factory=lambda: Manner())

    def begin(self, hand: Hand, colour: int | None = None) -> None:
        """Start a block; without ``colour`` it is written with the pen of the block before."""
        self.region += 1
        self.names.append(hand.name)
        if colour is not None:
            self.colour = colour

    def put(
        self, written: Written, left: float, foot: float, kind: str, rng: np.random.Generator, course: Course
    ) -> Put | None:
        """Set a line down, unless too much of it would lie outside the sheet."""
        laid = lay(written, left, foot, course, rng)
        low, high = laid.outline.min(axis=0), laid.outline.max(axis=0)
        if low[0] < -2 or high[0] > self.columns + 2 or low[1] < -2 or high[1] > self.rows + 2:
            return None
        put = Put(written.text, laid, written.x_height, self.region, kind, self.colour, written.crossed)
        self.puts.append(put)
        return put


@dataclass(frozen=True, slots=True)
class Manner:
    """How the lines of a page run.

    Attributes:
        tilt: slope of all, in rows a column; ``fan`` more of it with every line.
        fan: see ``tilt``.
        spread: standard deviation of a line's own slope.
        sag, wave: bend of a line and height of its waves, in x-heights.
        rise: standard deviation of a line's own height above its place, in x-heights.
    """

    tilt: float = 0.0
    fan: float = 0.0
    spread: float = 0.0
    sag: float = 0.0
    wave: float = 0.0
    rise: float = 0.05

    def course(self, rng: np.random.Generator, width: float, x_height: float, number: int) -> Course:
        """Draw the course of line ``number`` of a block."""
        slope = self.tilt + self.fan * number + float(rng.normal(0.0, self.spread))
        sag = self.sag * x_height * float(rng.normal(1.0, 0.3))
        wave = self.wave * x_height * float(rng.uniform(0.3, 1.0))
        period = float(rng.uniform(8.0, 40.0)) * x_height
        return Course(slope, sag, width, wave, period, float(rng.uniform(0.0, math.tau)))


def choose_manner(rng: np.random.Generator, traits: set[str]) -> Manner:
    """Draw how lines run: most people keep them straight, some do not."""
    kind = rng.random()
    if kind < 0.45:
        return Manner(spread=0.003, wave=0.04 * rng.random(), rise=0.05)
    tilt = float(np.clip(rng.normal(0.0, 0.025), -0.07, 0.07))
    spread = float(rng.uniform(0.002, 0.012))
    fan = float(rng.normal(0.0, 0.0012)) if rng.random() < 0.3 else 0.0
    sag = float(rng.normal(0.0, 0.5)) if rng.random() < 0.4 else 0.0
    wave = float(rng.uniform(0.05, 0.3)) if rng.random() < 0.4 else 0.04
    for name, value, least in (
        ("slanted", tilt, 0.02), ("fanning", fan, 0.001), ("curved", sag, 0.3), ("wavy", wave, 0.12)
    ):  # fmt: skip
        if abs(value) >= least:
            traits.add(name)
    return Manner(tilt, fan, spread, sag, wave, float(rng.uniform(0.03, 0.2)))


@dataclass(frozen=True, slots=True)
class Style:
    """How a block is set; lengths in x-heights.

    Attributes:
        pitch: distance between baselines.
        indent: of the first line of a paragraph.
        jitter: of the left edge.
        kind: of its lines.
        end: chance that a line is the short last one of a paragraph.
        paragraph_gap: extra distance after a paragraph.
        ragged, crossed, insertion: chances that a line has its words far apart, has words crossed out,
            has something inserted above it.
    """

    pitch: float = 3.2
    indent: float = 0.0
    jitter: float = 0.2
    kind: str = "body"
    end: float = 0.12
    paragraph_gap: float = 0.0
    ragged: float = 0.0
    crossed: float = 0.0
    insertion: float = 0.0


def block(plan: Plan, box: Box, hand: Hand, style: Style, rng: np.random.Generator, most: int = 45) -> float:
    """Fill ``box`` (x0, y0, x1, y1) with lines from the top; return the row below the last baseline."""
    x0, y0, x1, y1 = box
    x_height = hand.x_height
    pitch = style.pitch * x_height
    foot = y0 + 1.9 * x_height
    fresh = True
    number = 0
    if plan.pitch == 0.0:
        plan.pitch, plan.first = pitch, foot
    while foot <= y1 - 0.9 * x_height and number < most:
        indent = style.indent * x_height if fresh else 0.0
        left = x0 + indent + abs(float(rng.normal(0.0, style.jitter))) * x_height
        last = rng.random() < style.end
        room = (x1 - left) * (float(rng.uniform(0.15, 0.8)) if last else 1.0)
        written = hand.line(max(room, 2.5 * x_height), rng)
        fresh = last
        if written is not None and written.width <= x1 - left + 2.0:
            _place(plan, written, left, foot, hand, style, rng, number, x1)
        foot += pitch * (1.0 + float(rng.normal(0.0, 0.02))) + (
            style.paragraph_gap * x_height if last else 0.0
        )
        number += 1
    return foot - pitch + 0.9 * x_height


def _place(
    plan: Plan,
    written: Written,
    left: float,
    foot: float,
    hand: Hand,
    style: Style,
    rng: np.random.Generator,
    number: int,
    right: float,
) -> None:
    x_height = hand.x_height
    course = plan.manner.course(rng, written.width, x_height, number)
    foot = foot + float(rng.normal(0.0, plan.manner.rise)) * x_height - course.slope * written.width / 2.0
    if style.ragged and rng.random() < style.ragged and written.strokes:
        written = _spread_out(written, right - left, rng)
        plan.traits.add("ragged")
    kind = style.kind
    if style.crossed and rng.random() < style.crossed and len(written.words) > 0:
        written, kind = _cross_out(written, kind, rng)
        plan.traits.add("crossed")
    if style.insertion and rng.random() < style.insertion and number:
        small = hand.sized(float(rng.uniform(0.55, 0.8)))
        extra = small.line(float(rng.uniform(0.12, 0.4)) * max(written.width, 8 * x_height), rng)
        if extra is not None and extra.width < written.width:
            at = float(rng.uniform(0.0, written.width - extra.width))
            above = foot + float(course.at(np.array([at]))[0]) - max(0.5 * style.pitch, 1.35) * x_height
            if plan.put(extra, left + at, above, "insertion", rng, Course(course.slope)):
                plan.traits.add("insertion")
                _caret(plan, left + at, above + 0.3 * x_height, x_height)
    plan.put(written, left, foot, kind, rng, course)


def _caret(plan: Plan, x: float, y: float, x_height: float) -> None:
    half = 0.3 * x_height
    path = np.array([(x - half, y + 2 * half), (x, y), (x + half, y + 2 * half)], np.float32)
    plan.scrawls.append((path, max(0.09 * x_height, 1.0), plan.colour))


def _spread_out(written: Written, room: float, rng: np.random.Generator) -> Written:
    """Push the words of a line apart, as far as there is room."""
    if len(written.words) < 2:
        return written
    free = max(min(room - written.width, 12.0 * written.x_height), 0.0)
    shares = rng.dirichlet(np.full(len(written.words) - 1, 0.7)) * free
    moves = np.concatenate(([0.0], np.cumsum(shares)))
    starts = np.array([span[0] for span in written.words])
    strokes = []
    for stroke in written.strokes:
        number = max(int(np.searchsorted(starts, float(stroke[:, 0].mean()))) - 1, 0)
        strokes.append(stroke + np.array((moves[number], 0.0), np.float32))
    words = tuple((a + m, b + m) for (a, b), m in zip(written.words, moves.tolist(), strict=True))
    width = max(float(stroke[:, 0].max()) for stroke in strokes)
    return replace(written, strokes=tuple(strokes), words=words, width=width)


def _cross_out(written: Written, kind: str, rng: np.random.Generator) -> tuple[Written, str]:
    """Strike one or several words; the text loses them."""
    words = written.text.split(" ")
    if len(words) != len(written.words):
        return written, kind
    count = min(int(rng.integers(1, 4)), len(written.words))
    first = int(rng.integers(len(written.words) - count + 1))
    x0, x1 = written.words[first][0], written.words[first + count - 1][1]
    height = written.x_height
    way = rng.random()
    strokes: list[Points] = []
    if way < 0.6:  # one or two strokes
        for _ in range(1 if rng.random() < 0.6 else 2):
            level = -height * float(rng.uniform(0.25, 0.75))
            ends = np.linspace(x0 - 0.2 * height, x1 + 0.2 * height, 5)
            strokes.append(np.stack([ends, level + rng.normal(0, 0.08 * height, 5)], 1).astype(np.float32))
    else:  # a scribble
        steps = max(int((x1 - x0) / (0.3 * height)), 4) * (1 if way < 0.85 else 3)
        x = np.linspace(x0, x1, steps) + rng.normal(0, 0.15 * height, steps)
        y = -height * (0.5 + np.resize((-0.6, 0.7), steps) * rng.uniform(0.5, 1.0, steps))
        strokes.append(np.stack([x, y], 1).astype(np.float32))
    pen = replace(written.pen or Pen(1.0))
    del words[first : first + count]
    text = " ".join(words)
    moved = replace(written, text=text, strokes=(*written.strokes, *strokes), pen=pen, crossed=True)
    low = min(float(stroke[:, 0].min()) for stroke in moved.strokes)
    if low < 0.0:
        shift = np.array((-low, 0.0), np.float32)
        moved = replace(moved, strokes=tuple(stroke + shift for stroke in moved.strokes))
    width = max(float(stroke[:, 0].max()) for stroke in moved.strokes)
    return replace(moved, width=width), "crossed" if not text else kind
