"""Markdown (CommonMark): paragraphs, lists as lists, everything else as it was written.

A paragraph's lines are joined to one row. It ends with its region, and where the next line, or more than
one, stands further to the right than the lines around. A word broken at the end of a line, a letter and a
hyphen before a small letter, becomes one word again. A line that begins with a dash, star or bullet and a
space is an item of a list. One that begins with a number (``1.``, ``1)``) is one where it begins its region,
or where the number before or after it begins a line there too. What else would be taken for markup is
escaped. A rule parts pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from inkread.document import Line, Page, Region
from inkread.writers.fitting import pieces, utf8

_RULE = "---\n\n"
_BULLET = re.compile(r"[-*•·] (?=\S)")
_NUMBER = re.compile(r"(\d{1,3})([.)]) (?=\S)")
_BROKEN = re.compile(r"[^\W\d_][-\u2010\u00ad]$")
_INLINE = re.compile(r"[\\`*_\[\]<~]|&(?=#?\w+;)")
_OPENING = re.compile(r"#{1,6}(?= |$)|>|[-+](?= |$|-)")
_COUNT = re.compile(r"(\d{1,9})(?=[.)](?: |$))")
_INDENT = 0.6  # of a line's height by which a paragraph's first line stands to the right of those around
_SHIFT = 1.2  # the same for a paragraph whose lines all do


def write(pages: Iterable[Page], out: BinaryIO) -> None:
    """Write the pages as they come."""
    for count, page in enumerate(pages):
        blocks = [block for region in page.regions for block in _blocks(region)]
        rows = "".join(_rows(blocks))
        between = "\n" + _RULE if count else ""
        out.write(utf8(between + rows))
        out.flush()


@dataclass(slots=True)
class _Block:
    """A paragraph, or an item: ``mark`` is ``-``, or a number with ``.`` or ``)``."""

    text: str
    mark: str = ""
    left: float | None = None
    height: float = 0.0

    @property
    def number(self) -> int:
        """The number of a numbered item, -1 of others."""
        return int(self.mark[:-1]) if len(self.mark) > 1 else -1


def _blocks(region: Region) -> list[_Block]:
    """Join a region's lines to paragraphs and items."""
    texts = [" ".join(pieces(line.shown)) for line in region.lines]
    marks, starts = _marks(texts), _starts(region.lines)
    blocks: list[_Block] = []
    for line, text, mark, start in zip(region.lines, texts, marks, starts, strict=True):
        if not text:
            continue
        if mark:
            left, height = _edge(line)
            sign = "-" if _BULLET.match(text) else mark.strip()
            blocks.append(_Block(text[len(mark) :], sign, left, height))
        elif blocks and (
            _continues(blocks[-1], line, text)
            if blocks[-1].mark
            else not start or _breaks(blocks[-1].text, text)
        ):
            blocks[-1].text = _joined(blocks[-1].text, text)
        else:
            blocks.append(_Block(text))
    return blocks


def _starts(lines: Sequence[Line]) -> list[bool]:
    """Tell of each line whether it is indented as the first one of a paragraph is."""
    edges = [_edge(line) for line in lines]
    tall = sorted(height for _, height in edges)[len(edges) // 2] if edges else 0.0
    lefts = [left for left, _ in edges]
    starts = [False] * len(lines)
    shifted = 0  # lines, down to the one before, that stand to the right of those above them
    for number in range(1, len(lines)):
        before, left = lefts[number - 1], lefts[number]
        after = lefts[number + 1] if number + 1 < len(lines) else None
        if _beside(lines[number - 1], lines[number]):
            lefts[number] = before  # pieces of one row begin where its first one does
            continue
        if before is None or left is None or not tall:
            shifted = 0
            continue
        alone = after is not None and left - after > _INDENT * tall
        right, back = left - before, before - left
        starts[number] = (
            right > _SHIFT * tall
            or (right > _INDENT * tall and alone)
            or (back > _SHIFT * tall and shifted > 1)
        )
        shifted = 1 if right > _SHIFT * tall else shifted + 1 if shifted and back < _INDENT * tall else 0
    return starts


def _beside(one: Line, other: Line) -> bool:
    """Tell whether two lines stand side by side in one row: most of their heights is shared."""
    if not one.polygon or not other.polygon:
        return False
    (top, bottom), (first, last) = (
        (min(y for _, y in line.polygon), max(y for _, y in line.polygon)) for line in (one, other)
    )
    return min(bottom, last) - max(top, first) > 0.6 * min(bottom - top, last - first) and (
        min(x for x, _ in other.polygon) >= max(x for x, _ in one.polygon)
    )


def _breaks(before: str, after: str) -> bool:
    """Tell whether a word goes on from one line to the next."""
    return _BROKEN.search(before) is not None and after[0].islower()


def _marks(texts: Sequence[str]) -> list[str]:
    """Return what makes each line an item, with its space; nothing for the others."""
    counted = [(place, match) for place, text in enumerate(texts) if (match := _NUMBER.match(text))]
    marks = [match.group() if (match := _BULLET.match(text)) else "" for text in texts]
    numbers = [int(match[1]) for _, match in counted]
    for order, (place, match) in enumerate(counted):
        before = order > 0 and numbers[order - 1] == numbers[order] - 1
        after = order + 1 < len(numbers) and numbers[order + 1] == numbers[order] + 1
        if place == 0 or before or after:
            marks[place] = match.group()
    return marks


def _continues(item: _Block, line: Line, text: str) -> bool:
    """Tell whether a line without a mark belongs to the item above: indented, or in mid sentence."""
    left, _ = _edge(line)
    indented = item.left is not None and left is not None and left > item.left + 0.3 * item.height
    return indented or text[0].islower() or _BROKEN.search(item.text) is not None


def _edge(line: Line) -> tuple[float | None, float]:
    """Return a line's left edge and height; None and 0 where it has no place."""
    if not line.polygon:
        return None, 0.0
    rows = [y for _, y in line.polygon]
    return min(x for x, _ in line.polygon), max(rows) - min(rows)


def _joined(before: str, after: str) -> str:
    if _breaks(before, after):
        return before[:-1] + after
    return f"{before} {after}"


def _rows(blocks: Sequence[_Block]) -> Iterator[str]:
    """Yield each block's row, and empty rows between blocks that are not items of one list."""
    above = _Block("")
    for place, block in enumerate(blocks):
        same = bool(block.mark) and len(block.mark) > 1 and block.mark[-1] == above.mark[-1:]
        if same and above.number >= 0 and block.number != above.number + 1:
            block = _Block(f"{block.mark} {block.text}")  # would be counted on from the item above
        goes_on = bool(block.mark) and (block.mark == above.mark == "-" or (same and above.number >= 0))
        if place and not goes_on:
            yield "\n"
        yield (f"{block.mark} " if block.mark else "") + _escaped(block.text) + "\n"
        above = block


def _escaped(text: str) -> str:
    text = _INLINE.sub(r"\\\g<0>", text)
    if _OPENING.match(text):
        return "\\" + text
    return _COUNT.sub(r"\1\\", text, count=1) if _COUNT.match(text) else text
