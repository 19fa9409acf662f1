"""The way back from ALTO, version 2 to 4, ours or another program's: its pages as ``Page`` records.

What a file does not say is taken as given by hand: confidence 1.0. A line's confidence, which ALTO does
not hold, is the mean of its words'. Coordinates stay in the file's unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from inkread.document import Character, Line, ModelInfo, Page, Polygon, Region, Word
from inkread.errors import InputError
from inkread.writers.xml_reading import confidence, line_of, mean, number, parse, points


def read(content: bytes) -> list[Page]:
    """Return the pages of an ALTO file, in its order; pages of no size are left out.

    Raises:
        InputError: not ALTO, not well-formed, a number that cannot be read, or no page size.
    """
    root = parse(content, "alto", "ALTO")
    source = root.findtext("{*}Description/{*}sourceImageInformation/{*}fileName") or ""
    software = root.find("{*}Description//{*}processingSoftware")
    name, version = (
        (software.findtext(f"{{*}}software{part}") or "" if software is not None else "")
        for part in ("Name", "Version")
    )
    labels = {tag.get("ID"): tag.get("LABEL", "") for tag in root.iterfind("{*}Tags/{*}*")}
    stated = [name for ref in root.iterfind("{*}ReadingOrder//{*}ElementRef") for name in _names(ref, "REF")]
    pages = []
    for place, element in enumerate(root.iterfind("{*}Layout/{*}Page"), start=1):
        width, height = _size(element)
        if width and height:
            blocks = sorted(
                element.iter("{*}TextBlock"), key=lambda block: _rank(block.get("ID", ""), stated)
            )
            pages.append(
                Page(
                    int(number(element.get("PHYSICAL_IMG_NR"), place)),
                    width,
                    height,
                    ModelInfo(name, version),
                    tuple(_region(block, labels) for block in blocks),
                    element.get("LANG", "none"),
                    source,
                )
            )
    return pages


def _rank(name: str, stated: list[str]) -> int:
    """Return a block's place in the stated order; those not named come after, as they stand."""
    return stated.index(name) if name in stated else len(stated)


def _size(page: etree._Element) -> tuple[int, int]:
    for element in (page, page.find("{*}PrintSpace")):
        if element is not None and element.get("WIDTH") and element.get("HEIGHT"):
            return round(number(element.get("WIDTH"))), round(number(element.get("HEIGHT")))
    raise InputError("This ALTO file does not state the page's size (WIDTH, HEIGHT); export it anew.")


def _region(block: etree._Element, labels: dict[str, str]) -> Region:
    """Read a TextBlock; its type is that of the ComposedBlock around it or its first tag's."""
    around = block.getparent()
    tags = [labels[name] for name in _names(block, "TAGREFS") if name in labels]
    type_ = around.get("TYPE") if around is not None else None
    lines = tuple(_line(line) for line in block.iterfind("{*}TextLine"))
    return Region(lines, type_ or next(iter(tags), "text"), _polygon(block))


def _line(element: etree._Element) -> Line:
    words = [_word(string) for string in element.iterfind("{*}String")]
    hyphen = element.find("{*}HYP")
    if hyphen is not None and words:
        words[-1] = replace(words[-1], text=words[-1].text + hyphen.get("CONTENT", "-"))
    text = " ".join(word.text for word in words)
    polygon = _polygon(element)
    baseline = points(element.get("BASELINE")) if not _lone(element) else ()
    if _lone(element) and polygon:  # version 2 and 3 give one height
        height = number(element.get("BASELINE"))
        baseline = ((min(x for x, _ in polygon), height), (max(x for x, _ in polygon), height))
    sure = mean(confidence(string.get("WC")) for string in element.iterfind("{*}String"))
    return line_of(text, sure, polygon, baseline, words)


def _lone(element: etree._Element) -> bool:
    return len((element.get("BASELINE") or "").replace(",", " ").split()) == 1


def _word(string: etree._Element) -> Word:
    characters = tuple(
        Character(glyph.get("CONTENT", ""), confidence(glyph.get("GC")), _polygon(glyph))
        for glyph in string.iterfind("{*}Glyph")
    )
    return Word(string.get("CONTENT", ""), confidence(string.get("WC")), _polygon(string), characters)


def _polygon(element: etree._Element) -> Polygon:
    """Return an element's shape, its box where it has none."""
    shape = element.find("{*}Shape/{*}Polygon")
    outline = points(shape.get("POINTS")) if shape is not None else ()
    if len(outline) > 2 or element.get("WIDTH") is None or element.get("HEIGHT") is None:
        return outline
    left, top, width, height = (number(element.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def _names(element: etree._Element, attribute: str) -> Iterator[str]:
    yield from (element.get(attribute) or "").split()
