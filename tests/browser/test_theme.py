"""Light and dark: as the system is, or as chosen, and the choice is remembered."""

from __future__ import annotations

import pytest

from tests.browser.conftest import VIEWS, View
from tests.browser.desk import Desk

LUMINANCE = """() => {
  const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
  return (red + green + blue) / 3;
}"""


def looks(desk: Desk) -> str:
    return "light" if desk.page.evaluate(LUMINANCE) > 128 else "dark"


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_the_page_is_as_the_system_is(desk: Desk, view: View) -> None:
    assert looks(desk) == view.theme
    desk.page.emulate_media(color_scheme="dark" if view.theme == "light" else "light")
    assert looks(desk) != view.theme


def test_a_chosen_theme_holds_against_the_system_and_is_remembered(desk: Desk, view: View) -> None:
    other = "dark" if view.theme == "light" else "light"
    desk.page.select_option("#theme", other)
    assert looks(desk) == other
    desk.page.reload()
    assert looks(desk) == other and desk.page.input_value("#theme") == other
    desk.page.select_option("#theme", "auto")
    assert looks(desk) == view.theme
