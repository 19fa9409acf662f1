"""What leaves the page, copied, downloaded or saved as training data, has the edits in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from inkread.cli import main
from tests.browser.conftest import Site
from tests.browser.desk import SAMPLE, Desk

if TYPE_CHECKING:
    from playwright.sync_api import Route

FIRST = "Hello dear World"


@pytest.fixture
def edited(desk: Desk) -> Desk:
    """The desk with the sample photo read and its first line corrected."""
    desk.lay_sample()
    desk.retype(0, FIRST)
    desk.page.keyboard.press("Enter")
    assert desk.rows == [FIRST, *desk.said[1:]]
    return desk


def rows_of(text: str) -> list[str]:
    """Lines that are not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_copy(edited: Desk) -> None:
    edited.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    edited.page.click("#copy")
    edited.wait("() => document.querySelector('#status').textContent.includes('Copied')")
    assert rows_of(edited.page.evaluate("() => navigator.clipboard.readText()")) == edited.rows


def test_copy_where_the_browser_has_no_clipboard_for_pages(edited: Desk) -> None:
    edited.page.evaluate("() => { delete Navigator.prototype.clipboard; }")
    edited.page.click("#copy")
    edited.wait("() => document.querySelector('#status').textContent !== ''")
    assert "Copied" in edited.page.inner_text("#status")


def test_download_in_every_format(edited: Desk, tmp_path: Path) -> None:
    formats = edited.page.eval_on_selector_all("#format option", "all => all.map(one => one.value)")
    assert set(formats) >= {"txt", "json", "tsv", "alto", "page", "hocr", "md", "pdf"}
    for name in formats:
        edited.page.select_option("#format", name)
        with edited.page.expect_download() as download:
            edited.page.click("#download")
        assert download.value.suggested_filename.startswith("phone-photo.")
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        assert words_in(path, name) == " ".join(edited.rows).split(), name


def words_in(path: Path, name: str) -> list[str]:
    """Return the words of a downloaded file of the format ``name``, in their order."""
    content = path.read_bytes()
    if name == "pdf":
        import pypdfium2

        assert path.suffix == ".pdf"
        return str(pypdfium2.PdfDocument(content)[0].get_textpage().get_text_bounded()).split()
    text = content.decode()
    if name == "json":
        found = [line["text"] for page in json.loads(text)["pages"] for region in page["regions"]
                 for line in region["lines"]]  # fmt: skip
    elif name == "tsv":
        rows = [row.split("\t") for row in text.splitlines()]
        column = rows[0].index("text")
        found = [row[column] for row in rows[1:]]
    elif name == "alto":
        found = [
            at.get("CONTENT", "")
            for at in ElementTree.fromstring(content).iter()
            if at.tag.endswith("}String")
        ]
    elif name == "page":
        lines = ElementTree.fromstring(content).iterfind(".//{*}TextLine")
        best = [line.find("{*}TextEquiv") for line in lines]  # other readings follow the first
        found = ["".join(equiv.itertext()) for equiv in best if equiv is not None]
    elif name == "hocr":
        root = ElementTree.fromstring(content)
        found = ["".join(at.itertext()) for at in root.iter() if at.get("class") == "ocrx_word"]
    else:
        assert path.suffix == f".{name}"
        found = [text.replace("\\", "")]
    return " ".join(found).split()


def test_a_change_made_during_a_download_is_not_taken_for_saved(edited: Desk) -> None:
    held: list[Route] = []
    edited.page.route("**/v1/write*", lambda route: held.append(route))
    with edited.page.expect_download():
        with edited.page.expect_request("**/v1/write*"):
            edited.page.click("#download")
        edited.retype(1, "later")
        edited.page.keyboard.press("Enter")
        held[0].continue_()
    edited.wait("() => document.querySelector('#status').textContent.includes('downloads')")
    edited.page.once("dialog", lambda dialog: dialog.dismiss())
    edited.page.click("#tray .remove")
    assert edited.rows[:2] == [FIRST, "later"]
    edited.page.unroute("**/v1/write*")
    with edited.page.expect_download():
        edited.page.click("#download")
    edited.wait("() => document.querySelector('#download').ariaBusy !== 'true'")
    edited.page.click("#tray .remove")  # and is not asked, else it would be dismissed
    assert edited.page.locator("#tray li").count() == 0


def events(site: Site, pages: int, broken: bool = False) -> bytes:
    """The server's answer to the sample photo, as if it were the first ``pages`` of 20."""
    total = 20 if broken else pages
    read = [{"event": "page", "pages": total, "page": site.page | {"number": n + 1}} for n in range(pages)]
    end = (
        {"event": "problem", "problem": {"detail": "It broke off."}}
        if broken
        else {"event": "end", "pages": pages}
    )
    return b"".join(
        json.dumps(event).encode() + b"\n" for event in [{"event": "start", "pages": total}, *read, end]
    )


def test_nothing_is_offered_before_the_whole_is_read(desk: Desk, site: Site) -> None:
    unended = events(site, 2).rsplit(b"\n", 2)[0] + b"\n"
    desk.page.add_init_script(
        f"""window.fetch = ((fetch) => (at, ...rest) => String(at).includes("/v1/read")
          ? Promise.resolve(new Response(new ReadableStream({{ start: (c) => {{ window.rest = c; c.enqueue(
              new TextEncoder().encode({json.dumps(unended.decode())})); }} }})))
          : fetch(at, ...rest))(window.fetch);"""
    )
    desk.page.reload()
    desk.choose(SAMPLE)
    desk.page.wait_for_selector("#text [data-line]")
    assert desk.page.locator("#download").is_disabled() and desk.page.locator("#copy").is_disabled()
    desk.page.evaluate(
        '() => { window.rest.enqueue(new TextEncoder().encode(\'{"event": "end", "pages": 2}\\n\')); }'
    )
    desk.all_read()
    assert desk.page.locator("#download").is_enabled() and desk.page.locator("#copy").is_enabled()


def lay(desk: Desk, answer: bytes) -> None:
    desk.page.route(
        "**/v1/read*", lambda route: route.fulfill(body=answer, content_type="application/x-ndjson")
    )
    desk.choose_and_read(SAMPLE)


def test_a_file_that_broke_off_is_copied_with_a_word_on_its_pages(desk: Desk, site: Site) -> None:
    lay(desk, events(site, 3, broken=True))
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.page.click("#copy")
    desk.wait_for_text("#status", "Copied, pages 1 to 3 of 20.")


def test_a_format_of_single_pages_takes_the_page_that_is_shown(
    desk: Desk, site: Site, tmp_path: Path
) -> None:
    desk.allowed = ("status of 4",)  # the photo has no second page to be shown
    lay(desk, events(site, 2))
    desk.page.click("#pages .next")
    desk.retype(0, FIRST)
    desk.page.select_option("#format", "page")
    with desk.page.expect_download() as download:
        desk.page.click("#download")
    assert download.value.suggested_filename == "phone-photo-0002.page.xml"
    download.value.save_as(tmp_path / "second.xml")
    assert FIRST in (tmp_path / "second.xml").read_text(encoding="utf-8")


def test_a_server_that_collects_says_so(desk: Desk) -> None:
    assert "kept only if you press Save" in " ".join(desk.page.inner_text(".promise").split())


def test_corrections_are_saved_as_training_data(edited: Desk, site: Site, tmp_path: Path) -> None:
    edited.page.click("#save")
    edited.wait("() => document.querySelector('#status').textContent.includes('Saved')")
    folder = tmp_path / "saved"
    shutil.copytree(site.collected, folder)
    checked = CliRunner().invoke(main, ["data", "check", str(folder)])
    assert checked.exit_code == 0, checked.output
    kept = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.xml"))
    assert FIRST in kept and "<Unicode>Hello World<" not in kept


def test_saving_a_second_time_takes_the_place_of_the_first(edited: Desk, site: Site) -> None:
    for _ in range(2):
        edited.page.click("#save")
        edited.wait("() => document.querySelector('#status').textContent.includes('Saved')")
        edited.page.evaluate("() => { document.querySelector('#status').textContent = ''; }")
    assert len(list(site.collected.rglob("*.xml"))) == 1
