"""Synthetic test pages: what is written beside them is what is on them."""

from pathlib import Path

import cv2
import numpy as np
import prepare_pages
import pytest
from page_scores import paint_out, read_sheets, read_traits, score_each, without_print
from page_systems import PageReading
from pages import rows_by
from prepare_pages import choose, write_set

from inkread.datasets.base import sample_rng
from inkread.datasets.synthetic_pages import SyntheticPages
from tests.page_hand import Pens


@pytest.fixture(scope="module")
def source() -> SyntheticPages:
    return SyntheticPages(Pens(), sides=(300, 400), layouts=["prose", "form", "columns"])


def test_a_set_is_read_back_as_it_was_made(source: SyntheticPages, tmp_path: Path) -> None:
    write_set(tmp_path, source, 3, [0, 2, 5])
    sheets = read_sheets(tmp_path)
    samples = [source.sample(0, sample_rng(3, number)) for number in (0, 2, 5)]
    traits = read_traits(tmp_path / "traits.tsv")
    for sheet, sample in zip(sheets, samples, strict=True):
        assert sheet.truth.text == " ".join(line.text for line in sample.lines if line.text)
        assert len(sheet.prints) == len(sample.print_boxes)
        assert {trait for trait, pages in traits.items() if sheet.truth.name in pages} == sample.traits
        assert sheet.truth.image is not None
        seen = cv2.imread(str(sheet.truth.image))
        assert seen is not None and seen.shape == sample.image.shape
        true = [line.polygon for line in sample.lines if line.text]
        for mine, theirs in zip(sheet.truth.polygons, true, strict=True):
            assert np.abs(mine.mean(axis=0) - theirs.mean(axis=0)).max() < 3
    perfect = [
        PageReading(sheet.truth.text, [polygon.tolist() for polygon in sheet.truth.polygons])
        for sheet in sheets
    ]
    each = score_each(sheets, perfect)
    rows = rows_by(tmp_path, "perfect", each, "traits.tsv")
    assert {row[0].split(": ")[1] for row in rows} == set(traits)
    assert all(row[9] == "0.00" for row in rows), "no errors"
    assert all(int(row[2]) == len(traits[row[0].split(": ")[1]]) for row in rows)


def test_pages_are_chosen_for_what_is_rare() -> None:
    pages = [frozenset({"common"})] * 30 + [frozenset({"rare"}), frozenset({"common", "other"})]
    chosen = choose(pages, 4)
    assert {30, 31} <= set(chosen) and chosen == sorted(chosen) and len(chosen) == 4


def test_fonts_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(prepare_pages, "make_page_source", lambda _, settings: asked.append(settings))
    for with_fonts in (True, False):
        prepare_pages.source_of(Path("data"), "test", with_fonts)
    assert asked[0]["fonts"]["part"] == "test" and asked[1]["fonts"] is None
    assert [settings["pens"]["split"] for settings in asked] == ["test", "test"]


def square(x: float, y: float, width: float, height: float = 10.0) -> list[list[float]]:
    return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]


def test_reading_print_is_no_error_and_handwriting_beside_it_stays() -> None:
    prints = [np.array(square(0, 0, 100))]
    reading = PageReading(
        "Printed header Name: Ann",
        [square(0, 1, 98, 8), square(60, 0, 120)],
        words=[[("Printed", square(0, 1, 50)), ("header", square(52, 1, 46))],
               [("Name:", square(60, 0, 38)), ("Ann", square(110, 0, 60))]],
    )  # fmt: skip
    left = without_print(reading, prints)
    assert left.text == "Ann" and list(left.polygons) == [square(60, 0, 120)]
    assert without_print(reading, []) is reading
    image = np.full((40, 200), 200, np.uint8)
    image[4:6, :150] = 10
    out = paint_out(image, prints)
    assert (out[:10, :100] == 200).all() and (out[4:6, 105:150] == 10).all() and image[5, 5] == 10
