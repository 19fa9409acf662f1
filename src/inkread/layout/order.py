"""Lines -> reading order: columns left to right, each from top to bottom; paragraphs; notes.

The page is parted at its clearest gutter, and its parts likewise, until nothing is left but single
columns. A note in the margin is a region of its own and comes after the paragraph that it stands beside.
The cells of a table stand in columns, but are read row by row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inkread.layout.found import FoundLine
from inkread.layout.gutters import APART, Extents, Numbers, find_gutter
from inkread.layout.tables import Ruled, is_table, rules_on

_ROW = 0.8  # x-heights of difference in height within which two pieces stand on one row
_DEEPEST = 24  # cuts within cuts

Regions = list[list[int]]


def reading_order(
    lines: Sequence[FoundLine], size: tuple[int, int], page: npt.NDArray[np.uint8] | None = None
) -> list[list[FoundLine]]:
    """Put lines in reading order.

    Args:
        lines: the lines of one page, in any order.
        size: the page's width and height in pixels.
        page: the page itself, uint8 (H, W) or (H, W, 3), dark ink on light paper, where the rules of tables
            are to be looked for.

    Returns:
        Regions in reading order, columns' paragraphs and notes, each a list of lines from top to
        bottom and from left to right; [] for no lines.
    """
    if not lines:
        return []
    extents = Extents.of(lines)
    ruled: Ruled = (lambda strip: False) if page is None else rules_on(page)
    regions = _ordered(extents, np.arange(len(lines)), ruled, 0)
    return [[lines[number] for number in region] for region in regions]


def _ordered(lines: Extents, members: Numbers, ruled: Ruled, depth: int) -> Regions:
    """Order some of a page's lines."""
    if not len(members):
        return []
    gutter = find_gutter(lines.part(members)) if depth < _DEEPEST else None
    if gutter is None:
        return _paragraphs(lines, _top_down(lines, members))
    if gutter.note:
        note = members[gutter.left if gutter.note < 0 else gutter.right]
        regions = _ordered(lines, np.setdiff1d(members, note), ruled, depth + 1)
        for region in reversed(_paragraphs(lines, _top_down(lines, note))):
            regions.insert(_place_of_note(lines, regions, region), region)
        return regions
    above, below = (_ordered(lines, members[part], ruled, depth + 1) for part in (gutter.above, gutter.below))
    cells = members[np.concatenate([gutter.left, gutter.right])]
    if is_table(lines.part(cells), _top_down(lines.part(cells), np.arange(len(cells))), ruled):
        return [*above, *_paragraphs(lines, _top_down(lines, cells)), *below]
    sides = (_ordered(lines, members[part], ruled, depth + 1) for part in (gutter.left, gutter.right))
    return [*above, *(region for side in sides for region in side), *below]


def _place_of_note(lines: Extents, regions: Regions, note: list[int]) -> int:
    """Where among the regions a note belongs: after the one with the line that it begins beside."""
    distances = [float(np.abs(lines.row[region] - lines.row[note[0]]).min()) for region in regions]
    return int(np.argmin(distances)) + 1 if distances else 0


def _top_down(lines: Extents, members: Numbers) -> list[list[int]]:
    """Rows by height, each its pieces from left to right."""
    waiting = members[np.argsort(lines.row[members], kind="stable")].tolist()
    rows: list[list[int]] = []
    while waiting:
        row = [waiting.pop(0)]
        for other in list(waiting):
            if lines.row[other] - lines.row[row[0]] > lines.spacing:
                break
            if all(_on_one_row(lines, other, piece) for piece in row):
                row.append(other)
                waiting.remove(other)
        rows.append(sorted(row, key=lambda piece: float(lines.left[piece])))
    return rows


def _on_one_row(lines: Extents, one: int, other: int) -> bool:
    """Whether two lines stand side by side, the right one beginning at the height where the left one ends."""
    if lines.left[one] > lines.left[other]:
        one, other = other, one
    if lines.right[one] > lines.left[other] + 0.5 * lines.size:
        return False
    apart = min(abs(lines.last[one] - lines.first[other]), abs(lines.row[one] - lines.row[other]))
    return bool(apart < _ROW * lines.size)


def _paragraphs(lines: Extents, rows: list[list[int]]) -> Regions:
    """Part rows of one column where they stand further apart than usual."""
    heights = [float(lines.row[row].mean()) for row in rows]
    gaps = np.diff(heights)
    usual = max(float(np.median(gaps)), 0.75 * lines.spacing) if len(gaps) > 3 else lines.spacing
    regions: Regions = []
    for row, gap in zip(rows, [np.inf, *gaps.tolist()], strict=True):
        if gap > APART * usual:
            regions.append([])
        regions[-1] += row
    return regions
