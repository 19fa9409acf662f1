"""Files come in: chosen, dropped, pasted, photographed; each is read as what it is said to show."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import View
from tests.browser.desk import BEGINS, SAMPLE, Desk
from tests.pictures import encoded, line_picture


def test_a_chosen_photo_is_read_and_its_lines_are_drawn(desk: Desk) -> None:
    desk.choose_and_read(SAMPLE)
    assert desk.rows == desk.said and desk.rows[:2] == BEGINS
    assert desk.page.locator("#sheet [data-line]").count() == len(desk.said) == 4


def test_a_dropped_photo_is_read(desk: Desk) -> None:
    transfer = desk.transfer(SAMPLE)
    for event in ("dragenter", "dragover", "drop"):
        desk.page.dispatch_event("#drop", event, {"dataTransfer": transfer})
    desk.all_read()
    assert desk.rows == desk.said and desk.rows[:2] == BEGINS


def test_the_zone_shows_that_files_may_fall(desk: Desk) -> None:
    transfer = desk.transfer(SAMPLE)
    desk.page.dispatch_event("#drop", "dragenter", {"dataTransfer": transfer})
    assert "over" in (desk.page.get_attribute("#drop", "class") or "")
    desk.page.dispatch_event("#drop", "dragleave", {"dataTransfer": transfer})
    assert "over" not in (desk.page.get_attribute("#drop", "class") or "")


def test_a_picture_in_the_clipboard_is_pasted_and_read(desk: Desk) -> None:
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.page.evaluate(
        """async (content) => {
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          const image = new Blob([bytes], { type: "image/png" });
          await navigator.clipboard.write([new ClipboardItem({ "image/png": image })]);
        }""",
        base64.b64encode(encoded(line_picture("Hello World"))).decode(),
    )
    desk.page.keyboard.press("Control+V")
    desk.all_read()
    assert desk.rows == ["Hello World"]


def test_pasted_text_is_left_alone(desk: Desk) -> None:
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.page.evaluate("navigator.clipboard.writeText('only words')")
    desk.page.keyboard.press("Control+V")
    assert desk.page.locator("#tray li").count() == 0


def test_a_phone_may_photograph(desk: Desk, view: View) -> None:
    camera = desk.page.locator("#camera")
    assert camera.get_attribute("capture") == "environment" and camera.get_attribute("accept") == "image/*"
    assert desk.page.locator("label[for=camera]").is_visible() == (view.width == "phone")
    camera.set_input_files(SAMPLE)
    desk.all_read()
    assert desk.rows == desk.said and desk.rows[:2] == BEGINS


def test_images_are_read_as_what_they_are_said_to_show(desk: Desk) -> None:
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url) if "/v1/read" in request.url else None)
    assert desk.page.input_value("#mode") == "page"
    desk.lay_sample()
    desk.page.select_option("#mode", "character")
    letter = {"name": "o.png", "mimeType": "image/png", "buffer": encoded(line_picture("o"))}
    desk.choose(letter)
    desk.all_read(2)
    assert [parse_qs(urlsplit(url).query)["mode"] for url in asked] == [["page"], ["character"]]
    assert desk.page.locator("#tray .state").all_inner_texts() == ["4 lines", "1 character"]
    assert len(desk.rows) == 1 and len(desk.rows[0]) == 1


def test_what_images_show_is_chosen_by_keys_and_remembered(desk: Desk) -> None:
    desk.page.locator("#mode").focus()
    desk.page.keyboard.press("ArrowDown")
    assert desk.page.input_value("#mode") == "line"
    desk.page.reload()
    assert desk.page.input_value("#mode") == "line"
    desk.page.evaluate("() => localStorage.setItem('inkread-mode', 'no such thing')")
    desk.page.reload()
    assert desk.page.input_value("#mode") == "page"


@pytest.mark.parametrize("way", ["#choose", "#draw", "#mode", "#theme"])
def test_the_keyboard_reaches_everything(desk: Desk, way: str) -> None:
    for _ in range(12):
        desk.page.keyboard.press("Tab")
        if desk.page.evaluate("way => document.activeElement.matches(way)", way):
            return
    raise AssertionError(f"Tab does not come to {way}.")
