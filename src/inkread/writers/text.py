"""Plain text, UTF-8: one line a row, regions parted by an empty row, pages by a form feed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from inkread.document import Page
from inkread.writers.fitting import utf8

PAGE_BREAK = "\f"


def write(pages: Iterable[Page], out: BinaryIO) -> None:
    """Write the text of each page; an empty page writes nothing but its page break."""
    for count, page in enumerate(pages):
        text = page.text
        out.write(utf8((PAGE_BREAK if count else "") + text + ("\n" if text else "")))
        out.flush()
