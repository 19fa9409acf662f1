import cv2
import numpy as np
import pytest

from inkread.datasets.base import sample_rng
from inkread.errors import ImageError
from inkread.images.line import normalise_line
from inkread.ink.finish import finish, vary
from inkread.ink.layer import InkLine, ink_box


def line(text: str = "handgloves") -> InkLine:
    coverage = np.zeros((80, 60 + 20 * len(text)), np.uint8)
    cv2.putText(coverage, text, (20, 50), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 2, cv2.LINE_AA)
    return InkLine(coverage, text, ink_box(coverage), 50.0, 17.0)


def test_the_box_is_tight() -> None:
    coverage = np.zeros((30, 40), np.uint8)
    coverage[4:9, 10:20] = 255
    assert ink_box(coverage) == (10, 4, 20, 9)
    assert ink_box(np.zeros((30, 40), np.uint8)) == (0, 0, 40, 30)


def test_a_finished_line_is_a_function_of_its_generator() -> None:
    for index in range(12):
        first, again = (finish(line(), sample_rng(5, index), line("up"), line("low")) for _ in range(2))
        assert np.array_equal(first, again)
    assert not np.array_equal(finish(line(), sample_rng(5, 0)), finish(line(), sample_rng(5, 1)))


def test_finished_lines_have_the_size_and_the_ink_that_reading_needs() -> None:
    for index in range(80):
        image = finish(line(), sample_rng(6, index))
        assert image.dtype == np.uint8
        assert 34 <= image.shape[0] <= 130
        assert image.shape[1] > 2 * image.shape[0]
        normal = normalise_line(image)
        assert 0.01 < (normal < 128).mean() < 0.5


def test_neighbours_show_at_the_edges_only() -> None:
    own = line("o")
    alone = [finish(own, sample_rng(7, index)) for index in range(30)]
    among = [finish(own, sample_rng(7, index), line("gggggg"), line("hhhhhh")) for index in range(30)]
    assert sum(image.shape[0] for image in among) < 1.3 * sum(image.shape[0] for image in alone)


def test_a_line_of_one_dot_is_finished_too() -> None:
    coverage = np.zeros((40, 40), np.uint8)
    coverage[30:33, 20:23] = 255
    dot = InkLine(coverage, ".", ink_box(coverage), 33.0, 20.0)
    for index in range(30):
        assert finish(dot, sample_rng(8, index), dot, dot).size > 0


@pytest.mark.parametrize("shape", [(80, 500), (80, 500, 3), (64, 300, 4), (20, 30), (300, 40)])
def test_real_crops_of_any_form_are_varied(shape: tuple[int, ...]) -> None:
    crop = np.full(shape, 240, np.uint8)
    crop[shape[0] // 3 : shape[0] // 2, 5:-5] = 40
    for index in range(15):
        image = vary(crop, sample_rng(9, index))
        assert image.dtype == np.uint8
        assert image.ndim == 2
        assert 40 <= image.shape[0] <= 130
        assert np.array_equal(image, vary(crop, sample_rng(9, index)))


def test_a_blank_crop_stays_blank_enough() -> None:
    for index in range(20):
        assert vary(np.full((70, 400), 250, np.uint8), sample_rng(10, index)).size > 0


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(ImageError):
        vary(np.zeros((10, 10), np.float32), sample_rng(0, 0))  # type: ignore[arg-type]
