"""axe-core finds nothing serious in any state; INKREAD_SHOTS=FOLDER keeps a picture of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import VIEWS, View, missing
from tests.browser.desk import Desk
from tests.browser.hand import strokes_of


def empty(desk: Desk, view: View, folder: Path) -> None:
    """As the page opens."""


def read(desk: Desk, view: View, folder: Path) -> None:
    """A photo is read, one of its lines corrected and another lit up."""
    desk.lay_sample()
    desk.retype(0, "Hello dear World")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("#sheet img")


def written(desk: Desk, view: View, folder: Path) -> None:
    """A word is on the canvas."""
    desk.page.click("#draw")
    desk.write(strokes_of("hello", 36), "touch" if view.width == "phone" else "mouse")
    desk.wait_for_text("#drawn", "hello")


def failed(desk: Desk, view: View, folder: Path) -> None:
    """A file that cannot be read, beside one that is."""
    desk.allowed = ("status of 4",)
    desk.lay_sample()
    bad = folder / "shopping list.png"
    bad.write_bytes(b"no image at all")
    desk.choose(bad)
    desk.all_read(2)


@pytest.mark.parametrize("state", [empty, read, written, failed], ids=lambda state: state.__name__)
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_nothing_serious_and_nothing_wider_than_the_screen(
    desk: Desk, view: View, state: Callable[[Desk, View, Path], None], tmp_path: Path
) -> None:
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        missing("axe-playwright-python is not installed; the extra dev has it")
    state(desk, view, tmp_path)
    desk.shoot(f"{state.__name__}-{view}")
    wider = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert desk.page.evaluate(wider) <= 0
    serious = [
        f"{one['id']}: {one['help']}: {[node['html'] for node in one['nodes']]}"
        for one in Axe().run(desk.page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
