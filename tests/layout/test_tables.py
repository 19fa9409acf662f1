"""Tables are read row by row; what only looks like one is read column by column."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkread.layout.gutters import Extents
from inkread.layout.order import reading_order
from inkread.layout.tables import Strip, is_table, rules_on
from tests.layout.test_layouts import Box, block, line

Page = npt.NDArray[np.uint8]

NAMES = (240, 90, 210, 60, 200, 50, 230, 80)
THINGS = (250, 60, 230, 110, 120, 220, 70, 160)
DATES = (110, 120, 115, 110, 125, 118, 112, 120)
SUMS = (90, 40, 100, 60, 50, 40, 90, 45)


def table(*columns: tuple[float, Sequence[float]], step: float = 70, top: float = 200) -> list[list[Box]]:
    """Rows of cells; each column is its first pixel and its cells' widths, 0 for an empty one."""
    rows = len(columns[0][1])
    shifts = (0, 4, -5, 3, -2)
    return [
        [
            (left, top + step * row + shifts[(row + number) % 5], left + widths[row])
            for number, (left, widths) in enumerate(columns)
            if widths[row]
        ]
        for row in range(rows)
    ]


def ruled_page(columns: Sequence[float], top: int = 150, bottom: int = 760, lean: int = 6) -> Page:
    """A page with a rule at each of ``columns`` through rows of strokes as tall as small letters."""
    page = np.full((1000, 1600, 3), 250, dtype=np.uint8)
    for x in range(110, 1500, 14):
        for foot in range(200, 750, 70):
            page[foot - 20 : foot, x : x + 3] = 40
    for column in columns:
        cv2.line(page, (int(column), top), (int(column) + lean, bottom), (120, 120, 140), 2)
    return page


def rows_of(regions: list[list[Box]], page: Page | None = None) -> bool:
    """Whether the lines of regions, mixed, come back in their order."""
    flat = [line(box) for region in regions for box in region]
    mixed = [flat[number] for number in np.random.default_rng(3).permutation(len(flat))]
    place = {id(found): number for number, found in enumerate(flat)}
    ordered = [place[id(found)] for region in reading_order(mixed, (1600, 1000), page) for found in region]
    return ordered == list(range(len(flat)))


TABLES = {
    "three columns": table((100, NAMES), (450, THINGS), (800, DATES)),
    "four columns": table((100, NAMES), (450, THINGS), (800, DATES), (1050, SUMS)),
    "figures alone": table((100, SUMS), (300, SUMS[::-1]), (500, SUMS), (700, SUMS[::-1])),
    "a heading, a table and text": [
        [(300, 80, 900)],
        *table((100, NAMES), (450, THINGS), (800, DATES)),
        block(100, 900, 4, 1100, 60),
    ],
    "some empty cells": table(
        (100, NAMES), (450, (*THINGS[:2], 0, *THINGS[3:])), (800, (*DATES[:5], 0, 0, DATES[7]))
    ),
}


@pytest.mark.parametrize("name", list(TABLES))
def test_a_table_is_read_row_by_row(name: str) -> None:
    assert rows_of(TABLES[name])


def test_two_columns_of_cells_are_a_table_where_a_rule_is_drawn_between_them() -> None:
    cells = table((100, NAMES), (450, THINGS))
    columns = [list(side) for side in zip(*cells, strict=True)]
    page = ruled_page([400])
    page[:, 340:395] = page[:, 410:445] = 250
    assert rows_of(cells, page)
    assert rows_of(columns) and not rows_of(cells)
    assert rows_of(columns, ruled_page([]))


def prose(left: float, right: float, rows: int = 8, short: Sequence[int] = (3,)) -> list[Box]:
    """Lines that fill a column but for those that end a paragraph, and are ragged by a tenth."""
    width = right - left
    return [
        (left, 200 + 70 * row, right - width * (0.6 if row in short else 0.025 * (row * 37 % 5)))
        for row in range(rows)
    ]


PROSE = {
    "two columns": [prose(100, 560), prose(640, 1100, short=(5,))],
    "two columns of short paragraphs": [
        prose(100, 560, short=(1, 4, 7)), prose(640, 1100, short=(2, 5))
    ],
    "three narrow columns": [prose(100, 380), prose(450, 730, short=(2, 6)), prose(800, 1080, short=(5,))],
    "three narrow columns far apart": [prose(100, 330), prose(450, 680, short=(2, 6)), prose(800, 1030)],
    "two poems": [block(100, 200, 8, 540, 220, 70), block(700, 200, 8, 1140, 220, 70)],
    "two lists": [block(100, 200, 8, 380, 200, 70), block(600, 203, 8, 850, 180, 70)],
}  # fmt: skip


@pytest.mark.parametrize("name", list(PROSE))
def test_columns_on_the_same_rows_are_read_one_after_the_other(name: str) -> None:
    assert rows_of(PROSE[name])


def test_a_rule_between_columns_of_prose_makes_no_table() -> None:
    page = ruled_page([600])
    page[:, 565:597] = page[:, 608:635] = 250
    assert rows_of(PROSE["two columns"], page)
    assert rows_of(PROSE["two columns of short paragraphs"], page)


def test_a_fold_between_two_lists_makes_no_table() -> None:
    cells = table((100, NAMES), (450, THINGS))
    columns = [list(side) for side in zip(*cells, strict=True)]
    assert rows_of(columns, ruled_page([400], top=0, bottom=999))


def test_lists_that_meet_on_some_rows_alone_make_no_table() -> None:
    lists = [block(100, 200, 8, 330, 180, 70), block(500, 200, 11, 720, 180, 50)]
    page = ruled_page([400])
    page[:, 340:395] = page[:, 410:495] = 250
    assert rows_of(lists, page)


def test_few_rows_are_no_table() -> None:
    found = [line(box) for row in TABLES["three columns"][:2] for box in row]
    assert not is_table(Extents.of(found), [[0, 1, 2], [3, 4, 5]], lambda strip: True)


@pytest.mark.parametrize("lean", [0, 6, -9])
def test_a_rule_is_seen_in_its_strip_and_letters_are_none(lean: int) -> None:
    page = ruled_page([700], lean=lean)
    ruled = rules_on(page)
    assert ruled(Strip(680, 720, 180, 740, 20.0))
    assert not ruled(Strip(580, 620, 180, 740, 20.0))
    assert not ruled(Strip(680, 720, 700, 960, 20.0))
    assert not ruled(Strip(1599, 1700, 0, 990, 20.0)) and not ruled(Strip(-20, -5, 0, 990, 20.0))


def test_a_table_that_fills_the_page_counts_as_not_ruled() -> None:
    page, strip = ruled_page([700]), Strip(680, 720, 180, 740, 20.0)
    assert rules_on(page)(strip)
    assert not rules_on(page[140:770])(Strip(680, 720, 40, 600, 20.0))
