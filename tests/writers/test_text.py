"""Plain text."""

from __future__ import annotations

from tests.writers.pages import BLANK, PAGE, text_page, written


def test_rows_regions_and_pages() -> None:
    assert written("txt", PAGE).decode() == "été\ntwo\n\nthree\n"
    assert written("txt", BLANK) == b""
    assert written("txt", PAGE, BLANK, PAGE).decode() == "été\ntwo\n\nthree\n\f\fété\ntwo\n\nthree\n"
    assert written("txt") == b""


def test_what_utf8_cannot_hold_is_replaced() -> None:
    assert written("txt", text_page("a\ud800")).decode() == "a\ufffd\n"
