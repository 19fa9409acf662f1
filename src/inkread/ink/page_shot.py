"""What a scanner or a camera makes of a sheet: two tones, grey, or a photograph with all its faults."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkread.ink.page_paper import Plane, darken, grain, small
from inkread.ink.page_warp import Warp
from inkread.ink.paper import clouds

Image = npt.NDArray[np.uint8]
Owner = npt.NDArray[np.int32]


def two_tones(sheet: Plane, rng: np.random.Generator) -> Plane:
    """Threshold a grey sheet: dark and light with a narrow ramp, as a bilevel scan reduced in size has."""
    ragged = float(rng.uniform(0.0, 12.0)) if rng.random() < 0.6 else 0.0
    if ragged:
        grain(sheet, rng, ragged, 0.7)
    level = float(rng.uniform(165.0, 215.0))
    gain = float(rng.uniform(1.5, 5.0)) if rng.random() < 0.75 else 255.0
    gain = max(gain, 127.5 / (255.0 - level - 1.5 * ragged))  # so that most of the paper comes out white
    return np.asarray(np.clip((sheet - level) * gain + 127.5, 0.0, 255.0), np.float32)


def through(
    sheet: Plane, owner: Owner, warp: Warp, gone: Image | None = None
) -> tuple[Plane, Owner, npt.NDArray[np.bool_]]:
    """Carry a sheet and its owners through ``warp``; also returns where there is no sheet (any more)."""
    rows, columns = warp.size
    maps = warp.maps()
    nothing: Any = None
    seen = cv2.remap(sheet, maps, nothing, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = np.asarray(seen, np.float32).reshape(rows, columns, sheet.shape[2])
    moved = cv2.remap(owner.astype(np.int16), maps, nothing, cv2.INTER_NEAREST, borderValue=0.0)
    high, wide = owner.shape
    x, y = maps[:, :, 0], maps[:, :, 1]
    outside = (x < -0.5) | (y < -0.5) | (x > wide - 0.5) | (y > high - 0.5)
    if gone is not None:
        torn = cv2.remap(gone, maps, nothing, cv2.INTER_NEAREST, borderValue=0.0)
        outside |= np.asarray(torn).reshape(rows, columns) > 0
    return seen, np.asarray(moved, np.int32).reshape(rows, columns), outside


def _torn(
    shape: tuple[int, ...], free: tuple[float, float, float, float], rng: np.random.Generator
) -> Image | None:
    """Return where a strip is torn off at the side with most room, uint8 (H, W), 1 there; or None."""
    rows, columns = shape
    side = int(np.argmax(free))
    room = 0.9 * free[side]
    if room < 12.0:
        return None
    length = rows if side in (0, 2) else columns
    course = np.zeros(length, np.float32)
    for size, share in ((200, 0.5), (40, 0.25), (8, 0.06), (3, 0.03)):
        knots = rng.uniform(0.0, 1.0, length // size + 2).astype(np.float32)
        course += share * np.interp(np.arange(length) / size, np.arange(len(knots)), knots).astype(np.float32)
    depth = course / 0.84 * min(room, 0.12 * length)
    if side in (0, 2):
        across = np.arange(columns, dtype=np.float32)[None, :]
        gone = across < depth[:, None] if side == 0 else across > columns - depth[:, None]
    else:
        down = np.arange(rows, dtype=np.float32)[:, None]
        gone = down < depth[None, :] if side == 1 else down > rows - depth[None, :]
    return gone.astype(np.uint8)


def scanned(sheet: Plane, owner: Owner, warp: Warp, rng: np.random.Generator) -> tuple[Plane, Owner]:
    """Lay a sheet a little askew on the scanner's glass, whose lid is white, grey or black."""
    seen, owner, outside = through(sheet, owner, warp)
    seen[outside] = float(rng.choice((255.0, 250.0, 225.0, 25.0)))
    return seen, owner


def photograph(
    sheet: Plane,
    owner: Owner,
    warp: Warp,
    rng: np.random.Generator,
    traits: set[str],
    tear: tuple[float, float, float, float] | None = None,
) -> tuple[Plane, Owner]:
    """Look at a sheet on a table: returns float32 (H, W, C) and the owners there.

    Args:
        tear: how many pixels of the page are free at its left, top, right and bottom: a strip of
            them is torn off at one side.
    """
    rows, columns = warp.size
    gone = _torn(owner.shape, tear, rng) if tear is not None else None
    if gone is not None:
        traits.add("torn")
    seen, owner, outside = through(sheet, owner, warp, gone)
    if outside.mean() > 0.002:
        table = _table(rng, rows, columns, sheet.shape[2])
        inside = 1.0 - outside.astype(np.float32)
        shade = cv2.GaussianBlur(cv2.resize(inside, (columns // 4, rows // 4)), (0, 0), 3.0)
        darken(table, shade.astype(np.float32) * np.float32(rng.uniform(0, 0.5)))
        seen = np.where(outside[:, :, None], table, seen)
        traits.add("table edge")
    if rng.random() < 0.12:
        _finger(seen, owner, rng, traits)
    return seen, owner


def _table(rng: np.random.Generator, rows: int, columns: int, channels: int) -> Plane:
    colour = rng.uniform(15, 215) * rng.uniform(0.75, 1.25, 3)
    table = np.empty((rows, columns, channels), np.float32)
    table[:] = colour[:channels]
    kind = rng.random()
    if kind < 0.4:  # wood
        stripes = clouds(rng, -(-rows // 2), 8, 6)
        wide = cv2.resize(stripes, (columns, rows), interpolation=cv2.INTER_LINEAR)
        table += (wide * np.float32(rng.uniform(4, 22)))[:, :, None]
    elif kind < 0.8:
        table += (small(rng, rows, columns, 60) * np.float32(rng.uniform(2, 25)))[:, :, None]
    return np.clip(table, 0, 255)


def _finger(image: Plane, owner: Owner, rng: np.random.Generator, traits: set[str]) -> None:
    """Hold the sheet at an edge, where no line is covered."""
    rows, columns = owner.shape
    length, width = (float(rng.uniform(a, b)) * max(rows, columns) for a, b in ((0.04, 0.13), (0.018, 0.035)))
    for _ in range(6):
        mask = np.zeros((rows, columns), np.uint8)
        side, along = int(rng.integers(4)), float(rng.uniform(0.1, 0.9))
        edge = np.array(
            [(0, along * rows), (columns, along * rows), (along * columns, 0), (along * columns, rows)][side]
        )
        inward = np.array([(1, 0), (-1, 0), (0, 1), (0, -1)][side], float) + rng.normal(0, 0.3, 2)
        tip = edge + inward * length
        a, b = ((round(float(p[0])), round(float(p[1]))) for p in (edge - inward * length, tip))
        cv2.line(mask, a, b, 255, max(round(2 * width), 3), cv2.LINE_AA)
        if owner[mask > 0].any():
            continue
        skin = np.array((225, 172, 140)) * rng.uniform(0.35, 1.05)
        skin = skin if image.shape[2] == 3 else skin.mean(keepdims=True)
        alpha = cv2.GaussianBlur(mask, (0, 0), 1.5).astype(np.float32)[:, :, None] / 255
        soft = cv2.GaussianBlur(mask, (0, 0), width).astype(np.float32)[:, :, None] / 255
        image += (skin.astype(np.float32) * (0.6 + 0.4 * soft) - image) * alpha
        traits.add("finger")
        return


def lit(image: Plane, rng: np.random.Generator, traits: set[str], strength: float = 1.0) -> None:
    """Light the image unevenly, with a shadow's edge at times, in place."""
    rows, columns = image.shape[:2]
    high, wide = -(-rows // 8), -(-columns // 8)
    x = np.linspace(-0.5, 0.5, wide, dtype=np.float32)
    y = np.linspace(-0.5, 0.5, high, dtype=np.float32)[:, None]
    fall = float(rng.uniform(0.0, 0.5)) * strength
    depth = fall * (0.5 + x * np.float32(rng.uniform(-1, 1)) + y * np.float32(rng.uniform(-1, 1)))
    if rng.random() < 0.35 * strength:
        angle = rng.uniform(0, math.tau)
        distance = (
            x * np.float32(math.cos(angle))
            + y * np.float32(math.sin(angle))
            - np.float32(rng.uniform(-0.3, 0.3))
        )
        distance += 0.012 * clouds(rng, high, wide, 30)
        soft = float(np.exp(rng.uniform(math.log(3), math.log(80))))
        depth = depth + rng.uniform(0.1, 0.45) * (0.5 + 0.5 * np.tanh(distance * soft))
        traits.add("shadow")
    if fall > 0.3:
        traits.add("uneven light")
    warm = float(rng.uniform(-0.15, 0.25))
    darken(image, np.asarray(depth, np.float32), (1.0 - warm, 1.0, 1.0 + warm))


def expose(image: Plane, rng: np.random.Generator) -> None:
    """Set the exposure as cameras do, by the bright parts of the image, in place; some pictures stay dark."""
    bright = float(np.percentile(image[::16, ::16], 85))
    wanted = float(rng.uniform(170, 252) if rng.random() < 0.9 else rng.uniform(110, 170))
    image *= np.float32(np.clip(wanted / max(bright, 1.0), 0.6, 2.5))


def taken(image: Plane, rng: np.random.Generator, traits: set[str], amount: float) -> Image:
    """Blur, noise, gamma and JPEG; returns uint8 (H, W, 3). ``amount`` scales how often."""
    chance = rng.random(5)
    if chance[0] < 0.45 * amount:
        sigma = float(rng.uniform(0.3, 1.0 if rng.random() < 0.85 else 1.6))
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32).reshape(image.shape)
        if sigma > 0.8:
            traits.add("blur")
    if chance[1] < 0.5 * amount:
        strength = float(rng.uniform(0.5, 7.0 if rng.random() < 0.85 else 14.0))
        grain(image, rng, strength, 0.7 if rng.random() < 0.5 else 0.0)
        if strength > 6:
            traits.add("noise")
    picture = np.clip(image, 0.0, 255.0).astype(np.uint8)
    if chance[2] < 0.3 * amount:
        table = 255.0 * (np.arange(256) / 255.0) ** math.exp(float(rng.uniform(-0.4, 0.4)))
        picture = np.asarray(cv2.LUT(picture, table.astype(np.uint8)), np.uint8).reshape(picture.shape)
    if chance[3] < 0.5 * amount:
        quality = int(rng.integers(22, 95))
        source = picture[:, :, ::-1] if picture.shape[2] == 3 else picture
        done, data = cv2.imencode(".jpg", np.ascontiguousarray(source), (cv2.IMWRITE_JPEG_QUALITY, quality))
        if done:
            colour = cv2.IMREAD_COLOR if picture.shape[2] == 3 else cv2.IMREAD_GRAYSCALE
            back = np.asarray(cv2.imdecode(data, colour), np.uint8).reshape(picture.shape)
            picture = back[:, :, ::-1]
        if quality < 40:
            traits.add("jpeg")
    if picture.shape[2] == 1:
        picture = np.repeat(picture, 3, axis=2)
    return np.ascontiguousarray(picture)
