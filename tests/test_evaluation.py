"""Scores against counts made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkread.errors import GroundTruthError
from inkread.evaluation import Scores, evaluate_pages, find_pages
from inkread.reader import Reader
from tests.pictures import LINES, page_picture

ALTO = """<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><sourceImageInformation>
<fileName>letter.png</fileName></sourceImageInformation></Description><Layout>
<Page WIDTH="1800" HEIGHT="940"><PrintSpace>{}</PrintSpace></Page></Layout></alto>"""
LINE = """<TextLine BASELINE="{left} {feet} {right} {feet}"><Shape>
<Polygon POINTS="{left} {top} {right} {top} {right} {bottom} {left} {bottom}"/></Shape>
<String CONTENT="{text}"/></TextLine>"""


def test_rates_are_of_the_whole_corpus() -> None:
    scores = Scores()
    scores.add("a", "abcd", "abcd")
    scores.add("b", "ab", "xy")
    assert scores.characters.rate == pytest.approx(2 / 6) and scores.words.rate == 0.5
    assert [item[1] for item in scores.worst(1)] == ["b"]


def test_pages_beside_alto_at_another_scale(reader: Reader, tmp_path: Path) -> None:
    page_picture().save(tmp_path / "letter.png")
    lines = [
        LINE.format(
            left=200, right=1500, top=170 + 180 * n, bottom=280 + 180 * n, feet=250 + 180 * n, text=text
        )
        for n, text in enumerate(LINES)
    ]
    crossed = LINE.format(left=0, right=90, top=900, bottom=930, feet=925, text="&gt;gone&lt;")
    (tmp_path / "letter.xml").write_text(ALTO.format("".join([*lines, crossed])))
    steps: list[str] = []
    scores = evaluate_pages(reader, tmp_path, step=steps.append)
    assert steps == ["letter"]
    assert (scores.lines_true, scores.lines_found, scores.lines_read) == (3, 3, 3)
    assert (scores.lines.split, scores.lines.merged, scores.lines.spurious) == (0, 0, 0)
    assert scores.read.characters.rate < 0.1 and scores.seconds > 0
    kept = find_pages(tmp_path, "keep")[0]
    assert kept.text.endswith(">gone<") and len(kept.polygons) == 4


def test_a_page_without_its_image_counts_as_read_empty(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "letter.xml").write_text(
        ALTO.format(LINE.format(left=0, right=90, top=0, bottom=30, feet=25, text="lost"))
    )
    scores = evaluate_pages(reader, tmp_path)
    assert scores.read.characters.rate == 1.0 and scores.failed[0][0] == "letter"
    assert (scores.lines_true, scores.lines_found) == (1, 0)


def test_a_folder_without_pages(tmp_path: Path) -> None:
    with pytest.raises(GroundTruthError):
        find_pages(tmp_path)


def test_a_text_in_another_encoding_is_named(tmp_path: Path) -> None:
    page_picture().save(tmp_path / "letter.png")
    (tmp_path / "letter.txt").write_bytes("été".encode("latin-1"))
    with pytest.raises(GroundTruthError, match=r"letter\.txt is not text in UTF-8"):
        find_pages(tmp_path)
