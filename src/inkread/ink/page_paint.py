"""From a plan to a page: paper, print, ink, faults of the sheet, and the scanner or camera that saw it."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkread.ink.page_ink import INK
from inkread.ink.page_paper import Plane, blend, choose_inks, crease, rule, spoil, tinted
from inkread.ink.page_plan import Box, Plan, Put
from inkread.ink.page_print import draw_labels
from inkread.ink.page_sample import PageLine, PageSample
from inkread.ink.page_shot import expose, lit, photograph, scanned, taken, two_tones
from inkread.ink.page_warp import Warp, choose_warp
from inkread.ink.paper import noise

_CONTRAST = 60.0  # least grey levels between the paper and any ink
_MODES = {"bilevel": 0.3, "grey": 0.2, "scan": 0.15, "photo": 0.35}


def choose_mode(rng: np.random.Generator) -> str:
    """Draw what took the picture: bilevel, grey, scan (colour) or photo."""
    return str(rng.choice(list(_MODES), p=list(_MODES.values())))


def paint(plan: Plan, mode: str, rng: np.random.Generator) -> PageSample:
    """Draw the page that ``plan`` describes."""
    rows, columns = plan.rows, plan.columns
    traits = plan.traits | {mode}
    grey = mode in ("bilevel", "grey") or rng.random() < 0.1
    sheet = _paper(plan, mode, grey, rng, traits)
    inks = choose_inks(rng) if mode != "bilevel" else np.zeros((6, 3), np.float32)
    if rng.random() < 0.12:
        inks = inks + (235 - inks) * np.float32(rng.uniform(0.15, 0.4 if mode != "bilevel" else 0.25))
        traits.add("faint")
    inks = np.minimum(inks, np.float32(sheet[::16, ::16].mean() - _CONTRAST))
    boxes = _print(sheet, plan, rng, traits)
    owner, strength = _write(sheet, plan, inks, mode, rng)
    if mode != "bilevel":
        if rng.random() < 0.09:
            _bleed(sheet, strength, rng)
            traits.add("bleed-through")
        spoil(sheet, rng, traits)
        if "spread" in traits and rng.random() < 0.85:
            crease(sheet, rng)
    warp: Warp | None = None
    if mode == "photo":
        warp = choose_warp(rng, rows, columns, "spread" in traits, float(rng.uniform(0.2, 1.0)))
        warp = warp.holding(_outlines(plan))
        tear = _free(plan) if rng.random() < 0.1 else None
        sheet, owner = photograph(sheet, owner, warp, rng, traits, tear)
        lit(sheet, rng, traits)
        expose(sheet, rng)
    elif rng.random() < 0.5:
        warp = _askew(rng, rows, columns).holding(_outlines(plan))
        sheet, owner = scanned(sheet, owner, warp, rng)
    if mode == "bilevel":
        sheet = two_tones(sheet, rng)
    elif mode != "photo" and rng.random() < 0.3:
        lit(sheet, rng, traits, 0.25)
    image = taken(sheet, rng, traits, {"bilevel": 0.15, "grey": 0.6, "scan": 0.6}.get(mode, 1.0))
    return _sample(plan, boxes, image, owner, warp, traits)


def _paper(plan: Plan, mode: str, grey: bool, rng: np.random.Generator, traits: set[str]) -> Plane:
    if mode == "bilevel":
        sheet = np.full((plan.rows, plan.columns, 1), 255.0, np.float32)
        if rng.random() < 0.12 and plan.pitch > 0:
            rule(sheet, rng, plan.pitch, plan.first, traits)
        return sheet
    sheet = tinted(rng, plan.rows, plan.columns, grey, traits)
    if rng.random() < 0.5:
        pitch = plan.pitch if plan.pitch > 0 and rng.random() < 0.85 else float(rng.uniform(20, 60))
        rule(sheet, rng, max(pitch, 9.0), plan.first, traits)
    return sheet


def _print(sheet: Plane, plan: Plan, rng: np.random.Generator, traits: set[str]) -> list[Box]:
    """Print the labels and rules of the plan; returns the labels' boxes."""
    if not plan.labels and not plan.rules:
        return []
    canvas = np.zeros(sheet.shape[:2], np.uint8)
    tone = np.full(3, rng.uniform(0, 110), np.float32)
    boxes = draw_labels(canvas, plan.labels)
    high = plan.rows
    for x0, y, x1, dotted in plan.rules:
        row, begin, end = round(y), max(round(x0), 0), round(x1)
        if 0 <= row < high:
            canvas[row, begin : max(end, begin) : 3 if dotted else 1] = 230
    blend(sheet, canvas, tone)
    if boxes:
        traits.add("print")
    return boxes


def _outlines(plan: Plan) -> npt.NDArray[np.float32]:
    nothing = np.zeros((0, 2), np.float32)
    return np.concatenate([nothing, *(put.laid.outline for put in plan.puts)])


def _free(plan: Plan) -> tuple[float, float, float, float]:
    """Return how far the sheet is empty from the left, the top, the right and the bottom."""
    points = _outlines(plan)
    if not len(points):
        return 0.2 * plan.columns, 0.2 * plan.rows, 0.2 * plan.columns, 0.2 * plan.rows
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return float(x0), float(y0), plan.columns - float(x1), plan.rows - float(y1)


def _grained(coverage: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Let the grain of the paper show through, as under a pencil."""
    rows, columns = coverage.shape
    grain = noise(rng, min(rows, 288), min(columns, 4096), 0.7)
    grain = np.resize(grain, (rows, columns)) if grain.shape != (rows, columns) else grain
    return np.asarray(np.clip(coverage * np.clip(0.85 + 0.22 * grain, 0.35, 1.0), 0, 255), np.uint8)


def _write(
    sheet: Plane, plan: Plan, inks: npt.NDArray[np.float32], mode: str, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Lay the ink of all lines and scrawls on the sheet; returns owners (numbers from 1) and coverage."""
    rows, columns = sheet.shape[:2]
    owner = np.zeros((rows, columns), np.int32)
    strength = np.zeros((rows, columns), np.uint8)
    pencils = rng.random(len(inks)) < (0.2 if mode != "bilevel" else 0.0)
    strengths = rng.uniform(0.8, 1.0, len(inks)) if mode != "bilevel" else np.ones(len(inks))
    for number, put in enumerate(plan.puts, start=1):
        laid = put.laid
        shown = _grained(laid.coverage, rng) if pencils[put.colour] else laid.coverage
        blend(sheet, shown, inks[put.colour], float(strengths[put.colour]), laid.left, laid.top)
        y0, x0 = max(laid.top, 0), max(laid.left, 0)
        high, wide = laid.coverage.shape
        part = laid.coverage[y0 - laid.top : rows - laid.top, x0 - laid.left : columns - laid.left]
        before = strength[y0 : laid.top + high, x0 : laid.left + wide]
        mine = (part >= INK) & (part >= before)
        owner[y0 : laid.top + high, x0 : laid.left + wide][mine] = number
        np.maximum(before, part, out=before)
    if plan.scrawls:
        canvas = np.zeros((rows, columns), np.uint8)
        for colour in sorted({colour for _, _, colour in plan.scrawls}):
            canvas[:] = 0
            for path, width, own in plan.scrawls:
                if own == colour:
                    fixed = np.rint(path * 16).astype(np.int32).reshape(-1, 1, 2)
                    cv2.polylines(canvas, [fixed], False, 255, max(round(width), 1), cv2.LINE_AA, 4)
            blend(sheet, canvas, inks[colour])
            np.maximum(strength, canvas, out=strength)
    return owner, strength


def _bleed(sheet: Plane, strength: npt.NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Show the other side's writing, mirrored and soft."""
    behind = cv2.flip(strength, 1)
    behind = np.roll(behind, int(rng.integers(5, 60)), axis=0)
    behind = cv2.GaussianBlur(behind, (0, 0), float(rng.uniform(0.8, 2.0)))
    sheet *= 1.0 - (behind.astype(np.float32) * np.float32(rng.uniform(0.08, 0.35) / 255.0))[:, :, None]


def _askew(rng: np.random.Generator, rows: int, columns: int) -> Warp:
    angle = float(np.clip(rng.normal(0.0, 0.7), -2.5, 2.5))
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1.0)
    return Warp(matrix, (rows, columns), columns)


def _sample(
    plan: Plan,
    boxes: list[Box],
    image: npt.NDArray[np.uint8],
    owner: npt.NDArray[np.int32],
    warp: Warp | None,
    traits: set[str],
) -> PageSample:
    counts = np.bincount(owner.ravel(), minlength=len(plan.puts) + 1)
    kept = [number for number in range(1, len(plan.puts) + 1) if counts[number] > 0]
    new = np.zeros(len(plan.puts) + 1, np.int32)
    new[kept] = np.arange(1, len(kept) + 1)
    lines = tuple(_line(plan.puts[number - 1], order, warp) for order, number in enumerate(kept))
    around = [[(x0, y0), (x1, y0), (x1, y1), (x0, y1)] for x0, y0, x1, y1 in boxes]
    corners = np.array(around, np.float32).reshape(-1, 2)
    if warp is not None and len(corners):
        corners = warp.forward(corners)
    key = ",".join(dict.fromkeys(plan.names))
    return PageSample(image, lines, new[owner], frozenset(traits), corners.reshape(-1, 4, 2), key)


def _line(put: Put, order: int, warp: Warp | None) -> PageLine:
    baseline, outline, x_height = put.laid.baseline, put.laid.outline, put.x_height
    if warp is not None:
        middle = baseline[len(baseline) // 2]
        up = warp.forward(np.stack([middle, middle - np.array((0.0, x_height), np.float32)]))
        x_height = float(np.hypot(*(up[0] - up[1])))
        baseline = warp.forward(_dense(baseline))
        outline = warp.forward(outline)
    return PageLine(put.text, baseline, outline, x_height, put.region, order, put.kind, put.crossed)


def _dense(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Add points between those that stand far apart, so that a curl of the page bends the line."""
    length = float(points[-1, 0] - points[0, 0])
    count = max(int(length / 40.0), 1) + 1
    x = np.union1d(points[:, 0], np.linspace(points[0, 0], points[-1, 0], count, dtype=np.float32))
    return np.stack([x, np.interp(x, points[:, 0], points[:, 1])], axis=1).astype(np.float32)
