"""The whole document as JSON, UTF-8: an object with ``version`` and the list ``pages``.

The same image and model give the same bytes: confidences are rounded to four decimals,
coordinates to a tenth of a pixel, keys stand in a fixed order, and times are left out
unless the page carries them. ``schemas/page.schema.json`` describes it; ``VERSION`` grows when a
program that reads it would have to change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from math import isfinite
from typing import Any, BinaryIO

from inkread.document import Character, Line, Page, Point, Region, Word
from inkread.writers.fitting import probability, utf8
from inkread.writers.json_reading import VERSION, page_from_dict, read

__all__ = ["VERSION", "page_from_dict", "page_to_dict", "read", "write"]


def write(pages: Iterable[Page], out: BinaryIO) -> None:
    """Write ``{"version": 1, "pages": [...]}``, one page after the other as they come."""
    out.write(f'{{"version": {VERSION}, "pages": ['.encode())
    try:
        for count, page in enumerate(pages):
            text = json.dumps(page_to_dict(page), ensure_ascii=False, indent=1)
            out.write(utf8((",\n" if count else "\n") + text))
            out.flush()
    finally:
        out.write(b"\n]}\n")
        out.flush()


def page_to_dict(page: Page) -> dict[str, Any]:
    """Return a page as plain dicts, lists, strings and numbers."""
    record: dict[str, Any] = {
        "source": page.source,
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "model": {"name": page.model.name, "version": page.model.version},
        "language": page.language,
        "text": page.text,
        "regions": [_region(region) for region in page.regions],
    }
    if page.timing:
        record["timing"] = {stage: round(seconds, 4) for stage, seconds in page.timing}
    return record


def _region(region: Region) -> dict[str, Any]:
    return {
        "type": region.type,
        "polygon": _points(region.polygon),
        "lines": [_line(line) for line in region.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    record: dict[str, Any] = {
        "text": line.text,
        "confidence": probability(line.confidence),
        "polygon": _points(line.polygon),
        "baseline": _points(line.baseline),
        "words": [_word(word) for word in line.words],
    }
    if line.alternatives:
        record["alternatives"] = [
            {"text": other.text, "confidence": probability(other.confidence)} for other in line.alternatives
        ]
    return record


def _word(word: Word) -> dict[str, Any]:
    return {
        "text": word.text,
        "confidence": probability(word.confidence),
        "polygon": _points(word.polygon),
        "characters": [_character(character) for character in word.characters],
    }


def _character(character: Character) -> dict[str, Any]:
    return {
        "text": character.text,
        "confidence": probability(character.confidence),
        "polygon": _points(character.polygon),
    }


def _points(points: Iterable[Point]) -> list[list[float]]:
    return [[round(x, 1), round(y, 1)] for x, y in points if isfinite(x) and isfinite(y)]
