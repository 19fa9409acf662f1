"""ALTO 4.4, the Library of Congress's format of text with its layout: a file, many pages.

Region, line, word and character are TextBlock, TextLine, String and Glyph. A region of another type
than ``text`` lies in a ComposedBlock of that TYPE. Lines have no confidence of their own in ALTO and no
other readings, and a Glyph is exactly one code point: a word with others has no Glyphs. A line that was
rejected has one String without content, its reading as ALTERNATIVE with the purpose "rejected".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, BinaryIO

from lxml import etree

from inkread.document import Line, Page, Point, Polygon, Region, Word
from inkread.writers.alto_reading import read
from inkread.writers.fitting import box, fitted
from inkread.writers.framing import indented, write_framed

__all__ = ["read", "write"]

_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="{_NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\
 xsi:schemaLocation="{_NAMESPACE} {_SCHEMA}" SCHEMAVERSION="4.4">
"""
_LANGUAGE = re.compile("[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")


def write(pages: Iterable[Page], out: BinaryIO) -> None:
    """Write the pages as they come; the name of the file they were read from is the first page's."""
    write_framed(map(fitted, pages), out, _head, _page, b"  </Layout>\n</alto>\n")


def _head(page: Page) -> bytes:
    description = etree.Element("Description")
    _add(description, "MeasurementUnit").text = "pixel"
    _add(_add(description, "sourceImageInformation"), "fileName").text = page.source
    processing = _add(description, "Processing", ID="reading")
    _add(processing, "processingCategory").text = "contentGeneration"
    software = _add(processing, "processingSoftware")
    _add(software, "softwareCreator").text = "inkread"
    _add(software, "softwareName").text = page.model.name
    _add(software, "softwareVersion").text = page.model.version
    return _HEAD.encode() + indented(description, 1) + b"  <Layout>\n"


def _page(page: Page, place: int) -> bytes:
    name = f"page_{place}"
    size = {"WIDTH": str(page.width), "HEIGHT": str(page.height)}
    element = etree.Element("Page", {"ID": name, "PHYSICAL_IMG_NR": str(page.number)} | size)
    if page.language != "none" and _LANGUAGE.fullmatch(page.language):
        element.set("LANG", page.language)
    space = _add(element, "PrintSpace", HPOS="0", VPOS="0", **size)
    for number, region in enumerate(page.regions, start=1):
        _block(space, region, f"{name}_block_{number}")
    return indented(element, 2)


def _block(parent: etree._Element, region: Region, name: str) -> None:
    if region.type != "text":
        parent = _add(parent, "ComposedBlock", ID=f"{name}_typed", TYPE=region.type, **_box(region.polygon))
    block = _add(parent, "TextBlock", ID=name, **_box(region.polygon))
    _shape(block, region.polygon)
    for number, line in enumerate(region.lines, start=1):
        _line(block, line, f"{name}_line_{number}")


def _line(parent: etree._Element, line: Line, name: str) -> None:
    element = _add(parent, "TextLine", ID=name, **_box(line.polygon))
    if line.baseline:
        element.set("BASELINE", _points(line.baseline))
    _shape(element, line.polygon)
    if not line.words:  # ALTO has no line without a String
        sure = {"WC": str(line.confidence)} if line.rejected else {}
        string = _add(element, "String", CONTENT="", **sure, **_box(line.polygon))
        if line.rejected:
            _add(string, "ALTERNATIVE", PURPOSE="rejected").text = line.alternatives[0].text
    last: Word | None = None
    for number, word in enumerate(line.words, start=1):
        if last is not None:
            _space(element, last, word)
        _word(element, word, f"{name}_word_{number}")
        last = word


def _space(parent: etree._Element, before: Word, after: Word) -> None:
    """Write the space between two words; words that overlap have one of no width."""
    (_, _, left, _), (right, top, _, bottom) = box(before.polygon), box(after.polygon)
    width = max(right - left, 0)
    _add(parent, "SP", HPOS=str(left), VPOS=str(top), WIDTH=str(width), HEIGHT=str(bottom - top))


def _word(parent: etree._Element, word: Word, name: str) -> None:
    string = _add(parent, "String", ID=name, CONTENT=word.text, WC=str(word.confidence), **_box(word.polygon))
    _shape(string, word.polygon)
    glyphs = [_composed(character.text) for character in word.characters]
    if all(len(glyph) == 1 for glyph in glyphs):
        for character, glyph in zip(word.characters, glyphs, strict=True):
            sure = str(character.confidence)
            _shape(
                _add(string, "Glyph", CONTENT=glyph, GC=sure, **_box(character.polygon)), character.polygon
            )


def _composed(text: str) -> str:
    return text if len(text) == 1 else unicodedata.normalize("NFC", text)


def _shape(parent: etree._Element, polygon: Polygon) -> None:
    _add(_add(parent, "Shape"), "Polygon", POINTS=_points(polygon))


def _box(polygon: Polygon) -> dict[str, str]:
    left, top, right, bottom = box(polygon)
    return {"HPOS": str(left), "VPOS": str(top), "WIDTH": str(right - left), "HEIGHT": str(bottom - top)}


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _add(parent: etree._Element, tag: str, **attributes: Any) -> etree._Element:
    return etree.SubElement(parent, tag, attributes)
