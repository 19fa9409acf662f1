"""``inkread read -f``: one reading in several formats, and how many pages a file of each holds."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from inkread.cli import main
from inkread.cli.read_files import write_files
from inkread.images.open import open_page
from inkread.writers import WRITERS, PicturedPage
from tests.cli.slow_reader import SlowReader


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("inkread.reader.Reader", SlowReader)
    monkeypatch.chdir(tmp_path)
    pages = [Image.new("RGB", (200, 60), (200, 210, 220)) for _ in range(3)]
    pages[0].save("one.png")
    pages[0].save("book.tif", save_all=True, append_images=pages[1:])
    pages[0].save("book.pdf", save_all=True, append_images=pages[1:])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["read", *arguments], catch_exceptions=False)


def names(folder: str = "out") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


@pytest.mark.parametrize("asked", [("-f", "txt", "-f", "alto"), ("-f", "txt,alto"), ("-f", "TXT, alto,txt,")])
def test_several_formats(asked: tuple[str, ...]) -> None:
    assert run(*asked, "-o", "out", "one.png").exit_code == 0
    assert names() == ["one.alto.xml", "one.txt"]


def test_every_format_at_once_says_what_it_says_alone() -> None:
    run("-f", ",".join(WRITERS), "-o", "all", "one.png")
    for name, writer in WRITERS.items():
        run("-f", name, "-o", "alone", "one.png")
        file = f"one{writer.suffix}"
        assert (Path("all") / file).read_bytes() == (Path("alone") / file).read_bytes(), name
    assert names("all") == names("alone")


def test_a_file_is_opened_and_read_once_for_all_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    read = SlowReader.read
    monkeypatch.setattr(
        SlowReader, "read", lambda self, opened, **_: seen.append(opened.number) or read(self, opened)
    )
    run("-f", "json,pdf,page,txt", "-o", "out", "book.tif")
    assert seen == [1, 2, 3]


def test_each_page_that_needs_a_file_gets_one() -> None:
    run("-f", "page,txt", "-o", "out", "book.tif", "one.png")
    of_pages = [f"book-000{number}.page.xml" for number in (1, 2, 3)]
    assert names() == [*of_pages, "book.txt", "one.page.xml", "one.txt"]
    assert "page 2" in Path("out/book-0002.page.xml").read_text()
    assert "2 of 2 done" in run("-f", "page,txt", "-o", "out", "book.tif", "one.png").stderr
    Path("out/book-0001.page.xml").unlink()
    assert "1 of 2 done" in run("-f", "page,txt", "-o", "out", "book.tif", "one.png").stderr


def save(name: str, pages: int) -> None:
    """Write a picture again, with another number of pages."""
    first, *others = [Image.new("L", (200, 60), 200)] * pages
    first.save(name, save_all=True, append_images=others)


def test_pages_that_are_no_more_leave_no_file() -> None:
    for pages, left in (
        (3, ["s-0001.page.xml", "s-0002.page.xml", "s-0003.page.xml"]),
        (2, ["s-0001.page.xml", "s-0002.page.xml"]),
        (1, ["s.page.xml"]),
        (2, ["s-0001.page.xml", "s-0002.page.xml"]),
    ):
        save("s.tif", pages)
        assert run("-f", "page", "-o", "out", "--force", "s.tif").exit_code == 0
        assert names() == left


def test_another_inputs_file_is_no_page_that_is_no_more() -> None:
    save("s.tif", 1)
    save("s-0001.tif", 1)
    for name in ("s-0001.tif", "s.tif"):
        run("-f", "page", "-o", "out", "--force", name)
    assert names() == ["s-0001.page.xml", "s.page.xml"]


def test_a_page_file_never_takes_another_inputs_place() -> None:
    Path("one.png").rename("book-0002.png")
    result = run("-f", "page", "-o", "out", "book.tif", "book-0002.png")
    assert (
        result.exit_code == 2 and "book-0002.png could take the place of a page of book.tif" in result.stderr
    )
    assert run("-f", "txt", "-o", "out", "book.tif", "book-0002.png").exit_code == 0


@pytest.mark.parametrize("book", ["book.tif", "book.pdf"])
def test_books_keep_their_pages_and_numbers(book: str) -> None:
    run("-f", "txt,json,pdf", "-o", "out", book)
    assert Path("out/book.txt").read_text() == "book, page 1\n\fbook, page 2\n\fbook, page 3\n"
    assert [page["number"] for page in json.loads(Path("out/book.json").read_text())["pages"]] == [1, 2, 3]
    with pypdfium2.PdfDocument("out/book.pdf") as document:
        assert [page.get_textpage().get_text_range() for page in document] == [
            f"book, page {n}" for n in (1, 2, 3)
        ]


def test_one_format_is_printed() -> None:
    result = run("-f", "pdf", "book.tif", "one.png")
    assert len(pypdfium2.PdfDocument(result.stdout_bytes)) == 4
    assert run("-f", "page", "one.png").stdout.startswith("<?xml")


def test_what_cannot_be_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("-f", "txt,json", "one.png")
    assert result.exit_code == 2 and result.stdout == ""
    assert (
        result.stderr == "inkread: Only one format can be printed; choose a folder for several with -o DIR.\n"
    )
    for several in (("book.tif",), ("one.png", "book-0002.png", "book.tif")):
        result = run("-f", "page", *several)
        assert (
            result.exit_code == 2
            and result.stdout == ""
            and "write each to its own with -o DIR" in result.stderr
        )
    monkeypatch.setattr("inkread.cli.read.is_terminal", lambda: True)
    result = run("-f", "pdf", "one.png")
    assert result.exit_code == 2 and "not for the terminal" in result.stderr


def test_an_unknown_format_lists_the_known() -> None:
    result = run("-f", "txt,docx", "one.png")
    assert result.exit_code == 2 and f"choose one of {', '.join(WRITERS)}" in result.stderr


@pytest.mark.parametrize(
    ("name", "hint"),
    [("pagexml", "page"), ("Markdown", "md"), ("text", "txt"), ("overlay", "--overlay seen.png")],
)
def test_a_format_by_another_name_is_known(name: str, hint: str) -> None:
    result = run("-f", f"json,{name}", "one.png")
    assert result.exit_code == 2 and f"choose {hint}" in result.stderr


def test_no_format_at_all() -> None:
    result = run("-f", ",", "one.png")
    assert result.exit_code == 2 and "names no format" in result.stderr


def test_a_fault_in_the_middle_leaves_no_file_of_any_format() -> None:
    def pages() -> Iterator[PicturedPage]:
        yield PicturedPage(SlowReader().read(open_page("one.png")))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_files(pages(), Path("out/one"), [WRITERS[name] for name in ("txt", "json", "pdf", "page")])
    assert names() == []


def test_without_reportlab_the_user_is_told_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("reportlab", "inkread.writers.glyphless"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "reportlab", None)
    monkeypatch.setattr(SlowReader, "read", None)
    for where in ((), ("-o", "out")):
        result = run("-f", "pdf", "one.png", *where)
        assert result.exit_code == 2 and result.stdout == ""
        assert "pip install 'inkread[pdf]'" in result.stderr
