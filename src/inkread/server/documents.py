"""A reading that a person corrected comes back: the JSON of ``format=json``, its lines' texts changed."""

from __future__ import annotations

import json
import re
from typing import Any

from inkread.document import Line, Page
from inkread.edits import with_texts
from inkread.errors import InputError
from inkread.server.gate import Deadline
from inkread.server.problems import Problem
from inkread.writers.json import VERSION, page_from_dict

MAX_SIDE = 1_000_000  # pixels of a page
MAX_LINES = 2_000  # of a page
MAX_LINE = 1_000  # characters of a line
MAX_PARTS = 500_000  # of a document: regions, lines, words, characters and other readings together
MAX_REGIONS = 2_000  # of a page
MAX_POINTS = 1_000  # of an outline or baseline

_PARTS = ("regions", "lines", "words", "characters", "alternatives")

_NO_TEXT = re.compile(
    "[\0-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]"
)  # invisible, and XML holds none of it


def corrected_pages(content: bytes, max_pages: int, deadline: Deadline) -> list[Page]:
    """Return the pages of a document, the lines' texts carried into their words.

    Args:
        content: UTF-8, an object with the list ``pages``; ``version`` may be missing.
        max_pages: more are refused.
        deadline: looked at before each page.

    Raises:
        Problem: it is no such document, or one beyond all measure.
    """
    records = _records(content, max_pages)
    _refuse_excess(records)
    pages: dict[int, Page] = {}
    for record in records:
        page = _page(record, deadline)
        if page.number in pages:
            raise Problem("bad-request", f"The document has page {page.number} twice; send it once.")
        pages[page.number] = page
    return list(pages.values())


def _records(content: bytes, max_pages: int) -> list[Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):  # bytes that are no UTF-8 are a ValueError too
        raise Problem("bad-request", "The document is no JSON; send what format=json gave.") from None
    records = document.get("pages") if isinstance(document, dict) else None
    if not isinstance(records, list) or not records:
        raise Problem("bad-request", 'The document has no list "pages"; send what format=json gave.')
    if document.get("version", VERSION) != VERSION:
        raise Problem("bad-request", f"The document is not of version {VERSION}; read the image here again.")
    if len(records) > max_pages:
        raise Problem("bad-request", f"The document has more than {max_pages} pages; send it in parts.")
    return records


def _refuse_excess(records: list[Any]) -> None:
    """Raise ``Problem`` where a document has too much of anything, before anything is made of it."""
    waiting, parts = list(records), 0
    while waiting:
        part = waiting.pop()
        for name, value in part.items() if isinstance(part, dict) else ():
            if not isinstance(value, list):
                continue
            if name in ("polygon", "baseline") and len(value) > MAX_POINTS:
                raise Problem(
                    "bad-request", f"An outline has more than {MAX_POINTS:,} points; draw it with fewer."
                )
            if name == "regions" and len(value) > MAX_REGIONS:
                raise Problem(
                    "bad-request", f"A page has more than {MAX_REGIONS:,} regions; put lines together."
                )
            if name in _PARTS:
                parts += len(value)
                if parts > MAX_PARTS:
                    raise Problem(
                        "bad-request",
                        f"The document has more than {MAX_PARTS:,} lines, words and characters; "
                        "send its pages in parts.",
                    )
                waiting += value


def _page(record: Any, deadline: Deadline) -> Page:
    deadline.check()
    try:
        page = page_from_dict(record)
    except InputError as error:
        raise Problem("bad-request", str(error)) from None
    if max(page.width, page.height, page.number) > MAX_SIDE or page.number < 1:
        raise Problem("bad-request", "A page has a size or number that no page has; correct it.")
    if len(page.lines) > MAX_LINES or any(map(_is_long, page.lines)):
        raise Problem(
            "bad-request",
            f"A page has more than {MAX_LINES:,} lines, or a line more than {MAX_LINE:,} characters; "
            "send it in parts.",
        )
    return with_texts(page, [_NO_TEXT.sub("", line.text) for line in page.lines])


def _is_long(line: Line) -> bool:
    read = sum(len(word.text) + 1 + len(word.characters) for word in line.words)
    return len(line.text) > MAX_LINE or read > 3 * MAX_LINE
