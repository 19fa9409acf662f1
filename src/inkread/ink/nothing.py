"""Pictures of what nobody wrote, as a line finder might cut them: paper, doodles, photographs, prints.

Each kind is a function of a generator alone that returns uint8 (H, W), grey, 40 to 110 rows. Nothing
in them is a letter on purpose: drawings have several parts, so that no lone ring or stroke is left
that a person would read as an o or an l. ``signs`` sets rows of made-up characters of strokes in
squares, as Chinese has them, which need no font.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkread.ink.camera import shoot
from inkread.ink.paper import Plane, bilevel, clouds, noise, on_paper, rules

Grey = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
Drawing = Callable[[np.random.Generator], Grey]


def _size(rng: np.random.Generator) -> tuple[int, int]:
    """Draw the rows and columns of a crop."""
    rows = int(rng.integers(44, 100))
    return rows, round(rows * math.exp(rng.uniform(0.0, math.log(14.0))))


def on_sheet(ink: Grey, rng: np.random.Generator, scanned: float = 0.25) -> Grey:
    """Lay ink, uint8 (H, W), 0 none to 255 full, on paper and take its picture; or scan it in two tones."""
    if rng.random() < scanned:
        return bilevel(ink, rng)
    sheet, contrast = on_paper(ink, rng, 0.7 * ink.shape[0], 0.35 * ink.shape[0])
    return shoot(sheet, rng, contrast)


def blank(rng: np.random.Generator) -> Grey:
    """Paper: its tint, grain and light; sometimes specks, a stain, a crease, or the sheet's edge."""
    rows, columns = _size(rng)
    level = float(rng.uniform(120.0, 253.0))
    sheet = np.full((rows, columns), level, dtype=np.float32)
    sheet += noise(rng, rows, columns, float(rng.choice((0.7, 1.6)))) * np.float32(rng.uniform(0.0, 7.0))
    sheet += clouds(rng, rows, columns, int(rng.integers(12, 60))) * np.float32(rng.uniform(0.0, 8.0))
    sheet += np.linspace(-1, 1, columns, dtype=np.float32) * np.float32(rng.normal(0.0, 20.0))
    chance = rng.random(4)
    if chance[0] < 0.3:
        for _ in range(int(rng.integers(1, 12))):
            at = (int(rng.integers(columns)), int(rng.integers(rows)))
            cv2.circle(sheet, at, int(rng.integers(1, 3)), level * float(rng.uniform(0.2, 0.8)), -1)
    if chance[1] < 0.25:
        sheet -= np.float32(rng.uniform(10.0, 60.0)) * _blob(rng, rows, columns)
    if chance[2] < 0.25:
        across = float(rng.uniform(0.0, columns))
        ends = (round(across), -2), (round(across + rng.normal(0.0, rows)), rows + 2)
        crease = cv2.line(np.zeros_like(sheet), *ends, 1.0, int(rng.integers(1, 4)))
        crease = cv2.GaussianBlur(crease, (0, 0), float(rng.uniform(0.5, 2.0)))
        sheet += crease * np.float32(rng.uniform(-70.0, 30.0))
    if chance[3] < 0.2:
        edge = int(rng.uniform(0.0, 0.5) * rows)
        band = sheet[:edge] if rng.random() < 0.5 else sheet[rows - edge :]
        band[...] = level * float(rng.uniform(0.1, 0.75))
    return shoot(sheet, rng, max(level / 2, 40.0))


def ruled(rng: np.random.Generator) -> Grey:
    """Empty ruled, squared or dotted paper, the rules from faint to as dark as ink."""
    rows, columns = _size(rng)
    level = float(rng.uniform(150.0, 253.0))
    sheet = np.full((rows, columns), level, dtype=np.float32)
    sheet += noise(rng, rows, columns, 0.7) * np.float32(rng.uniform(0.0, 5.0))
    sheet += clouds(rng, rows, columns, 40) * np.float32(rng.uniform(0.0, 5.0))
    printing = rules(
        rng, rows, columns, float(rng.uniform(0.5, 0.9)) * rows, float(rng.uniform(0.2, 0.4)) * rows
    )
    sheet -= printing * np.float32(level * rng.uniform(0.1, 0.9) / 255.0)
    return shoot(sheet, rng, level / 2)


def doodle(rng: np.random.Generator) -> Grey:
    """Drawings without letters: curls, zigzags, hatching, shapes in one another, arrows, scribbles."""
    rows, columns = _size(rng)
    ink = np.zeros((rows, columns), dtype=np.uint8)
    at, width = float(rng.uniform(0.0, 0.3)) * rows, max(round(rows * float(rng.uniform(0.02, 0.07))), 1)
    while at < columns - 0.6 * rows or not ink.any():
        size = float(rng.uniform(0.55, 0.95)) * rows
        draw = DOODLES[int(rng.integers(len(DOODLES)))]
        middle = np.array([at + size / 2, rows * rng.uniform(0.45, 0.55)])
        for stroke in draw(rng):
            path = np.rint((stroke * (size / 2) + middle) * 16).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(ink, [path], False, 255, width, cv2.LINE_AA, 4)
        at += size * float(rng.uniform(0.9, 1.8))
    return on_sheet(ink, rng)


def photograph(rng: np.random.Generator) -> Grey:
    """What a photograph of things might look like: soft shapes over one another, texture, an edge or two."""
    rows, columns = _size(rng)
    return shoot(_scene(rng, rows, columns), rng, 120.0)


def printed(rng: np.random.Generator) -> Grey:
    """Printed pictures: a halftone, bars, a chart, a chequered pattern, a rubber stamp's rings."""
    rows, columns = _size(rng)
    kind = int(rng.integers(5))
    if kind == 0:
        return shoot(_halftone(rng, _scene(rng, rows, columns)), rng, 150.0)
    ink = np.zeros((rows, columns), dtype=np.uint8)
    if kind == 1:
        edges = np.cumsum(rng.integers(1, max(rows // 12, 3), size=columns)).tolist()
        for left, right in zip(edges[::2], edges[1::2], strict=False):
            ink[round(0.1 * rows) : round(0.9 * rows), left:right] = 255
    elif kind == 2:
        step = int(rng.integers(rows // 5, rows))
        for left in range(step // 4, columns, step):
            top = int(rng.uniform(0.1, 0.9) * rows)
            style = int(rng.choice((-1, 1, 2)))
            cv2.rectangle(
                ink, (left, top), (left + round(0.6 * step), rows - 4), int(rng.integers(120, 256)), style
            )
    elif kind == 3:
        cell = max(int(rng.integers(rows // 12, rows // 3)), 2)
        cells = (rng.random((rows // cell + 1, columns // cell + 1)) < 0.5).astype(np.uint8) * 255
        ink[...] = np.kron(cells, np.ones((cell, cell), np.uint8))[:rows, :columns]
    else:
        for left in np.arange(0.5 * rows, columns, 1.3 * rows).tolist():
            for radius in (0.44, 0.36, 0.12):
                axes = round(radius * rows * rng.uniform(1.0, 1.3)), round(radius * rows)
                cv2.ellipse(
                    ink, (round(left), rows // 2), axes, 0, 0, 360, 255, int(rng.integers(1, 4)), cv2.LINE_AA
                )
            for angle in np.arange(0.0, math.tau, 0.35).tolist():
                way = np.array([math.cos(angle), math.sin(angle)])
                (x0, y0), (x1, y1) = (np.rint(way * rows * r + (left, rows / 2)) for r in (0.16, 0.33))
                cv2.line(ink, (int(x0), int(y0)), (int(x1), int(y1)), 255, 1, cv2.LINE_AA)
    return on_sheet(ink, rng)


def signs(rng: np.random.Generator) -> Grey:
    """A row of made-up characters, each of several strokes in a square."""
    rows, columns = _size(rng)
    ink = np.zeros((rows, columns), dtype=np.uint8)
    side = rows * float(rng.uniform(0.6, 0.85))
    width = max(round(side * float(rng.uniform(0.04, 0.1))), 1)
    for left in np.arange(0.1 * rows, max(columns - side, 0.11 * rows), side * 1.12).tolist():
        for stroke in _sign(rng):
            corner = np.array([left, (rows - side) / 2])
            path = np.rint((stroke * side + corner) * 16).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(ink, [path], False, 255, width, cv2.LINE_AA, 4)
    return on_sheet(ink, rng)


DRAWINGS: Mapping[str, Drawing] = {
    "blank": blank,
    "ruled": ruled,
    "doodle": doodle,
    "photograph": photograph,
    "printed": printed,
    "signs": signs,
}
"""Every kind by its name."""


def _blob(rng: np.random.Generator, rows: int, columns: int) -> Plane:
    """Return a soft stain, float32 (rows, columns), 0 to 1."""
    x, y = np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)[:, None]
    across, down = rng.uniform(0.1, 1.2) * rows, rng.uniform(0.1, 0.5) * rows
    away = ((x - rng.uniform(0, columns)) / across) ** 2 + ((y - rng.uniform(0, rows)) / down) ** 2
    stain = 1.0 / (1.0 + np.exp(np.clip((away - 1.0) * rng.uniform(2.0, 12.0), -30.0, 30.0)))
    return np.asarray(stain, dtype=np.float32)


def _scene(rng: np.random.Generator, rows: int, columns: int) -> Plane:
    """Return a grey scene, float32 (rows, columns), about 0 to 255."""
    scene = np.full((rows, columns), rng.uniform(60.0, 200.0), dtype=np.float32)
    for size in (96, 48, 24, 12, 6):
        scene += clouds(rng, rows, columns, size) * np.float32(rng.uniform(0.1, 0.5) * size**0.8)
    for _ in range(int(rng.integers(2, 9))):
        scene += _blob(rng, rows, columns) * np.float32(rng.normal(0.0, 70.0))
    for _ in range(int(rng.integers(0, 4))):
        side = np.array([rows, rows]) * rng.uniform(0.3, 1.5)
        corners = rng.uniform(-0.5, 0.5, (int(rng.integers(3, 6)), 2)) * side
        middle = np.array([rng.uniform(0, columns), rng.uniform(0, rows)])
        shape = np.rint(corners + middle).astype(np.int32)
        hull: Any = cv2.convexHull(shape.reshape(-1, 1, 2))
        cv2.fillConvexPoly(scene, hull, float(rng.uniform(0.0, 255.0)), cv2.LINE_AA)
    return np.clip(scene, 0.0, 255.0)


def _halftone(rng: np.random.Generator, scene: Plane) -> Plane:
    """Print a scene in dots, their distance three to eight pixels, at an angle."""
    rows, columns = scene.shape
    angle, pitch = float(rng.uniform(0.0, math.pi / 2)), float(rng.uniform(3.0, 8.0))
    x, y = np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)[:, None]
    u = (x * math.cos(angle) + y * math.sin(angle)) * (math.tau / pitch)
    v = (y * math.cos(angle) - x * math.sin(angle)) * (math.tau / pitch)
    screen = 127.5 + 63.0 * (np.cos(u) + np.cos(v))
    dots = np.clip((scene - screen) * 4.0 + 127.5, 20.0, 245.0).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(dots, (0, 0), 0.7), dtype=np.float32)


def _spline(knots: Points) -> Points:
    """Return a smooth course, float64 (N, 2), near ``knots`` (M, 2) (Chaikin's corner cutting, 1974)."""
    for _ in range(4):
        before, after = knots[:-1], knots[1:]
        inner = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=1).reshape(-1, 2)
        knots = np.concatenate([knots[:1], inner, knots[-1:]])
    return knots


def _ring(rng: np.random.Generator, corners: int, radius: float) -> Points:
    """Return a closed polygon about the origin, a little uneven."""
    angles = np.linspace(0.0, math.tau, corners + 1) + rng.uniform(0.0, math.tau)
    around = radius * (1.0 + rng.normal(0.0, 0.03, corners + 1))
    around[-1] = around[0]
    return np.stack([around * np.cos(angles), around * np.sin(angles)], axis=1)


def _curl(rng: np.random.Generator) -> list[Points]:
    angles = np.linspace(0.0, math.tau * rng.uniform(2.5, 6.0), 120)
    radius = np.linspace(0.05, 1.0, 120)
    return [np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)]


def _zigzag(rng: np.random.Generator) -> list[Points]:
    count = int(rng.integers(8, 20))
    return [
        np.stack(
            [np.linspace(-1, 1, count), np.resize((-0.8, 0.8), count) * rng.uniform(0.5, 1, count)], axis=1
        )
    ]


def _hatching(rng: np.random.Generator) -> list[Points]:
    lean = rng.uniform(-0.6, 0.6)
    places = np.linspace(-0.9, 0.9, int(rng.integers(7, 16)))
    strokes = [np.array([(x - lean, -0.9), (x + lean, 0.9)]) for x in places]
    crossed = [np.array([(-0.9, y - lean / 2), (0.9, y + lean / 2)]) for y in places]
    return strokes + crossed * bool(rng.random() < 0.5)


def _nested(rng: np.random.Generator) -> list[Points]:
    corners = int(rng.choice((3, 4, 5, 6, 40)))
    return [_ring(rng, corners, radius) for radius in np.linspace(1.0, 0.2, int(rng.integers(3, 6)))]


def _star(rng: np.random.Generator) -> list[Points]:
    count = int(rng.integers(5, 9))
    ring = _ring(rng, 2 * count, 1.0)
    ring[1::2] *= rng.uniform(0.3, 0.5)
    return [ring, _ring(rng, 30, 0.15), _ring(rng, 30, 0.25)]


def _scribble(rng: np.random.Generator) -> list[Points]:
    return [_spline(rng.uniform(-1.0, 1.0, (int(rng.integers(14, 40)), 2)))]


def _wave(rng: np.random.Generator) -> list[Points]:
    x = np.linspace(-1.2, 1.2, 90)
    turns = rng.uniform(3.0, 9.0)
    return [np.stack([x, 0.25 * np.sin(turns * x) + shift], axis=1) for shift in np.linspace(-0.6, 0.6, 4)]


def _arrow(rng: np.random.Generator) -> list[Points]:
    head = np.array([(0.4, -0.5), (1.0, 0.0), (0.4, 0.5), (0.4, 0.2), (-1.0, 0.2), (-1.0, -0.2), (0.4, -0.2)])
    turn = float(rng.uniform(0.0, math.tau))
    way = np.array([(math.cos(turn), -math.sin(turn)), (math.sin(turn), math.cos(turn))])
    return [np.concatenate([head, head[:1]]) @ way, 0.5 * np.concatenate([head, head[:1]]) @ way]


def _sign(rng: np.random.Generator) -> list[Points]:
    """Return the strokes of one made-up character in the unit square."""
    strokes: list[Points] = []
    for _ in range(int(rng.integers(5, 13))):
        a, b = np.sort(rng.uniform(0.0, 1.0, 2))
        if b - a < 0.3:
            a, b = max(a - 0.2, 0.0), min(b + 0.2, 1.0)
        at, kind = float(rng.uniform(0.05, 0.95)), rng.random()
        if kind < 0.4:
            strokes.append(np.array([(a, at), (b, at - 0.04)]))
        elif kind < 0.7:
            strokes.append(np.array([(at, a), (at, b)]))
        elif kind < 0.85:
            strokes.append(_spline(np.array([(b, a), ((a + b) / 2, at), (a, b)])))
        else:
            strokes.append(np.array([(a, at), (b, at), (b, min(at + 0.3, 1.0))]))
    return strokes


DOODLES: tuple[Callable[[np.random.Generator], list[Points]], ...] = (
    _curl, _zigzag, _hatching, _nested, _star, _scribble, _wave, _arrow
)  # fmt: skip
"""Drawings by hand: each gives strokes, float64 (N, 2), within about -1 to 1."""
