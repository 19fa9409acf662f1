"""What pages are composed of besides blocks: single lines, headings, addresses, bullets, drawings, boxes."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from inkread.ink.nothing import DOODLES
from inkread.ink.page_ink import Course, Written
from inkread.ink.page_plan import Box, Hand, Plan, Style

Lender = Callable[[np.random.Generator, float], Hand]
"""Gives a hand for an x-height."""


def choose_style(rng: np.random.Generator) -> Style:
    """Draw how the lines of a block of prose are set."""
    kind = rng.random()
    if kind < 0.15:
        pitch = float(rng.uniform(1.75, 2.1))  # neighbours' ascenders and descenders meet
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


def remark(plan: Plan, style: Style) -> None:
    """Note that a block's lines touch."""
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


def address(plan: Plan, box: Box, hand: Hand, rng: np.random.Generator) -> float:
    """Write a date or an address at the right; returns the row below it."""
    x0, y0, x1, _ = box
    x_height = hand.x_height
    left = x0 + float(rng.uniform(0.5, 0.72)) * (x1 - x0)
    foot = y0 + 1.9 * x_height
    pitch = float(rng.uniform(2.3, 3.2)) * x_height
    for number in range(int(rng.integers(1, 5))):
        dated = not number and rng.random() < 0.5
        written = hand.word(_date(rng), rng) if dated else None
        if written is None or written.width > x1 - left:
            written = hand.line((x1 - left) * float(rng.uniform(0.4, 1.0)), rng)
        single(plan, written, left + abs(float(rng.normal(0, 0.5))) * x_height, foot, "address", rng)
        foot += pitch
    plan.traits.add("address")
    plan.begin(hand)
    return foot - 0.5 * x_height


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def _date(rng: np.random.Generator) -> str:
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1880, 2031))
    name = _MONTHS[month - 1]
    forms = (
        f"{day}.{month}.{year}",
        f"{month}/{day}/{year % 100:02d}",
        f"{name} {day}, {year}",
        f"{day} {name} {year}",
    )
    return forms[int(rng.integers(len(forms)))]


def heading(plan: Plan, box: Box, hand: Hand, rng: np.random.Generator) -> float:
    """Write a heading, in the middle or at the left; returns the row below it."""
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


def bullet(plan: Plan, left: float, foot: float, x_height: float, rng: np.random.Generator) -> None:
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


def page_number(plan: Plan, hand: Hand, rng: np.random.Generator, top: bool) -> None:
    """Write a lone number, or a word, into the corner or the middle of the upper or lower edge."""
    number = f"{int(rng.integers(1, 10 ** int(rng.integers(1, 4))))}"
    written = hand.word(f"- {number} -" if rng.random() < 0.15 else number, rng)
    if written is None or rng.random() < 0.2:
        written = hand.line(float(rng.uniform(2.0, 5.0)) * hand.x_height, rng)
    if written is None:
        return
    place = float(rng.choice((0.06, 0.5, 0.9))) * plan.columns
    left = float(np.clip(place, 8.0, plan.columns - written.width - 8.0))
    foot = 2.2 * hand.x_height if top else plan.rows - 1.2 * hand.x_height
    plan.begin(hand)
    plan.put(written, left, foot, "number", rng, Course())


def doodle(plan: Plan, rng: np.random.Generator) -> None:
    """Draw something small where nothing is written, if there is such a place."""
    boxes = np.array([(*put.laid.outline.min(axis=0), *put.laid.outline.max(axis=0)) for put in plan.puts])
    boxes = boxes.reshape(-1, 4)
    for _ in range(8):
        radius = float(rng.uniform(0.02, 0.08)) * max(plan.rows, plan.columns)
        x = float(rng.uniform(radius, max(plan.columns - radius, radius + 1)))
        y = float(rng.uniform(radius, max(plan.rows - radius, radius + 1)))
        near = (boxes[:, 0] < x + radius) & (boxes[:, 2] > x - radius)
        near &= (boxes[:, 1] < y + radius) & (boxes[:, 3] > y - radius)
        if near.any():
            continue
        width = max(radius * float(rng.uniform(0.02, 0.06)), 1.0)
        for stroke in DOODLES[int(rng.integers(len(DOODLES)))](rng):
            path = (stroke * radius * 0.9 + (x, y)).astype(np.float32)
            plan.scrawls.append((path, width, plan.colour))
        plan.traits.add("doodle")
        return


def frame(plan: Plan, rng: np.random.Generator) -> None:
    """Draw a box or a ring around one of the shorter lines."""
    short = [put for put in plan.puts if np.ptp(put.laid.outline[:, 0]) < 0.4 * plan.columns]
    if not short:
        return
    put = short[int(rng.integers(len(short)))]
    gap = 0.5 * put.x_height
    x0, y0 = put.laid.outline.min(axis=0) - gap
    x1, y1 = put.laid.outline.max(axis=0) + gap
    if rng.random() < 0.6:
        corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)])
        path = corners + rng.normal(0.0, 0.15 * put.x_height, corners.shape)
    else:
        turn = np.linspace(0.0, math.tau * 1.05, 40)
        path = np.stack([np.cos(turn) * (x1 - x0) * 0.6, np.sin(turn) * (y1 - y0) * 0.6], axis=1)
        path += ((x0 + x1) / 2, (y0 + y1) / 2)
    plan.scrawls.append((path.astype(np.float32), max(0.1 * put.x_height, 1.0), put.colour))
    plan.traits.add("framed")
