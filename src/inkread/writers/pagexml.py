"""PAGE-XML 2019-07-15, the PRImA lab's format of text with its layout: a file, one page.

Regions stand in reading order; a line's first reading has index 0, the others follow. Times would make
two files of the same page differ: ``SOURCE_DATE_EPOCH`` says when, else it is 1970-01-01T00:00:00Z.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO

from lxml import etree

from inkread.document import Line, Page, Point, Region, Word
from inkread.errors import ConfigError
from inkread.writers.fitting import fitted
from inkread.writers.framing import NO_PAGE
from inkread.writers.pagexml_reading import LANGUAGES, TYPES, read

__all__ = ["read", "write"]

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def write(pages: Iterable[Page], out: BinaryIO) -> None:
    """Write the first page; a file without any holds an empty page of no size.

    Raises:
        ConfigError: there is a second page, or ``SOURCE_DATE_EPOCH`` is no count of seconds.
    """
    rest = iter(pages)
    try:
        page = next(rest, NO_PAGE)
    except Exception:
        out.write(_document(NO_PAGE))
        raise
    out.write(_document(fitted(page)))
    out.flush()
    if next(rest, None) is not None:
        raise ConfigError("PAGE-XML holds one page a file; write each page to a file of its own, or ALTO.")


def _document(page: Page) -> bytes:
    root = etree.Element(f"{{{NAMESPACE}}}PcGts", nsmap={None: NAMESPACE, "xsi": _INSTANCE})
    root.set(f"{{{_INSTANCE}}}schemaLocation", f"{NAMESPACE} {NAMESPACE}/pagecontent.xsd")
    _metadata(root, page)
    element = _add(
        root, "Page", imageFilename=page.source, imageWidth=str(page.width), imageHeight=str(page.height)
    )
    if page.language in LANGUAGES:
        element.set("primaryLanguage", LANGUAGES[page.language])
    if page.regions:
        group = _add(_add(element, "ReadingOrder"), "OrderedGroup", id="order")
        for index in range(len(page.regions)):
            _add(group, "RegionRefIndexed", index=str(index), regionRef=f"region_{index + 1}")
    for number, region in enumerate(page.regions, start=1):
        _region(element, region, f"region_{number}")
    etree.indent(root)
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content + b"\n"


def _metadata(root: etree._Element, page: Page) -> None:
    metadata = _add(root, "Metadata")
    _add(metadata, "Creator").text = "inkread"
    for name in ("Created", "LastChange"):
        _add(metadata, name).text = _time()
    step = _add(metadata, "MetadataItem", type="processingStep", name="model", value=page.model.name)
    _add(_add(step, "Labels"), "Label", type="version", value=page.model.version)
    _add(metadata, "MetadataItem", type="other", name="page", value=str(page.number))


def _time() -> str:
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "0")
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        raise ConfigError(f"SOURCE_DATE_EPOCH is {seconds!r}; give whole seconds since 1970.") from None


def _region(page: etree._Element, region: Region, name: str) -> None:
    element = _add(page, "TextRegion", id=name)
    if region.type in TYPES:
        element.set("type", region.type)
    elif region.type != "text":
        element.set("custom", f"structure {{type:{region.type};}}")
    _coords(element, region.polygon)
    for number, line in enumerate(region.lines, start=1):
        _line(element, line, f"{name}_line_{number}")
    if region.lines:
        _reading(element, "\n".join(line.text for line in region.lines))


def _line(region: etree._Element, line: Line, name: str) -> None:
    element = _add(region, "TextLine", id=name)
    _coords(element, line.polygon)
    if line.baseline:
        _add(element, "Baseline", points=_points(line.baseline))
    for number, word in enumerate(line.words, start=1):
        _word(element, word, f"{name}_word_{number}")
    _reading(element, line.text, line.confidence, 0)
    for index, other in enumerate(line.alternatives, start=1):
        _reading(element, other.text, other.confidence, index)


def _word(line: etree._Element, word: Word, name: str) -> None:
    element = _add(line, "Word", id=name)
    _coords(element, word.polygon)
    for number, character in enumerate(word.characters, start=1):
        glyph = _add(element, "Glyph", id=f"{name}_glyph_{number}")
        _coords(glyph, character.polygon)
        _reading(glyph, character.text, character.confidence)
    _reading(element, word.text, word.confidence)


def _reading(parent: etree._Element, text: str, sure: float | None = None, index: int | None = None) -> None:
    reading = _add(parent, "TextEquiv")
    if index is not None:
        reading.set("index", str(index))
    if sure is not None:
        reading.set("conf", str(sure))
    _add(reading, "Unicode").text = text


def _coords(parent: etree._Element, points: Iterable[Point]) -> None:
    _add(parent, "Coords", points=_points(points))


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
