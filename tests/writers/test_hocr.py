"""hOCR: well-formed, what its specification asks for, and what the checkers of others say."""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path

import pytest
from lxml import etree, html

from inkread.document import Line, Page, Region
from inkread.writers import WRITERS, PicturedPage
from tests.writers.pages import BLANK, MODEL, PAGE, random_page, text_page, written

PARENTS = {"ocr_carea": "ocr_page", "ocr_par": "ocr_carea", "ocr_line": "ocr_par", "ocrx_word": "ocr_line"}


def elements(content: bytes, kind: str) -> list[etree._Element]:
    found = etree.fromstring(content).xpath(f"//*[@class='{kind}']")
    assert isinstance(found, list)
    return found


def properties(element: etree._Element) -> dict[str, str]:
    entries = (entry.partition(" ") for entry in element.get("title", "").split("; "))
    return {name: value for name, _, value in entries}


def check(content: bytes) -> None:
    """Assert what hocr-tools' and hocr-spec's checkers look for, and the nesting of boxes' elements."""
    root = etree.fromstring(content)
    names = {meta.get("name"): meta.get("content") for meta in root.iter("{*}meta")}
    assert names["ocr-system"].startswith("inkread")
    used = {element.get("class") for element in root.iter("{*}*") if element.get("class")}
    assert used <= set(names["ocr-capabilities"].split())
    assert elements(content, "ocr_page")
    for kind, parent in PARENTS.items():
        assert all(element.getparent().get("class") == parent for element in elements(content, kind))
    for element in root.xpath("//*[@title]"):
        left, top, right, bottom = map(int, properties(element)["bbox"].split())
        assert (left < right and top < bottom) or element.get("class") == "ocr_page"
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_what_it_says() -> None:
    content = written("hocr", PAGE)
    check(content)
    (page,) = elements(content, "ocr_page")
    assert properties(page) == {"image": '"a.png"', "bbox": "0 0 100 80", "ppageno": "0"}
    assert page.get("lang") == "fr"
    assert [area.get("id") for area in elements(content, "ocr_carea")] == ["block_1_1", "block_1_2"]
    assert properties(elements(content, "ocr_line")[0]) == {"bbox": "10 10 90 30", "baseline": "0.0000 -2.0"}
    word = elements(content, "ocrx_word")[0]
    assert word.text == "été"
    assert properties(word) == {
        "bbox": "10 10 90 30", "x_wconf": "50", "x_bboxes": "10 10 90 30", "x_confs": "12",
    }  # fmt: skip


def test_a_baseline_that_rises() -> None:
    place = ((10.0, 0.0), (110.0, 0.0), (110.0, 60.0), (10.0, 60.0))
    line = Line("a", 1.0, place, ((10, 50), (60, 40), (110, 30)))
    content = written("hocr", Page(1, 200, 100, MODEL, (Region((line,)),)))
    assert properties(elements(content, "ocr_line")[0])["baseline"] == "-0.2000 -10.0"


def test_browsers_see_the_same_tree() -> None:
    content = written("hocr", BLANK, Page(2, 9, 9, MODEL, (Region(()), Region((Line("", 1.0),)))), PAGE)
    pages = html.fromstring(content).xpath("//*[@class='ocr_page']")
    assert [page.getparent().tag for page in pages] == ["body"] * 3
    assert set(re.findall(rb"<(\w+)[^>]*/>", content)) == {b"meta"}


def test_words_are_parted_by_white_space() -> None:
    root = etree.fromstring(written("hocr", text_page("one two", "three")))
    assert "".join(root.find("{*}body").itertext()).split() == ["one", "two", "three"]


def test_a_file_name_cannot_break_the_properties() -> None:
    content = written("hocr", text_page("a", source='a;b"c%.png'))
    (page,) = elements(content, "ocr_page")
    assert properties(page)["image"] == '"a%3Bb%22c%25.png"'


@pytest.mark.parametrize("seed", range(40))
def test_any_page_is_well_formed(seed: int) -> None:
    content = written("hocr", random_page(seed), BLANK)
    check(content)
    assert len(elements(content, "ocr_page")) == 2


def test_it_stays_whole_when_reading_breaks_off() -> None:
    def pages(count: int):
        yield from (PicturedPage(PAGE) for _ in range(count))
        raise RuntimeError

    for count in (0, 2):
        out = io.BytesIO()
        with pytest.raises(RuntimeError):
            WRITERS["hocr"].write(pages(count), out)
        check(out.getvalue())


def proper_page() -> Page:
    """Return a page whose lines lie apart, as the checker wants them."""

    def line(row: int) -> Line:
        top = 20.0 * row
        place = ((10.0, top), (90.0, top), (90.0, top + 15), (10.0, top + 15))
        return Line("one two", 0.9, place, ((10.0, top + 12), (90.0, top + 12)))

    return Page(1, 100, 80, MODEL, (Region((line(0), line(1))), Region((line(2),))), "en", "a.png")


def test_hocr_check_of_hocr_tools(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tool = pytest.importorskip("hocr_tools_lib.tools.hocr_check")
    path = tmp_path / "page.hocr"
    path.write_bytes(written("hocr", proper_page()))
    tool.Checker(path).check()
    told = capsys.readouterr().err
    assert len(re.findall(r"^ok ", told, re.M)) >= 10 and "not ok" not in told


def test_hocr_spec(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        validate = pytest.importorskip("hocr_spec.validate")
    path = tmp_path / "page.hocr"
    path.write_bytes(written("hocr", PAGE, BLANK, random_page(3)))
    report = validate.HocrValidator("standard").validate(str(path))
    assert [str(item) for item in report.items if item.level in ("ERROR", "FATAL")] == []
