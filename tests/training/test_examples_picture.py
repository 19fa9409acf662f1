"""What the picture of examples shows, by the colours at known places."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.training.examples_picture import Shown, draw_examples
from tests.pictures import coloured


@pytest.mark.parametrize("prediction", ["naïve café", "œuvre …"])
def test_examples_are_green_where_right_and_red_with_the_truth_where_wrong(prediction: str) -> None:
    image = np.full((28, 200), 255, np.uint8)
    picture = draw_examples([Shown(image, "naïve café", prediction, 0.5)]).astype(int)
    red, green, _ = np.moveaxis(picture, 2, 0)
    right = prediction == "naïve café"
    assert ((green - red > 40).any(), (red - green > 40).any()) == (right, not right)
    assert picture.shape[0] > 28 + (18 if right else 36)


def test_letters_beyond_ascii_are_not_question_marks() -> None:
    image = np.full((28, 40), 255, np.uint8)
    drawn = [draw_examples([Shown(image, text, text)]) for text in ("é", "?")]
    assert not np.array_equal(*drawn)


def test_maps_stand_beside_one_another_in_the_colours_of_their_classes() -> None:
    truth = np.zeros((64, 64), np.uint8)
    truth[:32] = 1
    ink = np.zeros((128, 128), np.uint8)
    picture = draw_examples([Shown(ink, truth, np.where(truth == 1, 2, 0))]).astype(int)
    right = 128 + 6 + 10  # small maps are drawn twice as large
    odd, none, even = picture[10, 10], picture[110, 10], picture[10, right]
    assert tuple(none) == (0, 0, 0), "ink of no line is black"
    assert odd[0] > odd[2] + 50, "odd lines are red"
    assert even[2] > even[0] + 50, "even lines are blue"


def test_examples_fit_side_by_side_and_none_are_a_blank() -> None:
    image = np.full((28, 28), 255, np.uint8)
    one = draw_examples([Shown(image, "a", "a")])
    assert draw_examples([Shown(image, "a", "a")] * 5, columns=2).shape == (
        one.shape[0] * 3,
        one.shape[1] * 2,
        3,
    )
    assert not coloured(draw_examples([])).any()
