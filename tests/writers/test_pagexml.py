"""PAGE-XML: valid by the bundled schema, read back to the same page, and others' files too."""

from __future__ import annotations

import io

import pytest
from lxml import etree

from inkread.document import Alternative
from inkread.errors import ConfigError, InputError
from inkread.writers import WRITERS, PicturedPage
from inkread.writers.fitting import fitted
from inkread.writers.pagexml import read
from inkread.writers.pagexml_reading import LANGUAGES
from tests.writers.pages import BLANK, PAGE, random_page, text_page, written
from tests.writers.schema import faults

SCHEMA = "pagecontent-2019-07-15.xsd"


@pytest.mark.parametrize("seed", range(60))
def test_any_page_is_valid_and_comes_back(seed: int) -> None:
    page = random_page(seed)
    content = written("page", page)
    assert faults(content, SCHEMA) == []
    assert read(content) == [fitted(page)]


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_languages_have_the_names_of_the_schema(language: str) -> None:
    content = written("page", text_page("a", language=language))
    assert faults(content, SCHEMA) == [] and read(content)[0].language == language


def test_what_it_says() -> None:
    root = etree.fromstring(written("page", PAGE))
    page = root.find("{*}Page")
    assert (page.get("imageFilename"), page.get("imageWidth"), page.get("imageHeight")) == (
        "a.png",
        "100",
        "80",
    )
    assert page.get("primaryLanguage") == "French"
    order = [entry.get("regionRef") for entry in page.iterfind("{*}ReadingOrder/{*}OrderedGroup/*")]
    assert order == [region.get("id") for region in page.iterfind("{*}TextRegion")]
    line = page.find("{*}TextRegion/{*}TextLine")
    assert line.find("{*}Baseline").get("points") == "10,28 90,28"
    readings = [(entry.get("index"), entry.get("conf"), entry.findtext("{*}Unicode"))
                for entry in line.iterfind("{*}TextEquiv")]  # fmt: skip
    assert readings == [("0", "0.8765", "été"), ("1", "0.25", "ete")]
    assert page.findtext("{*}TextRegion/{*}TextEquiv/{*}Unicode") == "été\ntwo"


def test_times_are_fixed_or_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert b"<Created>1970-01-01T00:00:00Z</Created>" in written("page", PAGE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert b"<LastChange>2023-11-14T22:13:20Z</LastChange>" in written("page", PAGE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "now")
    with pytest.raises(ConfigError, match="whole seconds"):
        written("page", PAGE)


def test_a_file_holds_one_page() -> None:
    out = io.BytesIO()
    with pytest.raises(ConfigError, match="one page a file"):
        WRITERS["page"].write([PicturedPage(PAGE), PicturedPage(BLANK)], out)
    assert faults(out.getvalue(), SCHEMA) == [] and read(out.getvalue()) == [fitted(PAGE)]
    assert WRITERS["page"].single and not WRITERS["alto"].single


def test_it_is_whole_when_reading_breaks_off() -> None:
    def pages():
        raise RuntimeError
        yield

    out = io.BytesIO()
    with pytest.raises(RuntimeError):
        WRITERS["page"].write(pages(), out)
    assert faults(out.getvalue(), SCHEMA) == [] and read(out.getvalue()) == []
    assert written("page") == out.getvalue()


def test_others_write_otherwise() -> None:
    coords = '<Coords points="0,0 9,0 9,9"/>'
    content = f"""<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15">
    <Metadata><Creator>Transkribus</Creator></Metadata>
    <Page imageFilename="x.jpg" imageWidth="200" imageHeight="90">
    <ReadingOrder><OrderedGroup id="g">
    <OrderedGroupIndexed index="1" id="h"><RegionRefIndexed index="0" regionRef="b"/></OrderedGroupIndexed>
    <RegionRefIndexed index="0" regionRef="c"/></OrderedGroup></ReadingOrder>
    <TextRegion id="a">{coords}</TextRegion>
    <TextRegion id="b" custom="readingOrder {{index:1;}} structure {{offset:0; type:heading;}}">{coords}
    <TextLine id="l">{coords}<Word id="w">{coords}<TextEquiv><Unicode>one
    </Unicode></TextEquiv></Word></TextLine></TextRegion>
    <TextRegion id="c" type="marginalia">{coords}<TextLine id="m">{coords}
    <TextEquiv index="1" conf="0.1"><Unicode>worse</Unicode></TextEquiv>
    <TextEquiv index="0"><Unicode>best</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>"""
    (page,) = read(content.encode())
    assert (page.model.name, page.source, page.width, page.height) == ("Transkribus", "x.jpg", 200, 90)
    assert [region.type for region in page.regions] == ["marginalia", "heading", "text"]
    best, one = page.lines
    assert (best.text, best.confidence, best.alternatives) == ("best", 1.0, (Alternative("worse", 0.1),))
    assert one.text == "one" == one.words[0].text and one.baseline == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<PcGts", "not well-formed"),
        (b"<alto/>", "This is not PAGE-XML"),
        (b'<PcGts><Page imageWidth="x" imageHeight="1"/></PcGts>', "'x' is not a number"),
        (
            b'<PcGts><Page imageWidth="9" imageHeight="9"><TextRegion id="a"><Coords points="1,2 3"/>'
            b"</TextRegion></Page></PcGts>",
            "odd count",
        ),
    ],
)
def test_files_at_fault(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(content)
