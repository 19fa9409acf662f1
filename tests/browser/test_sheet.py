"""The image and its text belong together: what is pointed at or focused in one lights up in the other."""

from __future__ import annotations

import itertools
from functools import partial

import pytest

from tests.browser.conftest import Site, View
from tests.browser.desk import Desk

near = partial(pytest.approx, abs=0.01)


def test_every_line_has_an_outline_on_the_image(desk: Desk) -> None:
    desk.lay_sample()
    image = desk.page.locator("#sheet img").bounding_box()
    boxes = [desk.outline(number).bounding_box() for number in range(len(desk.said))]
    assert image and all(boxes) and desk.page.locator("#sheet [data-line]").count() == len(desk.said)
    for box in filter(None, boxes):
        for start, size in (("x", "width"), ("y", "height")):
            assert image[start] - 1 <= box[start]
            assert box[start] + box[size] <= image[start] + image[size] + 1
    tops = [box["y"] for box in filter(None, boxes)]
    assert tops == sorted(tops)


def test_outlines_lie_where_the_server_found_the_lines(desk: Desk, site: Site) -> None:
    desk.lay_sample()
    image = desk.page.locator("#sheet img").bounding_box()
    lines = [line for region in site.page["regions"] for line in region["lines"]]
    assert image and image["height"] / image["width"] == near(site.page["height"] / site.page["width"])
    for number, line in enumerate(lines):
        box = desk.outline(number).bounding_box()
        assert box
        middle = (box["x"] + box["width"] / 2 - image["x"]) / image["width"]
        xs = [x for x, _ in line["polygon"]]
        assert middle == near((min(xs) + max(xs)) / 2 / site.page["width"])


def test_hovering_lights_both(desk: Desk) -> None:
    desk.lay_sample()
    desk.row(1).hover()
    key = desk.row(1).get_attribute("data-line")
    assert desk.lit() == [key, key]
    key = desk.outline(0).get_attribute("data-line")
    desk.outline(0).hover()
    assert desk.lit() == [key, key]
    desk.page.locator("header").hover()
    assert desk.lit() == []


def test_the_keyboards_focus_lights_both(desk: Desk) -> None:
    desk.lay_sample()
    desk.page.keyboard.press("Escape")
    desk.row(2).focus()
    key = desk.row(2).get_attribute("data-line")
    assert desk.lit() == [key, key]
    desk.page.keyboard.press("Tab")
    key = desk.row(3).get_attribute("data-line")
    assert desk.lit() == [key, key]
    desk.outline(0).focus()
    key = desk.outline(0).get_attribute("data-line")
    assert desk.lit() == [key, key]


def test_a_click_on_a_line_leads_to_its_text(desk: Desk, view: View) -> None:
    desk.lay_sample()
    if view.width == "phone":
        desk.outline(1).tap()
        assert desk.page.evaluate("() => !document.activeElement.isContentEditable")  # no keyboard comes up
    else:
        desk.outline(1).click()
        assert desk.focused() == desk.row(1).get_attribute("data-line")
        assert desk.page.evaluate("() => document.activeElement.isContentEditable")


def test_words_are_marked_by_confidence_and_not_by_colour_alone(desk: Desk, site: Site) -> None:
    desk.lay_sample()
    looks = desk.page.eval_on_selector_all(
        "#text .word",
        """all => all.map((word) => {
          const style = getComputedStyle(word);
          const level = ["low", "middle", "high"].filter((name) => word.classList.contains(name)).join();
          return [Number(word.dataset.confidence), level, word.title, style.color, style.textDecorationStyle
            + style.textDecorationLine + style.borderBottomStyle];
        })""",
    )
    words = [word for region in site.page["regions"] for line in region["lines"] for word in line["words"]]
    assert [look[0] for look in looks] == [word["confidence"] for word in words]
    assert all(level in ("low", "middle", "high") and str(round(100 * sure)) in title
               for sure, level, title, _, _ in looks)  # fmt: skip
    order = [level for _, level, *_ in sorted(looks)]
    assert order == sorted(order, key=["low", "middle", "high"].index)
    by_level = {level: (colour, line) for _, level, _, colour, line in looks}
    assert len(by_level) > 1
    for (colour, line), (other_colour, other_line) in itertools.combinations(by_level.values(), 2):
        assert colour != other_colour and line != other_line
    assert desk.page.locator(".legend .word").count() >= 3
