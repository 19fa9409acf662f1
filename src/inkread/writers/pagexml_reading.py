"""The way back from PAGE-XML, 2013 to 2019, ours or another program's: its page as a ``Page`` record.

What a file does not say is taken as given by hand: confidence 1.0.
"""

from __future__ import annotations

import re

from lxml import etree

from inkread.document import Alternative, Character, Line, ModelInfo, Page, Polygon, Region, Word
from inkread.writers.fitting import pieces
from inkread.writers.xml_reading import confidence, line_of, number, parse, points

LANGUAGES = {"de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "la": "Latin"}
TYPES = frozenset(
    """paragraph heading caption header footer page-number drop-capital credit floating signature-mark
    catch-word marginalia footnote footnote-continued endnote TOC-entry list-label other""".split()
)
_STRUCTURE = re.compile(r"structure\s*\{[^}]*?type:([^;}]+)")


def read(content: bytes) -> list[Page]:
    """Return the one page of a PAGE-XML file; nothing where it has no size.

    Raises:
        InputError: not PAGE-XML, not well-formed, or a number that cannot be read.
    """
    root = parse(content, "PcGts", "PAGE-XML")
    page = root.find("{*}Page")
    if page is None:
        return []
    width, height = (round(number(page.get(name))) for name in ("imageWidth", "imageHeight"))
    if not width or not height:
        return []
    model = root.find("{*}Metadata/{*}MetadataItem[@name='model']")
    if model is None:
        info = ModelInfo(root.findtext("{*}Metadata/{*}Creator") or "", "")
    else:
        version = model.find(".//{*}Label[@type='version']")
        info = ModelInfo(model.get("value", ""), version.get("value", "") if version is not None else "")
    stated = root.find("{*}Metadata/{*}MetadataItem[@name='page']")
    codes = {language: code for code, language in LANGUAGES.items()}
    return [
        Page(
            int(number(stated.get("value"), 1)) if stated is not None else 1,
            width,
            height,
            info,
            tuple(_region(region) for region in _ordered(page)),
            codes.get(page.get("primaryLanguage", ""), "none"),
            page.get("imageFilename", ""),
        )
    ]


def _ordered(page: etree._Element) -> list[etree._Element]:
    """Return the TextRegions in the stated reading order, those it does not name after them."""
    regions = {region.get("id", ""): region for region in page.iter("{*}TextRegion")}
    stated = sorted(
        page.iterfind("{*}ReadingOrder//{*}RegionRefIndexed"), key=lambda reference: _indices(reference)
    )
    unordered = page.iterfind("{*}ReadingOrder//{*}RegionRef")
    names = [reference.get("regionRef", "") for reference in (*stated, *unordered)]
    return [regions[name] for name in dict.fromkeys([*names, *regions]) if name in regions]


def _indices(reference: etree._Element) -> tuple[int, ...]:
    """Return the indices of a region reference from the outermost group inwards."""
    groups = list(reference.iterancestors("{*}OrderedGroupIndexed", "{*}UnorderedGroupIndexed"))
    return tuple(int(number(element.get("index"))) for element in (*reversed(groups), reference))


def _region(element: etree._Element) -> Region:
    named = _STRUCTURE.search(element.get("custom") or "")
    type_ = named.group(1).strip() if named else element.get("type", "text")
    return Region(tuple(_line(line) for line in element.iterfind("{*}TextLine")), type_, _polygon(element))


def _line(element: etree._Element) -> Line:
    words = [_word(word) for word in element.iterfind("{*}Word")]
    readings = _readings(element)
    text, sure = readings[0] if readings else (" ".join(word.text for word in words), 1.0)
    baseline = element.find("{*}Baseline")
    line = line_of(
        text,
        sure,
        _polygon(element),
        points(baseline.get("points")) if baseline is not None else (),
        words,
    )
    others = tuple(Alternative(other, probability) for other, probability in readings[1:])
    return Line(line.text, line.confidence, line.polygon, line.baseline, line.words, others)


def _word(element: etree._Element) -> Word:
    characters = []
    for glyph in element.iterfind("{*}Glyph"):
        text, sure = (_readings(glyph) or [("", 1.0)])[0]
        characters.append(Character(text, sure, _polygon(glyph)))
    text, sure = (_readings(element) or [("", 1.0)])[0]
    return Word(" ".join(pieces(text)), sure, _polygon(element), tuple(characters))


def _readings(element: etree._Element) -> list[tuple[str, float]]:
    """Return the texts of an element with their confidences, best first."""
    found = sorted(element.iterfind("{*}TextEquiv"), key=lambda reading: number(reading.get("index")))
    return [(reading.findtext("{*}Unicode") or "", confidence(reading.get("conf"))) for reading in found]


def _polygon(element: etree._Element) -> Polygon:
    coords = element.find("{*}Coords")
    return points(coords.get("points")) if coords is not None else ()
