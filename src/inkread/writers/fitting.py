"""A page as the formats hold it that need a place for everything: whole pixels inside the page.

What has no place gets its share of what it belongs to, the words spell their line, and characters
that XML forbids are replaced. ``fitted`` of a fitted page is that page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from inkread.document import Alternative, Character, Line, ModelInfo, Page, Point, Polygon, Region, Word

Box = tuple[int, int, int, int]
_Named = TypeVar("_Named", Character, Word)

_SURROGATE = re.compile("[\ud800-\udfff]")
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = re.compile("[\t\n\r]")
_UNKNOWN = "\ufffd"


def utf8(text: str) -> bytes:
    """Return text as UTF-8; surrogates that stand alone become U+FFFD."""
    return _SURROGATE.sub(_UNKNOWN, text).encode()


def plain(text: str) -> str:
    """Return text without tabs and line breaks (spaces) and what XML forbids (U+FFFD)."""
    return _BREAK.sub(" ", _FORBIDDEN.sub(_UNKNOWN, text))


def pieces(text: str) -> list[str]:
    """Return what stands between the spaces of a line."""
    return [piece for piece in plain(text).split(" ") if piece]


def probability(confidence: float) -> float:
    """Return a confidence within 0.0 and 1.0, rounded to four decimals; NaN counts as 0.0."""
    return round(min(max(0.0, confidence), 1.0), 4)


def box(points: Polygon) -> Box:
    """Return left, top, right, bottom of at least two whole points, at least a pixel wide and high."""
    left, right = _span(x for x, _ in points)
    top, bottom = _span(y for _, y in points)
    return left, top, right, bottom


def fitted(page: Page) -> Page:
    """Return the page with a place for everything, clipped to the page and rounded to whole pixels."""
    sheet = _Sheet(page.width, page.height)
    return replace(
        page,
        source=plain(page.source),
        model=ModelInfo(plain(page.model.name), plain(page.model.version)),
        regions=tuple(_region(region, sheet) for region in page.regions),
        timing=(),
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Brings points into a page of ``width`` x ``height`` pixels."""

    width: int
    height: int

    def course(self, points: Iterable[Point]) -> tuple[Point, ...]:
        """Return whole points inside the page, none twice in a row."""
        course: list[Point] = []
        for x, y in points:
            if math.isnan(x) or math.isnan(y):
                continue
            point = (round(min(max(x, 0), self.width)), round(min(max(y, 0), self.height)))
            if course[-1:] != [point]:
                course.append(point)
        return tuple(course)

    def outline(self, points: Polygon) -> Polygon:
        """Return a polygon of three points or more; nothing where there are no points."""
        outline = self.course(points)
        if len(outline) > 1 and outline[0] == outline[-1]:
            outline = outline[:-1]
        return outline if len(outline) > 2 else self.around([outline])

    def around(self, polygons: Iterable[Polygon]) -> Polygon:
        """Return the rectangle around polygons; nothing where there are no points."""
        points = self.course(point for polygon in polygons for point in polygon)
        if not points:
            return ()
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return _rectangle(min(xs), min(ys), max(xs), max(ys))


def _region(region: Region, sheet: _Sheet) -> Region:
    polygon = (
        sheet.outline(region.polygon)
        or sheet.around(_own(line, sheet) for line in region.lines)
        or _rectangle(0, 0, sheet.width, sheet.height)
    )
    return Region(tuple(_line(line, polygon, sheet) for line in region.lines), plain(region.type), polygon)


def _own(line: Line, sheet: _Sheet) -> Polygon:
    """Return a line's own place, that of its words where it has none."""
    return sheet.outline(line.polygon) or sheet.around(word.polygon for word in line.words)


def _line(line: Line, place: Polygon, sheet: _Sheet) -> Line:
    polygon = _own(line, sheet) or place
    texts = pieces(line.text)
    words = [replace(word, text=plain(word.text)) for word in line.words]
    if [word.text for word in words] != texts:  # a text that was corrected, or never cut into words
        words = [Word(piece, line.confidence) for piece in texts]
    baseline = sheet.course(line.baseline)
    return Line(
        " ".join(texts),
        probability(line.confidence),
        polygon,
        baseline if len(baseline) > 1 else (),
        tuple(_word(word, sheet) for word in _placed(words, polygon, sheet, gap=1)),
        tuple(Alternative(plain(other.text), probability(other.confidence)) for other in line.alternatives),
    )


def _word(word: Word, sheet: _Sheet) -> Word:
    characters = [replace(character, text=plain(character.text)) for character in word.characters]
    return Word(
        word.text,
        probability(word.confidence),
        word.polygon,
        tuple(
            replace(character, confidence=probability(character.confidence))
            for character in _placed(characters, word.polygon, sheet, gap=0)
        ),
    )


def _placed(parts: list[_Named], place: Polygon, sheet: _Sheet, gap: int) -> Iterable[_Named]:
    """Yield parts with their places; one that has none gets its share of the width, by its length.

    Args:
        gap: characters between two parts.
    """
    left, top, right, bottom = box(place)
    total = sum(len(part.text) for part in parts) + gap * (len(parts) - 1)
    step = (right - left) / max(total, 1)
    start = 0
    for part in parts:
        end = start + len(part.text)
        share = _rectangle(round(left + start * step), top, round(left + end * step), bottom)
        yield replace(part, polygon=sheet.outline(part.polygon) or share)
        start = end + gap


def _rectangle(left: float, top: float, right: float, bottom: float) -> Polygon:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _span(values: Iterable[float]) -> tuple[int, int]:
    whole = [int(value) for value in values]
    low, high = min(whole), max(whole)
    if low == high:
        low = max(low - 1, 0)
        high = low + 1
    return low, high
