"""Words written on the canvas are read as the pen rests."""

from __future__ import annotations

import pytest

from tests.browser.conftest import View
from tests.browser.desk import Desk
from tests.browser.hand import strokes_of


def test_the_canvas_opens_and_closes(desk: Desk) -> None:
    assert not desk.page.locator("#canvas").is_visible()
    desk.page.click("#draw")
    assert desk.page.locator("#canvas").is_visible()
    assert desk.page.get_attribute("#draw", "aria-expanded") == "true"


@pytest.mark.parametrize(("how", "word"), [("mouse", "hello"), ("pen", "let it"), ("touch", "hello")])
def test_a_written_word_is_read_as_the_pen_rests(desk: Desk, view: View, how: str, word: str) -> None:
    if (how == "touch") != (view.width == "phone"):
        pytest.skip("a phone is written on with a finger, a desktop with a mouse or a pen")
    desk.page.click("#draw")
    desk.write(strokes_of(word, 36), how)
    desk.wait_for_text("#drawn", word)


def test_undo_and_clear(desk: Desk, view: View) -> None:
    how = "touch" if view.width == "phone" else "mouse"
    desk.page.click("#draw")
    assert desk.page.locator("#undo").is_disabled() and desk.page.locator("#clear").is_disabled()
    desk.write(strokes_of("hil", 36), how)
    desk.page.click("#undo")  # the l
    desk.wait_for_text("#drawn", "hi")
    desk.page.click("#clear")
    assert desk.page.locator("#drawn .word").count() == 0 and desk.page.locator("#undo").is_disabled()
    blank = """() => {
      const canvas = document.querySelector("#canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.every((value) => value === 0);
    }"""
    assert desk.page.evaluate(blank)


def test_what_is_written_goes_on_to_the_files(desk: Desk, view: View) -> None:
    desk.page.click("#draw")
    desk.write(strokes_of("hello", 36), "touch" if view.width == "phone" else "mouse")
    desk.page.click("#keep")
    desk.all_read()
    assert desk.rows == ["hello"]
