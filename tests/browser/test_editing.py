"""The text is edited where it stands: Enter goes on, Escape takes back, and pasted text stays one line."""

from __future__ import annotations

import pytest

from tests.browser.desk import Desk


@pytest.fixture
def read(desk: Desk) -> Desk:
    """The desk with the sample photo read."""
    desk.lay_sample()
    return desk


def test_enter_goes_to_the_next_line_and_the_change_stays(read: Desk) -> None:
    read.retype(0, "Hello dear World")
    read.page.keyboard.press("Enter")
    assert read.rows == ["Hello dear World", *read.said[1:]]
    assert read.focused() == read.row(1).get_attribute("data-line")


def test_escape_takes_the_change_back(read: Desk) -> None:
    read.retype(1, "Something else")
    read.page.keyboard.press("Escape")
    assert read.rows == read.said


def test_a_changed_word_is_told_apart(read: Desk) -> None:
    read.retype(0, "Hello Earth")
    read.page.keyboard.press("Enter")
    assert read.row(0).locator(".word.edited").all_inner_texts() == ["Earth"]
    assert "1 edited" in read.page.inner_text("#tray li .state")


def test_a_change_that_is_undone_by_hand_is_none(read: Desk) -> None:
    read.retype(0, "Hello Earth")
    read.page.keyboard.press("Enter")
    read.retype(0, read.said[0])
    read.page.keyboard.press("Enter")
    assert read.row(0).locator(".word.edited").count() == 0
    assert "edited" not in read.page.inner_text("#tray li .state")


def test_pasted_lines_become_one(read: Desk) -> None:
    read.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    read.page.evaluate("() => navigator.clipboard.writeText('two\\n<b>rows</b>')")
    read.row(3).focus()
    read.page.keyboard.press("Control+A")
    read.page.keyboard.press("Control+V")
    read.page.keyboard.press("Tab")
    assert read.rows == [*read.said[:3], "two <b>rows</b>"]
    assert read.page.locator("#text b").count() == 0


def test_the_arrows_go_from_line_to_line(read: Desk) -> None:
    read.row(1).focus()
    for key, number in (("ArrowDown", 2), ("ArrowUp", 1), ("ArrowUp", 0)):
        read.page.keyboard.press(key)
        assert read.focused() == read.row(number).get_attribute("data-line")


def test_removing_a_file_with_changes_asks_first(read: Desk) -> None:
    read.retype(0, "Hello Earth")
    read.page.once("dialog", lambda dialog: dialog.dismiss())
    read.page.click("#tray .remove")
    assert read.rows == ["Hello Earth", *read.said[1:]]
    asked: list[str] = []
    read.page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    read.page.click("#tray .remove")
    assert read.page.locator("#tray li").count() == 0
    assert "phone-photo.jpg has corrections" in asked[0]


def test_leaving_with_changes_asks_first(read: Desk) -> None:
    asked: list[str] = []
    read.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    read.retype(0, "Hello Earth")
    read.page.keyboard.press("Enter")
    read.page.reload()
    assert asked == ["beforeunload"]
