"""What leaves the page, copied, downloaded or saved as training data, has the edits in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from inkread.cli import main
from tests.browser.conftest import Site
from tests.browser.desk import Desk

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
