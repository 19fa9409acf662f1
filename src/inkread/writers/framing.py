"""One page after the other between a beginning and an end, whole however the reading ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO

from lxml import etree

from inkread.document import ModelInfo, Page

NO_PAGE = Page(0, 0, 0, ModelInfo("", ""))  # what a file holds of which not one page could be read


def write_framed(
    pages: Iterable[Page],
    out: BinaryIO,
    head: Callable[[Page], bytes],
    body: Callable[[Page, int], bytes],
    tail: bytes,
) -> None:
    """Write the pages as they come.

    Args:
        head: makes the beginning, of the first page.
        body: makes a page, of the page and its place in the file from 1.
        tail: is written at the end, also where the reading breaks off.
    """
    begun = False
    try:
        for place, page in enumerate(pages, start=1):
            content = body(page, place)
            out.write(content if begun else head(page) + content)
            begun = True
            out.flush()
    finally:
        out.write((b"" if begun else head(NO_PAGE) + body(NO_PAGE, 1)) + tail)
        out.flush()


def indented(element: etree._Element, level: int) -> bytes:
    """Return an element as UTF-8, each child on a row of its own, ``level`` steps from the margin."""
    etree.indent(element, level=level)
    text: bytes = etree.tostring(element, encoding="utf-8")
    return b"  " * level + text + b"\n"
