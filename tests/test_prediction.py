"""Prediction tests: the shipped models read pinned pictures, from the file to the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkread import Reader
from inkread.datasets.folder import read_index
from inkread.images.open import open_page
from inkread.metrics import character_errors

ROOT = Path(__file__).parents[1]


def test_the_photo_of_the_readme_is_read_with_at_most_three_wrong_characters() -> None:
    page = Reader().read(ROOT / "samples" / "phone-photo.jpg")
    lines = (ROOT / "samples" / "phone-photo.txt").read_text(encoding="utf-8").split("\n")
    errors = character_errors(" ".join(line for line in lines if line), " ".join(page.text.split()))
    assert errors.errors <= 3, page.text
    assert [len(region.lines) for region in page.regions] == [1, 3]


@pytest.mark.parametrize(
    ("name", "most"),
    [("imp_wikitexte_0150-08.jpg", 8), ("wikitexte_0240-04.jpg", 6)],
)
def test_lines_of_unseen_hands_are_read(name: str, most: int, reader: Reader) -> None:
    folder = ROOT / "evaluation" / "samples" / "lines"
    ((path, text),) = [row for row in read_index(folder) if row[0].name == name]
    line = reader.read_line(open_page(path).image)
    assert character_errors(text, line.text).errors <= most, line.text


def test_white_on_black_reads_as_black_on_white(reader: Reader) -> None:
    path, _ = read_index(ROOT / "evaluation" / "samples" / "lines")[1]
    image = open_page(path).image
    assert reader.read_line(255 - image).text == reader.read_line(image).text
