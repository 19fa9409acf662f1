"""Synthetic pages of the two-writer UNIPEN: labels are exact, chance lies in the generator alone."""

import cv2
import numpy as np
import pytest

from inkread.datasets.base import sample_rng
from inkread.datasets.synthetic_pages import SyntheticPages
from inkread.datasets.unipen_lines import UnipenLines
from inkread.errors import ConfigError
from inkread.ink.page_sample import PageSample
from inkread.ink.page_styles import LAYOUTS


@pytest.fixture(scope="module")
def pens(words_and_texts: UnipenLines) -> UnipenLines:
    return words_and_texts


@pytest.fixture(scope="module")
def samples(pens: UnipenLines) -> list[PageSample]:
    pages = SyntheticPages(pens, sides=(360, 480))
    return [pages.sample(index, sample_rng(5, index)) for index in range(14)]


def test_a_page_is_a_function_of_its_generator(pens: UnipenLines) -> None:
    pages = SyntheticPages(pens, sides=(300, 400))
    for index in range(4):
        one, two = (pages.sample(number, sample_rng(2, index)) for number in (index, 99))
        assert np.array_equal(one.image, two.image) and np.array_equal(one.owner, two.owner)
        assert [line.text for line in one.lines] == [line.text for line in two.lines]
        assert one.traits == two.traits


def test_a_page_is_what_it_says(samples: list[PageSample]) -> None:
    for page in samples:
        rows, columns = page.owner.shape
        assert page.image.shape == (rows, columns, 3) and page.image.dtype == np.uint8
        assert page.owner.dtype == np.int32 and page.owner.max() == len(page.lines)
        assert [line.order for line in page.lines] == list(range(len(page.lines)))
        for line in page.lines:
            assert line.baseline.dtype == line.polygon.dtype == np.float32
            assert len(line.baseline) >= 2 and len(line.polygon) >= 4
            assert line.baseline[0, 0] < line.baseline[-1, 0]
            assert _area(line.polygon) > 0, "clockwise as one sees it, rows growing downwards"


def _area(polygon: np.ndarray) -> float:
    after = np.roll(polygon, -1, axis=0)
    return float((polygon[:, 0] * after[:, 1] - after[:, 0] * polygon[:, 1]).sum() / 2.0)


def test_the_ink_of_a_line_lies_within_its_polygon(samples: list[PageSample]) -> None:
    for page in samples:
        for number, line in enumerate(page.lines, start=1):
            mask = np.zeros(page.owner.shape, np.uint8)
            fixed = np.rint(line.polygon * 16).astype(np.int32).reshape(-1, 1, 2)
            cv2.fillPoly(mask, [fixed], 1, cv2.LINE_8, 4)
            own = page.owner == number
            assert own.any()
            outside = int((own & (mask == 0)).sum())
            assert outside <= 0.002 * own.sum(), (sorted(page.traits), line.kind, outside, own.sum())


def test_the_letters_stand_on_the_baseline(samples: list[PageSample]) -> None:
    for page in samples:
        if "crossed" in page.traits:
            continue
        for number, line in enumerate(page.lines, start=1):
            rows, columns = np.nonzero(page.owner == number)
            foot = np.interp(columns, line.baseline[:, 0], line.baseline[:, 1])
            above = (foot - rows) / line.x_height
            assert np.mean((above > -0.35) & (above < 2.6)) > 0.97, (sorted(page.traits), line.kind)
            lowest = np.percentile(above, 3)
            assert -0.35 < lowest < 0.45, (sorted(page.traits), line.kind)


def test_ink_is_darker_than_what_is_about_it(samples: list[PageSample]) -> None:
    for page in samples:
        grey = page.image.mean(axis=2)
        near = cv2.dilate((page.owner > 0).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        assert grey[page.owner > 0].mean() < grey[near & (page.owner == 0)].mean() - 4


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_every_layout_makes_pages(pens: UnipenLines, name: str) -> None:
    pages = SyntheticPages(pens, sides=(500, 500), layouts=[name])
    for index in range(2):
        page = pages.sample(0, sample_rng(3, index))
        assert name in page.traits and page.lines


def test_a_blank_page_has_no_lines(pens: UnipenLines) -> None:
    pages = SyntheticPages(pens, sides=(300, 400), blank=1.0)
    for index in range(12):
        page = pages.sample(0, sample_rng(9, index))
        assert page.lines == () and not page.owner.any() and "blank" in page.traits
        assert page.image.shape[:2] == page.owner.shape


def test_what_cannot_be_made_is_refused(pens: UnipenLines) -> None:
    with pytest.raises(ConfigError, match="pens or fonts"):
        SyntheticPages(None)
    with pytest.raises(ConfigError, match="poster"):
        SyntheticPages(pens, layouts=["poster"])
    with pytest.raises(ConfigError, match="pixels"):
        SyntheticPages(pens, sides=(900, 400))
