"""A line that was rejected passes for text in no format; where a format has room its reading is kept."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lxml import etree

from inkread.document import Alternative
from inkread.rejection import reject, reject_line
from inkread.writers import WRITERS, json_reading, pagexml_reading
from inkread.writers.fitting import fitted
from tests.writers.pages import PAGE, written
from tests.writers.schema import faults

UNSURE = replace(
    PAGE,
    regions=tuple(
        replace(region, lines=tuple(replace(line, text=f"Qq {line.text}", words=()) for line in region.lines))
        for region in PAGE.regions
    ),
)
"""Lines of confidence 0.877, 1.0 and 0.5, each of which says ``Qq``."""

REJECTED = reject(UNSURE, 0.9)
KEEP_THE_READING = {"json", "alto", "page"}
"""Formats that have a place for readings that are no text."""


def test_the_line_keeps_its_place_and_its_reading() -> None:
    first, second, third = REJECTED.lines
    assert first.rejected and third.rejected and second == UNSURE.lines[1]
    assert (first.text, first.words, first.polygon) == ("", (), UNSURE.lines[0].polygon)
    assert first.alternatives == (Alternative("Qq été", 0.75), Alternative("ete", 0.25))
    assert first.confidence == UNSURE.lines[0].confidence


def test_a_rejected_reading_is_no_surer_than_its_line() -> None:
    alone = replace(UNSURE.lines[2], alternatives=())
    (other,) = reject_line(alone, 0.9).alternatives
    assert other.confidence == alone.confidence == 0.5


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "pdf"])
def test_no_format_passes_it_for_text(name: str) -> None:
    content = written(name, REJECTED).decode()
    readings = content.count("Qq été") + content.count("Qq three")
    assert readings == (2 if name in KEEP_THE_READING else 0)
    assert "Qq" in content and "two" in content


def test_text_has_a_mark_where_it_stands() -> None:
    assert written("txt", REJECTED).decode() == "[?]\nQq two\n\n[?]\n"
    assert written("md", REJECTED).decode() == "\\[?\\] Qq two\n\n\\[?\\]\n"


def test_json_and_page_come_back_as_they_were() -> None:
    document = json.loads(written("json", REJECTED))
    assert document["pages"][0]["text"] == "[?]\nQq two\n\n[?]"
    assert [line.rejected for line in json_reading.read(written("json", REJECTED))[0].lines] == [1, 0, 1]
    assert pagexml_reading.read(written("page", REJECTED)) == [fitted(REJECTED)]


@pytest.mark.parametrize(
    ("name", "schema"), [("alto", "alto-4-4.xsd"), ("page", "pagecontent-2019-07-15.xsd")]
)
def test_xml_is_valid(name: str, schema: str) -> None:
    assert faults(written(name, REJECTED), schema) == []


def test_alto_has_the_reading_beside_an_empty_string() -> None:
    strings = etree.fromstring(written("alto", REJECTED)).findall(".//{*}String")
    assert [(string.get("CONTENT"), string.get("WC")) for string in strings] == [
        ("", "0.8765"), ("Qq", "1.0"), ("two", "1.0"), ("", "0.5"),
    ]  # fmt: skip
    others = strings[0].findall("{*}ALTERNATIVE")
    assert [(other.text, other.get("PURPOSE")) for other in others] == [("Qq été", "rejected")]


def test_a_pdf_finds_nothing_there() -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    pytest.importorskip("reportlab")
    text = pypdfium2.PdfDocument(written("pdf", REJECTED))[0].get_textpage().get_text_range()
    assert text.split() == ["Qq", "two"]
