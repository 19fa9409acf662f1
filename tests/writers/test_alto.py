"""ALTO: valid by the bundled schema, read back to the same page, and others' files too."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from lxml import etree

from inkread.document import Line, Page, Region, Word
from inkread.errors import InputError
from inkread.writers import WRITERS, PicturedPage
from inkread.writers.alto import read
from inkread.writers.fitting import fitted
from tests.writers.pages import BLANK, MODEL, PAGE, random_page, written
from tests.writers.schema import faults

SCHEMA = "alto-4-4.xsd"


def held(page: Page) -> Page:
    """Return what ALTO can hold of a page."""

    def word(given: Word) -> Word:
        whole = all(len(character.text) == 1 for character in given.characters)
        return given if whole else replace(given, characters=())

    def line(given: Line) -> Line:
        sure = [one.confidence for one in given.words]
        mean = round(sum(sure) / len(sure), 4) if sure else given.confidence if given.rejected else 1.0
        return replace(given, confidence=mean, words=tuple(map(word, given.words)), alternatives=())

    def region(given: Region) -> Region:
        return replace(given, lines=tuple(map(line, given.lines)))

    page = fitted(page)
    return replace(page, regions=tuple(map(region, page.regions)))


@pytest.mark.parametrize("seed", range(60))
def test_any_page_is_valid_and_comes_back(seed: int) -> None:
    page = random_page(seed)
    content = written("alto", page)
    assert faults(content, SCHEMA) == []
    assert read(content) == [held(page)]
    assert content == written("alto", page)


def test_many_pages_in_a_file() -> None:
    content = written("alto", PAGE, BLANK, PAGE)
    assert faults(content, SCHEMA) == []
    assert [page.number for page in read(content)] == [1, 2, 1]
    assert read(content)[1] == replace(BLANK, source="a.png")  # one file, one source: the first page's


def test_what_it_says() -> None:
    root = etree.fromstring(written("alto", PAGE))
    assert root.get("SCHEMAVERSION") == "4.4"
    assert root.findtext(".//{*}MeasurementUnit") == "pixel" and root.findtext(".//{*}fileName") == "a.png"
    assert root.findtext(".//{*}softwareName") == "tiny" and root.findtext(".//{*}softwareVersion") == "1"
    assert root.find(".//{*}Page").get("LANG") == "fr"
    line = root.find(".//{*}TextLine")
    assert line.get("BASELINE") == "10,28 90,28"
    assert [line.get(name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")] == ["10", "10", "80", "20"]
    string = line.find("{*}String")
    assert (string.get("CONTENT"), string.get("WC")) == ("été", "0.5")
    assert string.find("{*}Glyph").get("GC") == "0.1235"


def test_spaces_stand_between_words() -> None:
    root = etree.fromstring(written("alto", Page(1, 100, 20, MODEL, (Region((Line("ab cd-", 1.0),)),))))
    kinds = [etree.QName(child).localname for child in root.find(".//{*}TextLine")]
    assert kinds == ["Shape", "String", "SP", "String"]  # the hyphen stays where it was read
    assert root.find(".//{*}SP").get("WIDTH") == "17"


def test_it_stays_whole_when_reading_breaks_off() -> None:
    def pages(count: int):
        yield from (PicturedPage(PAGE) for _ in range(count))
        raise RuntimeError

    for count in (0, 1, 2):
        out = io.BytesIO()
        with pytest.raises(RuntimeError):
            WRITERS["alto"].write(pages(count), out)
        assert faults(out.getvalue(), SCHEMA) == [] and len(read(out.getvalue())) == count


def test_others_write_otherwise() -> None:
    content = b"""<?xml version="1.0"?>
    <alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Description><MeasurementUnit>pixel</MeasurementUnit>
    <sourceImageInformation><fileName>x.tif</fileName></sourceImageInformation>
    <OCRProcessing ID="o"><ocrProcessingStep><processingSoftware><softwareName>T</softwareName>
    </processingSoftware></ocrProcessingStep></OCRProcessing></Description>
    <Tags><OtherTag ID="t1" LABEL="MarginText"/></Tags>
    <Layout><Page ID="p" PHYSICAL_IMG_NR="3"><PrintSpace HPOS="0" VPOS="0" WIDTH="200" HEIGHT="100">
    <TextBlock ID="b" TAGREFS="t1"><TextLine ID="l" HPOS="10" VPOS="20" WIDTH="90" HEIGHT="30" BASELINE="45">
    <String CONTENT="nine" HPOS="10" VPOS="20" WIDTH="40" HEIGHT="30" WC="0.25"/><SP/>
    <String CONTENT="tee"/><HYP CONTENT="-"/></TextLine>
    <TextLine ID="m" BASELINE="10 70 90 72"><String CONTENT="a whole line"/></TextLine></TextBlock>
    </PrintSpace></Page></Layout></alto>"""
    (page,) = read(content)
    assert (page.number, page.width, page.height, page.source, page.model.name) == (3, 200, 100, "x.tif", "T")
    first, second = page.lines
    assert page.regions[0].type == "MarginText"
    assert first.text == "nine tee-" and [word.confidence for word in first.words] == [0.25, 1.0]
    assert first.polygon == ((10, 20), (100, 20), (100, 50), (10, 50))
    assert first.baseline == ((10, 45), (100, 45))
    assert second.text == "a whole line" and second.words == () and second.baseline == ((10, 70), (90, 72))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not well-formed"),
        (b"<alto>", "not well-formed"),
        (b"<PcGts/>", "This is not ALTO"),
        (b"<alto><Layout><Page/></Layout></alto>", "page's size"),
        (b'<alto><Layout><Page WIDTH="wide" HEIGHT="1"/></Layout></alto>', "'wide' is not a number"),
    ],
)
def test_files_at_fault(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(content)


def test_entities_are_not_followed(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    content = f'<!DOCTYPE alto [<!ENTITY e SYSTEM "{secret.as_uri()}">]><alto><Description>&e;</Description>\
<Layout><Page WIDTH="9" HEIGHT="9" ID="p"><PrintSpace><TextBlock><TextLine><String CONTENT="a"/></TextLine>\
</TextBlock></PrintSpace></Page></Layout></alto>'
    assert "hidden" not in repr(read(content.encode()))
