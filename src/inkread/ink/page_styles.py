"""Kinds of page: letters, essays, columns, marginalia, lists, tables, forms, cuttings, spreads.

Each fills a plan from the top left of a box, in reading order. ``Lender`` gives a hand for an x-height.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from inkread.ink.page_ink import Course, Written
from inkread.ink.page_plan import Box, Hand, Plan, Style, block

Lender = Callable[[np.random.Generator, float], Hand]
Layout = Callable[[Plan, Box, Lender, float, np.random.Generator], None]


def choose_style(rng: np.random.Generator) -> Style:
    """Draw how the lines of a block of prose are set."""
    kind = rng.random()
    if kind < 0.18:
        pitch = float(rng.uniform(1.55, 2.1))  # neighbours' ascenders and descenders meet
    elif kind < 0.8:
        pitch = float(rng.uniform(2.1, 3.6))
    else:
        pitch = float(rng.uniform(3.6, 6.0))
    indents = rng.random()
    return Style(
        pitch=pitch,
        indent=float(rng.uniform(1.5, 6.0)) if indents < 0.5 else 0.0,
        jitter=float(rng.uniform(0.0, 0.8)),
        end=float(rng.uniform(0.03, 0.25)),
        paragraph_gap=pitch * float(rng.uniform(0.3, 1.0)) if indents > 0.75 else 0.0,
        ragged=float(rng.uniform(0.1, 0.8)) if rng.random() < 0.1 else 0.0,
        crossed=float(rng.uniform(0.05, 0.3)) if rng.random() < 0.3 else 0.0,
        insertion=float(rng.uniform(0.05, 0.2)) if rng.random() < 0.15 else 0.0,
    )


def _remark(plan: Plan, style: Style) -> None:
    if style.pitch < 2.1:
        plan.traits.add("touching")


def single(
    plan: Plan, written: Written | None, left: float, foot: float, kind: str, rng: np.random.Generator
) -> bool:
    """Put down one line that stands alone."""
    if written is None:
        return False
    course = plan.manner.course(rng, written.width, written.x_height, 0)
    return plan.put(written, left, foot - course.slope * written.width / 2, kind, rng, course) is not None


def prose(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """One column, sometimes under a heading, a date or an address."""
    x0, y0, x1, y1 = box
    hand = lend(rng, x_height)
    style = choose_style(rng)
    _remark(plan, style)
    plan.begin(hand, plan.colour)
    if rng.random() < 0.25:
        y0 = _address(plan, (x0, y0, x1, y1), hand, rng)
    if rng.random() < 0.3:
        y0 = _heading(plan, (x0, y0, x1, y1), hand, rng)
    most = 45 if rng.random() < 0.8 else int(rng.integers(2, 12))
    low = block(plan, (x0, y0, x1, y1), hand, style, rng, most)
    room = y1 - low
    if room > 5 * x_height and rng.random() < 0.6:  # another block, another hand
        other = lend(rng, x_height * float(rng.uniform(0.7, 1.3)))
        plan.begin(other, int(rng.integers(6)))
        second = choose_style(rng)
        _remark(plan, second)
        plan.traits.add("hands")
        left = x0 + float(rng.uniform(0.0, 0.4)) * (x1 - x0)
        block(plan, (left, low + 1.5 * x_height, x1, y1), other, second, rng)
    elif room > 4 * x_height and rng.random() < 0.5:  # a signature
        plan.begin(hand)
        width = float(rng.uniform(0.15, 0.4)) * (x1 - x0)
        written = hand.sized(float(rng.uniform(1.0, 1.5))).line(width, rng)
        left = x0 + float(rng.uniform(0.4, 0.6)) * (x1 - x0)
        single(plan, written, left, low + 3 * x_height, "body", rng)


def _address(plan: Plan, box: Box, hand: Hand, rng: np.random.Generator) -> float:
    x0, y0, x1, _ = box
    x_height = hand.x_height
    left = x0 + float(rng.uniform(0.5, 0.72)) * (x1 - x0)
    foot = y0 + 1.9 * x_height
    pitch = float(rng.uniform(2.3, 3.2)) * x_height
    for _ in range(int(rng.integers(1, 5))):
        written = hand.line((x1 - left) * float(rng.uniform(0.4, 1.0)), rng)
        single(plan, written, left + abs(float(rng.normal(0, 0.5))) * x_height, foot, "address", rng)
        foot += pitch
    plan.traits.add("address")
    plan.begin(hand)
    return foot - 0.5 * x_height


def _heading(plan: Plan, box: Box, hand: Hand, rng: np.random.Generator) -> float:
    x0, y0, x1, _ = box
    large = hand.sized(float(rng.uniform(1.0, 2.0)))
    x_height = large.x_height
    foot = y0 + 2.1 * x_height
    written = large.line(float(rng.uniform(0.2, 0.8)) * (x1 - x0), rng)
    if written is not None:
        middle = rng.random() < 0.6
        left = (x0 + x1 - written.width) / 2 if middle else x0 + float(rng.uniform(0, 2)) * x_height
        if single(plan, written, left, foot, "heading", rng) and rng.random() < 0.4:
            y = foot + float(rng.uniform(0.4, 0.9)) * x_height
            underline(plan, left, left + written.width, y, x_height, rng)
    plan.traits.add("heading")
    plan.begin(hand)
    return foot + float(rng.uniform(0.5, 2.0)) * x_height


def underline(plan: Plan, x0: float, x1: float, y: float, x_height: float, rng: np.random.Generator) -> None:
    """Draw one or two strokes by hand under a line."""
    for _ in range(1 if rng.random() < 0.75 else 2):
        across = np.linspace(x0, x1, 8)
        rows = y + np.cumsum(rng.normal(0.0, 0.05 * x_height, 8))
        path = np.stack([across, rows], axis=1).astype(np.float32)
        plan.scrawls.append((path, max(0.1 * x_height, 1.0), plan.colour))
        y += 0.3 * x_height
    plan.traits.add("underline")


def columns(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """Two or three columns, read one after the other."""
    x0, y0, x1, y1 = box
    count = 2 if rng.random() < 0.75 or (x1 - x0) < 60 * x_height else 3
    hand = lend(rng, x_height)
    plan.begin(hand, plan.colour)
    if rng.random() < 0.3:
        y0 = _heading(plan, (x0, y0, x1, y1), hand, rng)
    narrow = rng.random() < 0.4
    gutter = float(rng.uniform(0.9, 1.8) if narrow else rng.uniform(1.8, 7.0)) * x_height
    style = choose_style(rng)
    style = replace(style, jitter=min(style.jitter, 0.3), ragged=0.0, indent=min(style.indent, 2.0))
    _remark(plan, style)
    plan.traits.add("narrow gutter" if narrow else "columns")
    shares = rng.dirichlet(np.full(count, 12.0))
    left = x0
    for number, share in enumerate(shares.tolist()):
        right = left + share * (x1 - x0 - gutter * (count - 1))
        if number and rng.random() < 0.3:
            hand = lend(rng, x_height * float(rng.uniform(0.85, 1.15)))
        plan.begin(hand)
        most = 45 if rng.random() < 0.7 else int(rng.integers(3, 15))
        top = y0 + (0.0 if rng.random() < 0.6 else float(rng.uniform(0.0, 3.0)) * x_height)
        block(plan, (left, top, right, y1), hand, style, rng, most)
        left = right + gutter
    if rng.random() < 0.15:
        x = left - gutter - shares[-1] * (x1 - x0 - gutter * (count - 1)) - gutter / 2
        path = np.array([(x, y0), (x + rng.normal(0, 3), y1)], np.float32)
        plan.scrawls.append((path, 1.5, plan.colour))


def margins(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """A body with smaller notes beside it, which are read after the body."""
    x0, y0, x1, y1 = box
    share = float(rng.uniform(0.14, 0.3))
    gap = float(rng.uniform(0.7, 3.0)) * x_height
    left = rng.random() < 0.6
    cut = x0 + share * (x1 - x0) if left else x1 - share * (x1 - x0)
    body = (cut + gap, y0, x1, y1) if left else (x0, y0, cut - gap, y1)
    prose(plan, body, lend, x_height, rng)
    low = max((float(put.laid.outline[:, 1].max()) for put in plan.puts), default=y1)
    foot = y0 + float(rng.uniform(0.0, 0.3)) * (low - y0)
    side = (x0, cut) if left else (cut, x1)
    for _ in range(int(rng.integers(1, 5))):
        small = max(x_height * float(rng.uniform(0.5, 0.95)), 5.0)
        hand = lend(rng, small)
        plan.begin(hand, plan.colour if rng.random() < 0.6 else int(rng.integers(6)))
        style = Style(pitch=float(rng.uniform(1.9, 2.8)), jitter=0.2, kind="margin", end=0.05)
        foot = block(plan, (side[0], foot, side[1], y1), hand, style, rng, int(rng.integers(1, 8)))
        foot += float(rng.uniform(1.0, 12.0)) * small
        if foot > y1 - 4 * small:
            break
    plan.traits.add("margin notes")


_SIGNS = ("-", "•", "*", "1.", "a)", "–")


def listing(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """A bulleted or numbered list, sometimes nested, items over one or several lines."""
    x0, y0, x1, y1 = box
    hand = lend(rng, x_height)
    plan.begin(hand, plan.colour)
    if rng.random() < 0.5:
        y0 = _heading(plan, (x0, y0, x1, y1), hand, rng)
    pitch = float(rng.uniform(1.9, 3.8)) * x_height
    foot, level, number = y0 + 1.9 * x_height, 0, 0
    nested = rng.random() < 0.5
    hang = float(rng.uniform(1.4, 3.0)) * x_height
    step = float(rng.uniform(2.0, 5.0)) * x_height
    long = float(rng.uniform(0.3, 1.0))
    if plan.pitch == 0.0:
        plan.pitch, plan.first = pitch, foot
    while foot < y1 - 0.9 * x_height:
        if nested and number:
            level = int(np.clip(level + rng.choice((-1, 0, 0, 1)), 0, 2))
        left = x0 + level * step
        for part in range(1 if rng.random() < 0.7 else int(rng.integers(2, 4))):
            start = left + hang + float(rng.normal(0, 0.1)) * x_height
            written = hand.line((x1 - start) * long * float(rng.uniform(0.3, 1.0)), rng)
            if written is None or foot > y1 - 0.9 * x_height:
                break
            if not part:
                _bullet(plan, left, foot, x_height, rng)
            single(plan, written, start, foot, "list", rng)
            foot += pitch * (1.0 + float(rng.normal(0, 0.03)))
        else:
            number += 1
            foot += pitch * (0.3 if rng.random() < 0.15 else 0.0)
            continue
        foot += pitch
        number += 1
    plan.traits.add("nested list" if nested else "list")


def _bullet(plan: Plan, left: float, foot: float, x_height: float, rng: np.random.Generator) -> None:
    """Draw a dash, a dot or a ring before an item."""
    y = foot - 0.5 * x_height
    kind = (plan.region + plan.colour) % 3
    if kind == 0:
        path = np.array([(left, y), (left + 0.7 * x_height, y + rng.normal(0, 1))])
    elif kind == 1:
        turn = np.linspace(0, math.tau, 9)
        path = np.stack([left + 0.2 * x_height * (1 + np.cos(turn)), y + 0.2 * x_height * np.sin(turn)], 1)
    else:
        path = np.array([(left + 0.2 * x_height, y), (left + 0.25 * x_height, y + 1.0)])
    width = max((0.3 if kind == 2 else 0.1) * x_height, 1.0)
    plan.scrawls.append((path.astype(np.float32), width, plan.colour))


def table(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """Short cells in rows and columns, read row by row; with or without drawn rules."""
    x0, y0, x1, y1 = box
    hand = lend(rng, x_height)
    plan.begin(hand, plan.colour)
    count = int(rng.integers(2, 6))
    pitch = float(rng.uniform(2.6, 4.5)) * x_height
    edges = x0 + np.concatenate(([0.0], np.cumsum(rng.dirichlet(np.full(count, 6.0))))) * (x1 - x0)
    rows = max(min(int((y1 - y0) / pitch), 14), 1)
    if plan.pitch == 0.0:
        plan.pitch, plan.first = pitch, y0 + 0.7 * pitch
    for row in range(rows):
        foot = y0 + (row + 0.7) * pitch
        for left, right in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            if rng.random() < 0.12 or right - left < 4.5 * x_height:
                continue
            room = (right - left - 1.6 * x_height) * float(rng.uniform(0.35, 1.0))
            written = hand.line(max(room, 2.0 * x_height), rng)
            if written is not None and written.width < right - left - x_height:
                start = left + (right - left - written.width) * float(rng.uniform(0.1, 0.6))
                single(plan, written, start, foot + float(rng.normal(0, 0.08)) * x_height, "cell", rng)
    if rng.random() < 0.6:
        low = y0 + (rows + 0.1) * pitch
        for x in edges.tolist():
            plan.scrawls.append((np.array([(x, y0), (x, low)], np.float32), 1.3, plan.colour))
        for row in range(rows + 1):
            y = y0 + (row + 0.05) * pitch
            plan.scrawls.append((np.array([(x0, y), (x1, y)], np.float32), 1.3, plan.colour))
        plan.traits.add("drawn table")
    plan.traits.add("table")


def sparse(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """A few short notes here and there, each of one to three lines, far apart."""
    x0, y0, x1, y1 = box
    foot = y0 + 2.0 * x_height
    while foot < y1 - x_height:
        hand = lend(rng, x_height * float(rng.uniform(0.8, 1.3)))
        plan.begin(hand, plan.colour)
        left = x0 + float(rng.uniform(0.0, 0.6)) * (x1 - x0)
        style = Style(pitch=float(rng.uniform(2.2, 3.5)), end=0.4)
        right = min(x1, left + float(rng.uniform(0.2, 0.7)) * (x1 - x0))
        foot = block(plan, (left, foot, right, y1), hand, style, rng, int(rng.integers(1, 4)))
        foot += float(rng.uniform(2.0, 9.0)) * x_height
    plan.traits.add("sparse")


def spread(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """Two pages side by side, left before right."""
    x0, y0, x1, y1 = box
    gutter = float(rng.uniform(0.03, 0.09)) * (x1 - x0)
    middle = (x0 + x1) / 2
    for left, right in ((x0, middle - gutter / 2), (middle + gutter / 2, x1)):
        kind = rng.random()
        layout = prose if kind < 0.7 else listing if kind < 0.9 else margins
        layout(plan, (left, y0, right, y1), lend, x_height, rng)
    plan.traits.add("spread")


LAYOUTS: Mapping[str, tuple[float, Layout]] = {
    "prose": (0.40, prose),
    "columns": (0.14, columns),
    "margins": (0.12, margins),
    "listing": (0.10, listing),
    "table": (0.06, table),
    "sparse": (0.06, sparse),
    "spread": (0.12, spread),
}
"""Kinds of page with their shares."""


def page_number(plan: Plan, hand: Hand, rng: np.random.Generator, top: bool) -> None:
    """Write a lone word or number into the corner or the middle of the upper or lower edge."""
    written = hand.line(float(rng.uniform(2.0, 5.0)) * hand.x_height, rng)
    if written is None:
        return
    place = float(rng.choice((0.06, 0.5, 0.9))) * plan.columns
    left = float(np.clip(place, 8.0, plan.columns - written.width - 8.0))
    foot = 2.2 * hand.x_height if top else plan.rows - 1.2 * hand.x_height
    plan.begin(hand)
    plan.put(written, left, foot, "number", rng, Course())
