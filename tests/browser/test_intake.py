"""Files come in: chosen, dropped, pasted, photographed; each is read for what it says."""

from __future__ import annotations

import base64

import pytest

from tests.browser.conftest import View
from tests.browser.desk import SAMPLE, TEXT, Desk
from tests.pictures import encoded, line_picture


def test_a_chosen_photo_is_read_and_its_lines_are_drawn(desk: Desk) -> None:
    desk.choose_and_read(SAMPLE)
    assert desk.rows == TEXT
    assert desk.page.locator("#sheet [data-line]").count() == len(TEXT)


def test_a_dropped_photo_is_read(desk: Desk) -> None:
    transfer = desk.transfer(SAMPLE)
    for event in ("dragenter", "dragover", "drop"):
        desk.page.dispatch_event("#drop", event, {"dataTransfer": transfer})
    desk.all_read()
    assert desk.rows == TEXT


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
    assert desk.rows == TEXT


@pytest.mark.parametrize("way", ["#choose", "#draw", "#theme"])
def test_the_keyboard_reaches_everything(desk: Desk, way: str) -> None:
    for _ in range(12):
        desk.page.keyboard.press("Tab")
        if desk.page.evaluate("way => document.activeElement.matches(way)", way):
            return
    raise AssertionError(f"Tab does not come to {way}.")
