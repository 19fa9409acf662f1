"""Kinds of page: letters, essays, columns, marginalia, lists, tables, forms, cuttings, spreads.

Each fills a plan from the top left of a box, in reading order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from inkread.ink.page_pieces import Lender, address, bullet, choose_style, heading, remark, single
from inkread.ink.page_plan import Box, Plan, Style, block
from inkread.ink.page_print import Label, choose_type, plain

Layout = Callable[[Plan, Box, Lender, float, np.random.Generator], None]


def prose(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """One column, sometimes under a heading, a date or an address."""
    x0, y0, x1, y1 = box
    hand = lend(rng, x_height)
    style = choose_style(rng)
    remark(plan, style)
    plan.begin(hand, plan.colour)
    if rng.random() < 0.25:
        y0 = address(plan, (x0, y0, x1, y1), hand, rng)
    if rng.random() < 0.3:
        y0 = heading(plan, (x0, y0, x1, y1), hand, rng)
    most = 45 if rng.random() < 0.8 else int(rng.integers(2, 12))
    low = block(plan, (x0, y0, x1, y1), hand, style, rng, most)
    room = y1 - low
    if room > 5 * x_height and rng.random() < 0.6:  # another block, another hand
        other = lend(rng, x_height * float(rng.uniform(0.7, 1.3)))
        plan.begin(other, int(rng.integers(6)))
        second = choose_style(rng)
        remark(plan, second)
        plan.traits.add("hands")
        left = x0 + float(rng.uniform(0.0, 0.4)) * (x1 - x0)
        block(plan, (left, low + 1.5 * x_height, x1, y1), other, second, rng)
    elif room > 4 * x_height and rng.random() < 0.5:  # a signature
        plan.begin(hand)
        width = float(rng.uniform(0.15, 0.4)) * (x1 - x0)
        written = hand.sized(float(rng.uniform(1.0, 1.5))).line(width, rng)
        left = x0 + float(rng.uniform(0.4, 0.6)) * (x1 - x0)
        single(plan, written, left, low + 3 * x_height, "body", rng)


def columns(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """Two or three columns, read one after the other."""
    x0, y0, x1, y1 = box
    count = 2 if rng.random() < 0.75 or (x1 - x0) < 60 * x_height else 3
    x_height = min(x_height, (x1 - x0) / (19 * count))
    hand = lend(rng, x_height)
    plan.begin(hand, plan.colour)
    if rng.random() < 0.3:
        y0 = heading(plan, (x0, y0, x1, y1), hand, rng)
    narrow = rng.random() < 0.4
    gutter = float(rng.uniform(0.9, 1.8) if narrow else rng.uniform(1.8, 7.0)) * x_height
    style = choose_style(rng)
    style = replace(style, jitter=min(style.jitter, 0.3), ragged=0.0, indent=min(style.indent, 2.0))
    remark(plan, style)
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


_NUMBERS = ("{0}.", "{0}.", "{0})", "({0})", "{1})", "{1}.", "{0} -", "{0}")


def listing(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """A bulleted or numbered list, sometimes nested, items over one or several lines."""
    x0, y0, x1, y1 = box
    hand = lend(rng, x_height)
    plan.begin(hand, plan.colour)
    if rng.random() < 0.5:
        y0 = heading(plan, (x0, y0, x1, y1), hand, rng)
    pitch = float(rng.uniform(1.9, 3.8)) * x_height
    foot, level, number = y0 + 1.9 * x_height, 0, 0
    nested = rng.random() < 0.5
    hang = float(rng.uniform(1.4, 3.0)) * x_height
    step = float(rng.uniform(2.0, 5.0)) * x_height
    long = float(rng.uniform(0.3, 1.0))
    sign = _NUMBERS[int(rng.integers(len(_NUMBERS)))] if rng.random() < 0.35 else ""
    if plan.pitch == 0.0:
        plan.pitch, plan.first = pitch, foot
    while foot < y1 - 0.9 * x_height:
        if nested and number:
            level = int(np.clip(level + rng.choice((-1, 0, 0, 1)), 0, 2))
        left = x0 + level * step
        for part in range(1 if rng.random() < 0.7 else int(rng.integers(2, 4))):
            start = left + float(rng.normal(0, 0.1)) * x_height
            lead = sign.format(number + 1, chr(97 + number % 26)) if not part else ""
            start += 0.0 if lead else hang
            written = hand.line((x1 - start) * long * float(rng.uniform(0.3, 1.0)), rng, lead)
            if written is None or foot > y1 - 0.9 * x_height:
                break
            if not part and not sign:
                bullet(plan, left, foot, x_height, rng)
            single(plan, written, start, foot, "list", rng)
            foot += pitch * (1.0 + float(rng.normal(0, 0.03)))
        else:
            number += 1
            foot += pitch * (0.3 if rng.random() < 0.15 else 0.0)
            continue
        foot += pitch
        number += 1
    plan.traits.add("nested list" if nested else "list")
    if sign:
        plan.traits.add("numbered list")


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


_FIELDS = (
    "Name:", "First name", "Date", "Address:", "Date of birth", "Subject", "Telephone", "Remarks:", "City",
    "Signature", "No.", "Department:", "Reason", "Quantity", "Nom", "Prénom", "Adresse", "Ort, Datum",
)  # fmt: skip


def form(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """Printed labels, dotted or solid rules, and what a hand filled in; one or two fields a row."""
    x0, y0, x1, y1 = box
    hand = lend(rng, min(x_height, (x1 - x0) / 40))
    x_height = hand.x_height
    plan.begin(hand, plan.colour)
    face = choose_type(rng, x_height * float(rng.uniform(0.7, 1.5)), plan.print_fonts)
    pitch = float(rng.uniform(2.8, 5.0)) * x_height
    above = rng.random() < 0.25  # labels above the rule rather than before it
    foot = y0 + 2.5 * x_height
    dotted = rng.random() < 0.5
    while foot < y1 - x_height:
        edges = [x0, x1] if rng.random() < 0.6 else [x0, x0 + float(rng.uniform(0.4, 0.6)) * (x1 - x0), x1]
        for left, right in pairwise(edges):
            text = str(rng.choice(_FIELDS))
            start = left if above else left + face.length(text) + 0.5 * x_height
            top = foot - 2.3 * x_height - face.size if above else foot - 0.8 * face.size
            plan.labels.append(Label(plain(text), left, top, face))
            end = right - x_height
            if end - start < 4 * x_height:
                continue
            plan.rules.append((start, foot + 0.15 * x_height, end, dotted))
            if rng.random() < 0.15:
                continue
            written = hand.line(max((end - start) * float(rng.uniform(0.3, 0.95)), 3 * x_height), rng)
            if written is not None and written.width < end - start:
                single(plan, written, start + 0.4 * x_height, foot, "cell", rng)
        foot += pitch + (face.size if above else 0.0)
    plan.traits.add("form")


def spread(plan: Plan, box: Box, lend: Lender, x_height: float, rng: np.random.Generator) -> None:
    """Two pages side by side, left before right."""
    x0, y0, x1, y1 = box
    gutter = float(rng.uniform(0.03, 0.09)) * (x1 - x0)
    middle = (x0 + x1) / 2
    x_height = min(x_height, (x1 - x0) / 52)
    for left, right in ((x0, middle - gutter / 2), (middle + gutter / 2, x1)):
        kind = rng.random()
        layout = prose if kind < 0.7 else listing if kind < 0.9 else margins
        layout(plan, (left, y0, right, y1), lend, x_height, rng)
    plan.traits.add("spread")


LAYOUTS: Mapping[str, tuple[float, Layout]] = {
    "prose": (0.38, prose),
    "columns": (0.14, columns),
    "margins": (0.12, margins),
    "listing": (0.10, listing),
    "table": (0.06, table),
    "sparse": (0.04, sparse),
    "form": (0.05, form),
    "spread": (0.11, spread),
}
"""Kinds of page with their shares."""
