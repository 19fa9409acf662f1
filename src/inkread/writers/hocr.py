"""hOCR 1.2: a web page (XHTML 1.0 Strict) whose elements say in their titles where the text stands.

A region is an ``ocr_carea`` with one ``ocr_par``. Words carry their confidence (``x_wconf``, 0 to 100)
and the boxes and confidences of their characters (``x_bboxes``, ``x_confs``). A baseline is the straight
line that fits best: its slope, and its offset from the bottom left corner of the line's box.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from lxml import etree

from inkread.document import Line, Page, Region, Word
from inkread.writers.fitting import Box, box, fitted
from inkread.writers.framing import indented, write_framed

_HEAD = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
"""
_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf ocrp_lang"
_STYLE = ".ocr_page { margin: 2em } .ocr_line { display: block }"


def write(pages: Iterable[Page], out: BinaryIO) -> None:
    """Write the pages as they come; title and model are the first page's."""
    write_framed(map(fitted, pages), out, _head, _page, b"  </body>\n</html>\n")


def _head(page: Page) -> bytes:
    head = etree.Element("head")
    _add(head, "title").text = page.source or "inkread"
    etree.SubElement(head, "meta", {"http-equiv": "Content-Type", "content": "text/html; charset=utf-8"})
    system = f"inkread {page.model.name} {page.model.version}".strip()
    _add(head, "meta", name="ocr-system", content=system)
    _add(head, "meta", name="ocr-capabilities", content=_CAPABILITIES)
    _add(head, "style", type="text/css").text = _STYLE
    return _HEAD + indented(head, 1) + b"  <body>\n"


def _page(page: Page, place: int) -> bytes:
    image = page.source.replace("%", "%25").replace(";", "%3B").replace('"', "%22")
    title = f'image "{image}"; bbox 0 0 {page.width} {page.height}; ppageno {max(page.number - 1, 0)}'
    element = _kind(etree.Element("div"), "ocr_page", f"page_{place}", title)
    if page.language != "none":
        element.set("lang", page.language)
    for number, region in enumerate(page.regions, start=1):
        _region(element, region, f"{place}_{number}")
    return indented(element, 2)


def _region(page: etree._Element, region: Region, name: str) -> None:
    title = _bbox(box(region.polygon))
    area = _element(page, "div", "ocr_carea", f"block_{name}", title)
    paragraph = _element(area, "p", "ocr_par", f"par_{name}", title)
    for number, line in enumerate(region.lines, start=1):
        _line(paragraph, line, f"{name}_{number}")


def _line(paragraph: etree._Element, line: Line, name: str) -> None:
    edges = box(line.polygon)
    title = _bbox(edges) + _baseline(line, edges)
    element = _element(paragraph, "span", "ocr_line", f"line_{name}", title)
    for number, word in enumerate(line.words, start=1):
        span = _element(element, "span", "ocrx_word", f"word_{name}_{number}", _word_title(word))
        span.text = word.text


def _word_title(word: Word) -> str:
    title = f"{_bbox(box(word.polygon))}; x_wconf {_percent(word.confidence)}"
    if word.characters:
        boxes = " ".join(_bbox(box(character.polygon), "") for character in word.characters)
        sure = " ".join(_percent(character.confidence) for character in word.characters)
        title += f"; x_bboxes {boxes}; x_confs {sure}"
    return title


def _baseline(line: Line, edges: Box) -> str:
    """Return the property of the line that fits the baseline best; nothing where there is none."""
    if not line.baseline:
        return ""
    left, _, _, bottom = edges
    xs, ys = zip(*line.baseline, strict=True)
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((value - x) ** 2 for value in xs)
    slope = sum((a - x) * (b - y) for a, b in line.baseline) / spread if spread else 0.0
    return f"; baseline {slope:.4f} {y - slope * (x - left) - bottom:.1f}"


def _percent(confidence: float) -> str:
    return f"{100 * confidence:.0f}"


def _bbox(edges: Box, name: str = "bbox ") -> str:
    return name + " ".join(map(str, edges))


def _element(parent: etree._Element, tag: str, kind: str, name: str, title: str) -> etree._Element:
    return _kind(etree.SubElement(parent, tag), kind, name, title)


def _kind(element: etree._Element, kind: str, name: str, title: str) -> etree._Element:
    element.attrib.update({"class": kind, "id": name, "title": title})
    element.text = ""  # an end tag, also where it stays empty: for HTML, <div/> has no end
    return element


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, tag, attributes)
