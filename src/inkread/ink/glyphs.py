"""Handwriting fonts as a source of ink: a text becomes an ``InkLine`` that is less even than type.

Joined hands are drawn word by word (so that letters stay joined), separate letters one by one;
each run has its own size, slant, turn, height above the baseline and distance to the next.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from inkread.alphabet import READER_ALPHABET
from inkread.errors import DataError
from inkread.ink.layer import InkLine, ink_box

Grey = npt.NDArray[np.uint8]

_X_HEIGHT = 22.0
_STYLES = {"print": 0.36, "cursive": 0.28, "messy": 0.16, "school": 0.20}


@dataclass(frozen=True, slots=True)
class FontFace:
    """One handwriting font.

    Attributes:
        path: the font file.
        style: "print", "cursive", "messy" or "school".
        weight: how often it is drawn, relative to the others.
        characters: what it can draw, of the reader's alphabet.
        capitals_only: its small letters look like capitals, so it may only write capitals.
    """

    path: str
    style: str
    weight: float
    characters: frozenset[str]
    capitals_only: bool = False

    @property
    def name(self) -> str:
        """File name without its ending."""
        return Path(self.path).stem

    def writes(self, text: str) -> bool:
        """Whether every character of ``text`` is in the font (and none is small, for capitals only)."""
        return self.characters.issuperset(text) and not (self.capitals_only and text != text.upper())


def load_faces(root: Path, alphabet: Iterable[str] = READER_ALPHABET) -> list[FontFace]:
    """Read ``fonts.tsv`` in ``root`` and the character tables of the fonts that it lists.

    The columns ``file``, ``style``, ``grade`` and ``note`` are used. Styles share the draws in fixed
    proportions, families share those of their style by grade.

    Raises:
        DataError: ``fonts.tsv`` or a font in it is missing.
    """
    table = root / "fonts.tsv"
    if not table.is_file():
        raise DataError(f"There is no fonts.tsv in {root}; fetch the handwriting fonts first.")
    header, *rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if line)
    entries = [dict(zip(header, row + [""] * (len(header) - len(row)), strict=False)) for row in rows]
    entries = [entry for entry in entries if "DUPLICATE" not in entry.get("note", "")]
    families: dict[str, int] = {}
    for entry in entries:
        families[_family(entry)] = families.get(_family(entry), 0) + 1
    shares = {id(entry): float(entry["grade"] or 1) ** 2 / families[_family(entry)] for entry in entries}
    totals: dict[str, float] = {}
    for entry in entries:
        totals[entry["style"]] = totals.get(entry["style"], 0.0) + shares[id(entry)]
    wanted = frozenset(alphabet)
    faces = []
    for entry in entries:
        path = root / entry["file"]
        if not path.is_file():
            raise DataError(f"The font {path} of fonts.tsv is missing; fetch the handwriting fonts again.")
        weight = _STYLES.get(entry["style"], 0.1) * shares[id(entry)] / totals[entry["style"]]
        characters = _characters(path, wanted)
        faces.append(
            FontFace(str(path), entry["style"], weight, characters, "unicase" in entry.get("note", ""))
        )
    return faces


def _family(entry: dict[str, str]) -> str:
    # The seventy Playwrite fonts are national variants of a few models: count them by threes.
    if entry["family"].startswith("Playwrite"):
        return "Playwrite " + str(sum(map(ord, entry["family"])) % 12)
    return entry["family"]


def _characters(path: Path, wanted: frozenset[str]) -> frozenset[str]:
    """Return those characters that the font really draws: some fonts hold blanks, or é drawn as e."""
    with TTFont(path, lazy=True) as font:
        table = font.getBestCmap() or {}
    font = ImageFont.truetype(str(path), 20)

    @cache
    def drawn(character: str) -> bytes:
        return bytes(font.getmask(character, mode="L"))

    unknown = drawn("\U0010fff0")
    found = {" "}
    for character in sorted(wanted & {chr(code) for code in table} - found):
        picture, base = drawn(character), unicodedata.normalize("NFD", character)[0]
        if any(picture) and picture != unknown and (base == character or picture != drawn(base)):
            found.add(character)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Opened:
    font: ImageFont.FreeTypeFont
    x_height: float


@lru_cache(maxsize=256)
def _open(path: str) -> _Opened:
    """Open a font at the size whose x is about ``_X_HEIGHT`` pixels high (kept per process)."""
    probe = ImageFont.truetype(path, 100)
    _, top, _, bottom = probe.getbbox("x", anchor="ls")
    size = round(100.0 * _X_HEIGHT / max(min(-top, bottom - top), 12.0))
    size = int(np.clip(size, 20, 110))
    font = ImageFont.truetype(path, size)
    _, top, _, _ = font.getbbox("x", anchor="ls")
    return _Opened(font, float(max(-top, 8)))


def _draw(font: ImageFont.FreeTypeFont, text: str) -> tuple[Grey, int, int, float]:
    """Draw ``text``; returns its coverage, the origin's column and row in it, and the pen's advance."""
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    left, top = math.floor(min(left, 0)) - 2, math.floor(top) - 2
    size = (math.ceil(right) - left + 3, max(math.ceil(bottom) - top + 3, 1))
    picture = Image.new("L", size)
    ImageDraw.Draw(picture).text((-left, -top), text, fill=255, font=font, anchor="ls")
    return np.asarray(picture), -left, -top, float(font.getlength(text))


@lru_cache(maxsize=8192)
def _letter(path: str, character: str) -> tuple[Grey, int, int, float]:
    return _draw(_open(path).font, character)


@dataclass(frozen=True, slots=True)
class _Habit:
    """What one hand does all along a line."""

    gap: float
    spread: float
    spacing: float
    size: float
    slant: float
    turn: float
    lift: float


def _habit(rng: np.random.Generator) -> _Habit:
    return _Habit(
        gap=float(np.clip(math.exp(rng.normal(math.log(1.05), 0.33)), 0.68, 2.5)),
        spread=float(rng.uniform(0.0, 0.2)),
        spacing=float(rng.normal(0.02, 0.04)),
        size=float(rng.uniform(0.0, 0.05)),
        slant=float(rng.uniform(0.0, 0.05)),
        turn=float(rng.uniform(0.0, 0.025)),
        lift=float(rng.uniform(0.0, 0.05)),
    )


def _runs(word: str, joined: bool, small_capitals: float) -> list[tuple[str, float]]:
    """Cut a word into what is drawn at one go, each with its size."""
    if small_capitals and joined:
        parts = ["".join(part) for _, part in groupby(word, str.islower)]
    else:
        parts = [word] if joined else list(word)
    return [
        (part.upper(), small_capitals) if small_capitals and part.islower() else (part, 1.0) for part in parts
    ]


def write(text: str, face: FontFace, rng: np.random.Generator, small_capitals: float = 0.0) -> InkLine:
    """Write ``text`` on one line in ``face``.

    Args:
        text: characters that ``face.writes``; runs of blanks count as one.
        small_capitals: where not 0, small letters are drawn as capitals of this size (below 1);
            the text stays what it was. ``face`` must write the text's capitals too.

    Returns:
        The line, x-height about 22 rows, 4 free pixels around the ink.

    Raises:
        DataError: the font draws nothing for the text.
    """
    opened = _open(face.path)
    habit = _habit(rng)
    x_height = opened.x_height
    joined = face.style != "print" or rng.random() < 0.35
    placed: list[tuple[Grey, float, float, npt.NDArray[np.float64]]] = []
    x, drift = 0.0, 0.0
    for word in text.split():
        drift = 0.7 * drift + float(rng.normal(0.0, habit.lift)) * x_height
        for run, scale in _runs(word, joined, small_capitals):
            mask, column, row, advance = _draw(opened.font, run) if joined else _letter(face.path, run)
            size = scale * math.exp(float(rng.normal(0.0, habit.size)))
            lift = drift + float(rng.normal(0.0, 0.5 * habit.lift)) * x_height
            turn = float(rng.normal(0.0, habit.turn)) * (0.5 if joined else 2.0)
            slant = float(rng.normal(0.0, habit.slant)) + turn
            matrix = np.array([[size, -size * slant, 0.0], [size * turn, size, lift]])
            matrix[:, 2] += (x, 0.0) - matrix[:, :2] @ (column, row)
            placed.append((mask, column, row, matrix))
            x += size * advance
            if not joined:
                x += x_height * (habit.spacing + float(rng.normal(0.0, 0.35 * habit.spread)))
        x += x_height * max(habit.gap * math.exp(float(rng.normal(0.0, habit.spread))), 0.58)
    return _assemble(placed, " ".join(text.split()), x_height, face)


def _assemble(
    placed: list[tuple[Grey, float, float, npt.NDArray[np.float64]]],
    text: str,
    x_height: float,
    face: FontFace,
) -> InkLine:
    boxes = []
    for mask, _, _, matrix in placed:
        rows, columns = mask.shape
        corners = matrix @ np.array(
            [[0, columns, 0, columns], [0, 0, rows, rows], [1, 1, 1, 1]], dtype=np.float64
        )
        boxes.append((*np.floor(corners.min(axis=1)).astype(int), *np.ceil(corners.max(axis=1)).astype(int)))
    if not boxes:
        raise DataError("There is no text to write; give at least one character that is not a blank.")
    x0, y0 = min(box[0] for box in boxes) - 4, min(box[1] for box in boxes) - 4
    x1, y1 = max(box[2] for box in boxes) + 4, max(box[3] for box in boxes) + 4
    canvas = np.zeros((y1 - y0, x1 - x0), dtype=np.uint8)
    for (mask, _, _, matrix), (left, top, right, bottom) in zip(placed, boxes, strict=True):
        local = matrix.copy()
        local[:, 2] -= (left, top)
        size = (int(right - left), int(bottom - top))
        drawn = cv2.warpAffine(mask, local, size, flags=cv2.INTER_LINEAR).reshape(size[1], size[0])
        part = canvas[top - y0 : bottom - y0, left - x0 : right - x0]
        np.maximum(part, drawn, out=part)
    if not canvas.any():
        raise DataError(f"The font {face.name} draws nothing for {text!r}; take another.")
    return InkLine(canvas, text, ink_box(canvas), float(-y0), x_height)
