"""A page of writing and the document that a reading of it gives: true outlines, a word for each piece."""

from __future__ import annotations

import io
import json
from typing import Any

from PIL import Image

from inkread.document import Character, Line, ModelInfo, Page, Polygon, Region, Word
from inkread.writers.json import page_to_dict
from tests.pictures import LINES, encoded, page_picture

PAGE = page_picture()
PNG = encoded(PAGE)


def document(*numbers: int, picture: Image.Image = PAGE) -> dict[str, Any]:
    """What a perfect reader answers for ``page_picture()``, once for each page number."""
    return {"pages": [page_to_dict(page(number, picture)) for number in numbers or (1,)]}


def page(number: int = 1, picture: Image.Image = PAGE) -> Page:
    lines = tuple(_line(text, 90.0 + 90.0 * row) for row, text in enumerate(LINES))
    region = Region(lines, polygon=_box(100, 700, 80, 360))
    return Page(number, *picture.size, ModelInfo("fake", "7"), (region,), "en", "letter.png")


def form(sent: dict[str, Any], file: bytes = PNG, **fields: str) -> dict[str, Any]:
    """A form with a document and its file."""
    return {"document": json.dumps(sent), "file": (io.BytesIO(file), "letter.png"), **fields}


def _line(text: str, top: float) -> Line:
    step, words, start = 18.0, [], 110.0
    for piece in text.split():
        characters = tuple(
            Character(character, 0.9, _box(start + step * n, start + step * (n + 1), top, top + 45))
            for n, character in enumerate(piece)
        )
        end = start + step * len(piece)
        words.append(Word(piece, 0.9, _box(start, end, top, top + 45), characters))
        start = end + step
    baseline = ((110.0, top + 38), (start, top + 38))
    return Line(text, 0.9, _box(105, start, top - 2, top + 50), baseline, tuple(words))


def _box(left: float, right: float, top: float, bottom: float) -> Polygon:
    return ((left, top), (right, top), (right, bottom), (left, bottom))
