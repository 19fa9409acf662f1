"""Markdown: what a renderer makes of it is what was written."""

from __future__ import annotations

import html
import re

import pytest

from inkread.document import Line, Page, Region
from tests.writers.pages import BLANK, MODEL, PAGE, random_page, text_page, written


def markdown(*texts: str) -> str:
    return written("md", text_page(*texts)).decode()


def rendered(text: str) -> str:
    parser = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return str(parser.render(text))


def test_paragraphs_and_pages() -> None:
    assert written("md", PAGE).decode() == "été two\n\nthree\n"
    assert (
        written("md", PAGE, BLANK, PAGE).decode() == "été two\n\nthree\n\n---\n\n\n---\n\nété two\n\nthree\n"
    )
    assert rendered(written("md", PAGE, BLANK, PAGE).decode()).count("<hr />") == 2
    assert written("md", BLANK) == written("md") == b""


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("a lan-", "tern shone"), "a lantern shone"),
        (("Jean-", "Paul"), "Jean- Paul"),
        (("1914-", "1918"), "1914- 1918"),
        (("and -", "then"), "and - then"),
        (("a lan\u00ad", "tern"), "a lantern"),
        (("ends here-",), "ends here-"),
    ],
)
def test_words_broken_at_the_end_of_a_line(lines: tuple[str, ...], text: str) -> None:
    assert markdown(*lines) == text + "\n"


def test_lists() -> None:
    assert markdown("To buy:", "- milk", "* bread", "• the good", "butter") == (
        "To buy:\n\n- milk\n- bread\n- the good butter\n"
    )
    assert markdown("First", "1. wash", "2. dry", "Then rest") == "First\n\n1. wash\n2. dry\n\nThen rest\n"
    assert markdown("3) c", "4) d") == "3) c\n4) d\n"


def test_an_indented_line_belongs_to_the_item_above() -> None:
    def line(text: str, left: float, top: float) -> Line:
        return Line(text, 1.0, ((left, top), (90, top), (90, top + 10), (left, top + 10)))

    region = Region((line("- Milk from", 10, 0), line("Anna", 20, 12), line("Later", 10, 24)))
    page = Page(1, 100, 80, MODEL, (region,))
    assert written("md", page).decode() == "- Milk from Anna\n\nLater\n"


@pytest.mark.parametrize(
    ("lefts", "paragraphs"),
    [
        ((10, 0, 1, 11, 0, 2), ["abc", "def"]),  # first lines stand to the right
        ((0, 1, 2, 3, 4, 5), ["abcdef"]),  # a margin that drifts
        ((0, 5, 0, 4, 1, 3), ["abcdef"]),  # and one that is not straight
        ((0, 0, 20, 21, 20, 0), ["ab", "cde", "f"]),  # a quotation
        ((0, 0, 20, 0, 1, 0), ["ab", "cdef"]),
        ((0, 0, 0, 0, 0, 60), ["abcde", "f"]),  # a signature
        ((30, 0, 0, 0, 0, 0), ["abcdef"]),
    ],
)
def test_an_indented_line_begins_a_paragraph(lefts: tuple[int, ...], paragraphs: list[str]) -> None:
    lines = tuple(
        Line(text, 1.0, ((left, top), (300, top), (300, top + 12), (left, top + 12)))
        for text, left, top in zip("abcdef", lefts, range(0, 120, 20), strict=True)
    )
    page = Page(1, 400, 200, MODEL, (Region(lines),))
    assert written("md", page).decode().replace(" ", "").strip().split("\n\n") == paragraphs


def test_a_broken_word_goes_on_in_an_indented_line() -> None:
    lines = tuple(
        Line(text, 1.0, ((left, top), (90, top), (90, top + 10), (left, top + 10)))
        for text, left, top in (("a lan-", 0, 0), ("tern", 30, 12), ("shone", 0, 24))
    )
    page = Page(1, 100, 80, MODEL, (Region(lines),))
    assert written("md", page).decode() == "a lantern shone\n"


@pytest.mark.parametrize(
    "lines",
    [
        ("It was in", "1984. He knew"),
        ("as said in", "12. of them"),
        ("# 3",),
        ("*x* and _y_",),
        ("1.",),
        ("-",),
        ("--- --",),
        ("+ 2",),
        ("> so",),
        ("`a` \\ <b> [c](d) &amp; ~~e~~",),
        ("a | b",),
        ("===",),
        ("1. a", "3. c"),
    ],
)
def test_handwriting_is_not_taken_for_markup(lines: tuple[str, ...]) -> None:
    shown = rendered(markdown(*lines))
    assert not re.search("<(h1|em|strong|code|blockquote|ul|hr|a|s|table)", shown)
    text = html.unescape(re.sub("<[^>]+>", "", shown))
    if lines != ("1. a", "3. c"):
        assert text.split() == " ".join(lines).split() and "<ol" not in shown
    else:
        assert shown.count("<ol>") == 1 and "3. c" in shown


def test_numbers_of_lists_stay_what_they_were() -> None:
    shown = rendered(markdown("7. seven", "8. eight", "10. ten"))
    assert '<ol start="7">' in shown and shown.count("<li>") == 2 and "<p>10. ten</p>" in shown


@pytest.mark.parametrize("seed", range(60))
def test_no_text_is_lost(seed: int) -> None:
    page = random_page(seed)
    shown = html.unescape(
        re.sub(r"<(ol start=\"(\d+)\"|[^>]+)>", r" \2 ", rendered(written("md", page).decode()))
    )
    letters = re.sub(r"[\W\d_]", "", "".join(line.text for line in page.lines))
    assert sorted(re.sub(r"[\W\d_]", "", shown)) == sorted(letters)


def test_pieces_of_one_row_stay_in_one_paragraph() -> None:
    def piece(text: str, left: float, right: float, top: float) -> Line:
        box = ((left, top), (right, top), (right, top + 30.0), (left, top + 30.0))
        return Line(text, 0.9, box, ((left, top + 25.0), (right, top + 25.0)))

    region = Region((piece("Name", 0, 80, 0), piece("Date", 300, 380, 2), piece("and more", 0, 120, 40)))
    assert written("md", Page(1, 500, 100, MODEL, (region,))).decode() == "Name Date and more\n"
