"""The tray: many files with their progress, long documents, and everything that goes wrong told in place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.conftest import Site
from tests.browser.desk import SAMPLE, Desk
from tests.pictures import encoded, line_picture, page_picture

if TYPE_CHECKING:
    from playwright.sync_api import Route


WHOLLY_SEEN = """(number) => {
  const tray = document.querySelector("#tray").getBoundingClientRect();
  const button = document.querySelectorAll("#tray .retry")[number].getBoundingClientRect();
  return button.top >= tray.top && button.bottom <= Math.min(tray.bottom, innerHeight);
}"""


def one_line(folder: Path, text: str) -> Path:
    path = folder / f"{text}.png"
    path.write_bytes(encoded(line_picture(text)))
    return path


def states(desk: Desk) -> list[str]:
    return desk.page.eval_on_selector_all("#tray li", "all => all.map(one => one.dataset.state)")  # type: ignore[no-any-return]


def test_several_files_wait_their_turn_and_are_all_read(desk: Desk, tmp_path: Path) -> None:
    names = ["Monday", "Tuesday", "Friday"]
    held: list[Route] = []
    go_on: list[bool] = []
    desk.page.route("**/v1/read*", lambda route: route.continue_() if go_on else held.append(route))
    desk.choose(*(one_line(tmp_path, name) for name in names))
    desk.page.wait_for_selector("#tray li[data-state=reading] >> nth=1")
    assert states(desk) == ["reading", "reading", "waiting"]
    assert desk.page.locator("#tray progress:visible").count() == 3
    go_on.append(True)
    for route in held:
        route.continue_()
    desk.all_read(3)
    assert desk.page.locator("#tray progress:visible").count() == 0
    for number, name in enumerate(names):
        desk.page.locator("#tray li button.show").nth(number).click()
        assert desk.rows == [name]
        assert desk.page.inner_text("#reading-title") == f"{name}.png"


def test_a_document_of_two_pages(desk: Desk, tmp_path: Path) -> None:
    first, second = page_picture(["Monday morning"]), page_picture(["Tuesday evening"])
    path = tmp_path / "letter.pdf"
    first.save(path, save_all=True, append_images=[second])
    desk.choose_and_read(path)
    assert desk.rows == ["Monday morning"] and "1 of 2" in desk.page.inner_text("#pages output")
    assert desk.page.locator("#pages .previous").is_disabled()
    desk.page.wait_for_selector("#sheet img")
    before = desk.page.get_attribute("#sheet img", "src")
    desk.page.click("#pages .next")
    assert desk.rows == ["Tuesday evening"] and "2 of 2" in desk.page.inner_text("#pages output")
    assert desk.page.locator("#pages .next").is_disabled()
    desk.wait(
        "(before) => ![null, before].includes(document.querySelector('#sheet img')?.src ?? null)", before
    )
    assert desk.outline(0).bounding_box()


def test_a_bad_file_says_what_to_do(desk: Desk, tmp_path: Path) -> None:
    desk.allowed = ("status of 4",)  # browsers tell each refusal
    path = tmp_path / "bad.png"
    path.write_bytes(b"no image at all")
    desk.choose_and_read(path)
    assert states(desk) == ["failed"]
    answer = desk.page.request.post(
        "/v1/read", data=b"no image at all", headers={"Content-Type": "image/png"}
    )
    problem = desk.page.inner_text("#tray li .problem")
    assert problem == answer.json()["detail"] and len(problem) > 20
    assert desk.page.inner_text("main").count(problem) == 1
    for nothing in ("#text", "#copy", "#download", "#save", ".zoom"):
        assert desk.page.locator(nothing).is_hidden()


def test_a_bad_file_among_good_ones(desk: Desk, tmp_path: Path) -> None:
    desk.allowed = ("status of 4",)
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no image at all")
    desk.choose_and_read(bad, one_line(tmp_path, "Monday"))
    assert states(desk) == ["failed", "done"]


def test_the_way_to_try_again_is_in_sight(desk: Desk, tmp_path: Path) -> None:
    desk.allowed = ("Failed to load",)
    desk.page.route("**/v1/read*", lambda route: route.abort())
    for count, name in enumerate(["Monday", "Tuesday", "Friday"], 1):
        desk.choose(one_line(tmp_path, name))
        desk.all_read(count)
    desk.page.locator("#tray li .show").first.click()
    desk.wait(WHOLLY_SEEN, 0)
    desk.page.locator("#tray li .show").last.click()
    desk.wait(WHOLLY_SEEN, 2)


def test_files_are_taken_out(desk: Desk, tmp_path: Path) -> None:
    desk.lay_sample()
    desk.choose(one_line(tmp_path, "Monday"))
    desk.all_read(2)
    desk.page.locator("#tray li .remove").nth(1).click()
    assert desk.page.locator("#tray li").count() == 1 and desk.rows == desk.said
    desk.page.locator("#tray li .remove").first.click()
    assert desk.page.locator("#tray li").count() == 0 and not desk.page.locator("#reading").is_visible()


def test_a_busy_server_is_asked_again(desk: Desk, site: Site) -> None:
    desk.allowed = ("status of 503",)
    asked: list[int] = []

    def busy_once(route: Route) -> None:
        asked.append(len(asked))
        if len(asked) > 1:
            route.fulfill(body=site.sample, content_type="application/x-ndjson")
        else:
            problem = {"type": "about:blank", "title": "Busy", "status": 503, "detail": "Too much to do."}
            route.fulfill(
                status=503,
                headers={"Retry-After": "1", "Content-Type": "application/problem+json"},
                body=json.dumps(problem),
            )

    desk.page.route("**/v1/read*", busy_once)
    desk.choose(SAMPLE)
    desk.wait("() => document.querySelector('#tray .state')?.textContent.includes('busy')")
    desk.all_read()
    assert asked == [0, 1] and desk.rows == desk.said


def test_a_failed_file_is_tried_again(desk: Desk, site: Site) -> None:
    desk.allowed = ("Failed to load",)
    desk.page.route("**/v1/read*", lambda route: route.abort())
    desk.choose_and_read(SAMPLE)
    assert "cannot be reached" in desk.page.inner_text("#tray li .problem")
    desk.page.unroute("**/v1/read*")
    desk.page.route(
        "**/v1/read*", lambda route: route.fulfill(body=site.sample, content_type="application/x-ndjson")
    )
    desk.page.click("#tray li .retry")
    desk.wait("() => document.querySelector('#tray li').dataset.state === 'done'")
    assert desk.rows == desk.said


def test_what_is_read_is_shown_as_text_and_never_run(desk: Desk, site: Site, tmp_path: Path) -> None:
    evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    answer = site.sample.replace(b"Hello", json.dumps(evil)[1:-1].encode())
    desk.page.route(
        "**/v1/read*", lambda route: route.fulfill(body=answer, content_type="application/x-ndjson")
    )
    path = tmp_path / "<b onmouseover=alert(1)>evil<b>.jpg"
    path.write_bytes(SAMPLE.read_bytes())
    desk.choose_and_read(path)
    assert desk.rows[0] == f"{evil} World"
    assert desk.page.locator("#text :is(img, script, b), #tray b").count() == 0
    assert desk.page.title() == "inkread reads handwriting"
    assert path.name in desk.page.inner_text("#tray li .file")
