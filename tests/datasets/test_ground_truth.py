from pathlib import Path

import numpy as np
import pytest

from inkread.datasets.ground_truth import (
    drop_crossed_out,
    find_ground_truth,
    has_crossed_out,
    read_ground_truth,
)
from inkread.document import Line, ModelInfo, Page, Region, Word
from inkread.errors import GroundTruthError
from inkread.writers import PicturedPage, writer

ALTO_4 = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#">
  <Description><sourceImageInformation><fileName>leaf.png</fileName></sourceImageInformation></Description>
  <Layout><Page WIDTH="200" HEIGHT="100"><PrintSpace><TextBlock>
    <TextLine BASELINE="10 30 190 32" HPOS="10" VPOS="10" WIDTH="180" HEIGHT="30">
      <Shape><Polygon POINTS="10 10 190 10 190 40 10 40"/></Shape>
      <String CONTENT="Le &gt;grnad&lt;"/><SP/><String CONTENT="grand"/><String CONTENT="jour"/>
    </TextLine>
    <TextLine BASELINE="190,72 10,70"><Shape><Polygon POINTS="10,50 190,50 190,80 10,80"/></Shape>
      <String CONTENT="l&#x27;été"/><HYP CONTENT="-"/>
    </TextLine>
  </TextBlock></PrintSpace></Page></Layout>
</alto>"""

ALTO_2 = """<alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Layout><Page>
  <PrintSpace WIDTH="400" HEIGHT="300"><TextBlock>
    <TextLine HPOS="20" VPOS="30" WIDTH="100" HEIGHT="40" BASELINE="60"><String CONTENT="box"/></TextLine>
  </TextBlock></PrintSpace></Page></Layout></alto>"""

PAGE = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/{year}-07-15">
  <Page imageFilename="{image}" imageWidth="100" imageHeight="50">
    <ReadingOrder><OrderedGroup id="g">
      <RegionRefIndexed index="10" regionRef="b"/><RegionRefIndexed index="2" regionRef="a"/>
    </OrderedGroup></ReadingOrder>
    <TextRegion id="b"><TextLine id="l2"><Coords points="0,25 99,25 99,49 0,49"/>
      <Word><TextEquiv><Unicode>second</Unicode></TextEquiv></Word>
      <Word><TextEquiv><Unicode>line</Unicode></TextEquiv></Word></TextLine></TextRegion>
    <TextRegion id="a"><TextLine id="l1"><Coords points="0,0 99,0 99,24 0,24"/><Baseline points="0,20 99,21"/>
      <Word><TextEquiv><Unicode>frist</Unicode></TextEquiv></Word>
      <TextEquiv index="1"><Unicode>worse</Unicode></TextEquiv>
      <TextEquiv index="0"><Unicode>first  line</Unicode></TextEquiv></TextLine></TextRegion>
    <TextRegion id="c"><TextLine id="l3"/></TextRegion>
  </Page></PcGts>"""


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_alto_4_gives_lines_polygons_and_baselines_from_left_to_right(tmp_path: Path) -> None:
    page = read_ground_truth(written(tmp_path, "leaf.xml", ALTO_4))
    assert (page.width, page.height) == (200, 100)
    assert [line.text for line in page.lines] == ["Le >grnad< grand jour", "l'été-"]
    np.testing.assert_array_equal(page.lines[0].polygon, [(10, 10), (190, 10), (190, 40), (10, 40)])
    np.testing.assert_array_equal(page.lines[1].baseline, [(10, 70), (190, 72)])


def test_alto_2_gives_a_box_and_a_level_baseline(tmp_path: Path) -> None:
    (line,) = read_ground_truth(written(tmp_path, "old.xml", ALTO_2)).lines
    np.testing.assert_array_equal(line.polygon, [(20, 30), (120, 30), (120, 70), (20, 70)])
    np.testing.assert_array_equal(line.baseline, [(20, 60), (120, 60)])


@pytest.mark.parametrize("year", [2013, 2016, 2017, 2018, 2019])
def test_page_xml_follows_its_reading_order_and_takes_the_first_reading(tmp_path: Path, year: int) -> None:
    page = read_ground_truth(written(tmp_path, "p.xml", PAGE.format(year=year, image="p.png")))
    assert [line.text for line in page.lines] == ["first line", "second line", ""]
    assert page.text == "first line second line"
    assert page.lines[0].baseline.shape == (2, 2)
    assert page.lines[2].polygon.shape == (0, 2)


def test_crossed_out_words_are_kept_or_dropped_as_asked(tmp_path: Path) -> None:
    path = written(tmp_path, "leaf.xml", ALTO_4)
    assert read_ground_truth(path, crossed_out="drop").lines[0].text == "Le grand jour"
    for text in ("un >film< film", "un >< film", "un <> film"):
        assert has_crossed_out(text)
    assert drop_crossed_out("de la>s< fusion ><") == "de la fusion"
    assert not has_crossed_out("1 < 2 and 3 > 2") and not has_crossed_out("a > b < c")


@pytest.mark.parametrize("kind", ["page", "alto"])
def test_what_inkread_wrote_has_no_marks(tmp_path: Path, kind: str) -> None:
    corners = ((10.0, 10.0), (190.0, 10.0), (190.0, 40.0), (10.0, 40.0))
    line = Line("5 >b< 4", 0.9, corners, (), (Word("5 >b< 4", 0.9, corners),))
    page = Page(1, 200, 100, ModelInfo("reader", "1"), (Region((line,)),))
    path = tmp_path / "leaf.xml"
    with path.open("wb") as out:
        writer(kind).write([PicturedPage(page)], out)
    (read,) = read_ground_truth(path, crossed_out="drop").lines
    assert read.text == "5 >b< 4" and not read.crossed_out
    path.write_text(path.read_text("utf-8").replace(">inkread<", ">another<"), encoding="utf-8")
    (read,) = read_ground_truth(path).lines
    assert read.text == "5 >b< 4" and read.crossed_out


def test_coordinates_are_scaled_to_the_image(tmp_path: Path) -> None:
    page = read_ground_truth(written(tmp_path, "leaf.xml", ALTO_4)).scaled(100, 50)
    np.testing.assert_array_equal(page.lines[0].polygon[2], (95, 20))


@pytest.mark.parametrize("place", ["leaf.png", "../leaf.png", "../pages/leaf.png", "../images/leaf.png"])
def test_the_image_is_found_beside_and_around(tmp_path: Path, place: str) -> None:
    path = written(tmp_path, "alto/leaf.xml", ALTO_4)
    image = written(tmp_path, f"alto/{place}", "")
    page = read_ground_truth(path)
    assert page.image is not None
    assert page.image.resolve() == image.resolve()


def test_an_image_path_cannot_lead_elsewhere(tmp_path: Path) -> None:
    written(tmp_path, "secret.png", "")
    path = written(tmp_path, "a/b/c/p.xml", PAGE.format(year=2019, image="../../../secret.png"))
    assert read_ground_truth(path).image is None


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = written(tmp_path, "secret.txt", "password")
    head = f'<!DOCTYPE alto [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    content = head + ALTO_2.replace('CONTENT="box"', 'CONTENT="box"').replace("<TextBlock>", "<TextBlock>&x;")
    assert "password" not in read_ground_truth(written(tmp_path, "x.xml", content)).text


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<alto>",
        "<html/>",
        ALTO_4.replace('WIDTH="200" ', ""),
        ALTO_4.replace("10 30 190 32", "10 30 190"),
        ALTO_4.replace("10 30 190 32", "10 nan 190 32"),
        ALTO_4.replace("10 30 190 32", "10 1e39 190 32"),
        ALTO_4.replace('WIDTH="200" ', 'WIDTH="1e-300" '),
        ALTO_4.replace('WIDTH="200" ', 'WIDTH="inf" '),
        PAGE.format(year=2019, image="a.png").replace('imageWidth="100"', 'imageWidth="nan"'),
    ],
)
def test_faulty_files_give_one_sentence(tmp_path: Path, content: str) -> None:
    with pytest.raises(GroundTruthError, match=r"^[^\n]*bad\.xml[^\n]*\.$"):
        read_ground_truth(written(tmp_path, "bad.xml", content))


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(GroundTruthError, match="cannot be read"):
        read_ground_truth(tmp_path / "none.xml")


def test_companions_of_an_export_are_passed_over(tmp_path: Path) -> None:
    leaf = written(tmp_path, "alto/leaf.xml", ALTO_4)
    written(tmp_path, "METS.xml", '<mets xmlns="http://www.loc.gov/METS/"/>')
    assert find_ground_truth(tmp_path) == [leaf]
    with pytest.raises(GroundTruthError, match="holds no ALTO"):
        find_ground_truth(tmp_path / "nowhere")


def test_each_line_knows_where_it_stands_and_each_fault_is_told_where_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, "leaf.xml", ALTO_4.replace("10 30 190 32", "10 30 190 x"))
    told: list[tuple[Path, int, str]] = []
    page = read_ground_truth(path, fault=lambda *fault: told.append(fault))
    assert [(line.text, line.row) for line in page.lines] == [("l'été-", 9)]
    ((where, row, fault),) = told
    assert (where, row) == (path, 5)
    assert "'x'" in fault
    with pytest.raises(GroundTruthError, match=r"leaf\.xml, line 5: holds a number"):
        read_ground_truth(path)
