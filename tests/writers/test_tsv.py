"""Tesseract's table."""

from __future__ import annotations

import pytest

from tests.writers.pages import BLANK, PAGE, random_page, written

HEAD = "level page_num block_num par_num line_num word_num left top width height conf text".split()


def rows(content: bytes) -> list[list[str]]:
    return [row.split("\t") for row in content.decode().removesuffix("\n").split("\n")]


def test_what_it_says() -> None:
    head, *body = rows(written("tsv", PAGE))
    assert head == HEAD
    assert body[:5] == [
        ["1", "1", "0", "0", "0", "0", "0", "0", "100", "80", "-1", ""],
        ["2", "1", "1", "0", "0", "0", "10", "10", "80", "20", "-1", ""],
        ["3", "1", "1", "1", "0", "0", "10", "10", "80", "20", "-1", ""],
        ["4", "1", "1", "1", "1", "0", "10", "10", "80", "20", "-1", ""],
        ["5", "1", "1", "1", "1", "1", "10", "10", "80", "20", "50.00", "été"],
    ]
    assert [(row[0], row[2], row[4]) for row in body if row[0] == "4"] == [
        ("4", "1", "1"), ("4", "1", "2"), ("4", "2", "1"),
    ]  # fmt: skip


def test_pages_follow_each_other_under_one_head() -> None:
    table = rows(written("tsv", PAGE, BLANK))
    assert table.count(HEAD) == 1 and table[-1][:2] == ["1", "2"]
    assert rows(written("tsv")) == [HEAD]


@pytest.mark.parametrize("seed", range(40))
def test_odd_texts_break_no_row(seed: int) -> None:
    page = random_page(seed)
    for row in rows(written("tsv", page))[1:]:
        assert len(row) == 12
        left, top, width, height = map(int, row[6:10])
        assert left >= 0 <= left + width <= page.width and top >= 0 <= top + height <= page.height
        assert -1 <= float(row[10]) <= 100 and (row[0] == "5") == bool(row[11])
