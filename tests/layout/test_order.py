from __future__ import annotations

import numpy as np

from inkread.layout.found import FoundLine
from inkread.layout.order import reading_order


def _line(x: float, y: float, width: float, size: float = 20) -> FoundLine:
    box = [[x, y - 2 * size], [x + width, y - 2 * size], [x + width, y + size], [x, y + size]]
    return FoundLine(
        np.array(box, dtype=np.float32), np.array([[x, y], [x + width, y]], dtype=np.float32), size
    )


def _flat(regions: list[list[FoundLine]], lines: list[FoundLine]) -> list[list[int]]:
    return [
        [next(i for i, line in enumerate(lines) if line is found) for found in region] for region in regions
    ]


def test_no_lines_no_regions() -> None:
    assert reading_order([], (100, 100)) == []


def test_one_column_from_top_to_bottom() -> None:
    lines = [_line(50, y, 700) for y in (300, 100, 200)]
    assert _flat(reading_order(lines, (800, 600)), lines) == [[1, 2, 0]]


def test_pieces_of_one_row_from_left_to_right() -> None:
    lines = [_line(400, 98, 100), _line(50, 104, 100), _line(50, 160, 500)]
    assert _flat(reading_order(lines, (800, 600)), lines) == [[1, 0, 2]]


def test_two_columns_left_first() -> None:
    left = [_line(40, y, 330) for y in range(100, 500, 60)]
    right = [_line(430, y + 7, 330) for y in range(100, 500, 60)]
    lines = right + left
    count = len(left)
    regions = _flat(reading_order(lines, (800, 600)), lines)
    assert regions == [list(range(count, 2 * count)), list(range(count))]


def test_a_title_comes_before_the_columns_and_a_footer_after_them() -> None:
    title, footer = _line(100, 50, 600), _line(100, 560, 600)
    left = [_line(40, y, 330) for y in range(110, 500, 60)]
    right = [_line(430, y, 330) for y in range(110, 500, 60)]
    lines = [footer, *right, *left, title]
    order = [i for region in _flat(reading_order(lines, (800, 600)), lines) for i in region]
    assert lines[order[0]] is title and lines[order[-1]] is footer
    assert [lines[i] for i in order[1:8]] == left and [lines[i] for i in order[8:15]] == right


def test_a_date_at_the_right_is_no_column() -> None:
    lines = [
        _line(600, 60, 150),
        _line(40, 120, 300),
        _line(40, 180, 700),
        _line(40, 240, 690),
        _line(500, 300, 200),
    ]
    assert _flat(reading_order(lines, (800, 600)), lines) == [[0, 1, 2, 3, 4]]
