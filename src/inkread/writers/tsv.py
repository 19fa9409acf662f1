"""Tesseract's table: a row for each page, block, paragraph, line and word, in twelve columns.

A region is a block with one paragraph; only words have a confidence, 0 to 100, and a text, the other
rows have -1 and none. Nothing is quoted: there is no tab and no line break in a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from inkread.document import Page, Polygon
from inkread.writers.fitting import box, fitted

COLUMNS = (
    "level", "page_num", "block_num", "par_num", "line_num", "word_num",
    "left", "top", "width", "height", "conf", "text",
)  # fmt: skip


def write(pages: Iterable[Page], out: BinaryIO) -> None:
    """Write the head and each page's rows as they come."""
    out.write(("\t".join(COLUMNS) + "\n").encode())
    for page in map(fitted, pages):
        out.write("".join(_rows(page)).encode())
        out.flush()


def _rows(page: Page) -> Iterator[str]:
    whole = ((0, 0), (page.width, page.height))
    yield _row((page.number,), whole)
    for block, region in enumerate(page.regions, start=1):
        yield _row((page.number, block), region.polygon)
        yield _row((page.number, block, 1), region.polygon)
        for row, line in enumerate(region.lines, start=1):
            yield _row((page.number, block, 1, row), line.polygon)
            for place, word in enumerate(line.words, start=1):
                sure = f"{100 * word.confidence:.2f}"
                yield _row((page.number, block, 1, row, place), word.polygon, sure, word.text)


def _row(place: tuple[int, ...], polygon: Polygon, sure: str = "-1", text: str = "") -> str:
    left, top, right, bottom = box(polygon)
    numbers = (len(place), *place, *[0] * (5 - len(place)), left, top, right - left, bottom - top)
    return "\t".join([*map(str, numbers), sure, text]) + "\n"
