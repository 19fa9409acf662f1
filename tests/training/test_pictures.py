"""What the pictures of a run show, by the colours at known places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkread.training.pictures import Shown, draw_confusion, draw_curves, draw_examples, save_picture


def coloured(picture: np.ndarray) -> np.ndarray:
    """Whether each pixel is coloured, neither grey nor white."""
    return np.ptp(picture.astype(int), axis=2) > 60


def test_curves_fall_and_rise_as_the_figures_do() -> None:
    rows = [
        {"epoch": epoch, "loss": 4.0 / epoch, "val_loss": 5.0 / epoch, "val_accuracy": 1 - 1 / epoch}
        for epoch in range(1, 11)
    ]
    picture = draw_curves(rows, panel=(640, 300))
    assert picture.shape == (600, 640, 3) and picture.dtype == np.uint8
    for panel, direction in ((picture[:300], 1), (picture[300:], -1)):
        drawn = coloured(panel)[:, 60:470]
        ends = [
            np.flatnonzero(drawn[:, columns].any(axis=1)).mean()
            for columns in (slice(0, 60), slice(350, 410))
        ]
        assert np.sign(ends[1] - ends[0]) == direction


def test_curves_with_gaps_one_row_or_none_are_drawn() -> None:
    assert not coloured(draw_curves([])).any()
    assert coloured(draw_curves([{"epoch": 1, "loss": 2.0}])).any()
    rows = [{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": float("nan"), "val_loss": 0.0}]
    assert coloured(draw_curves(rows)).any()


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


def test_confusions_are_red_and_classes_without_examples_left_out() -> None:
    counts = np.array([[9, 1, 0], [0, 10, 0], [0, 0, 0]])
    picture = draw_confusion(counts, ["a", "b", "unseen"], cell=10).astype(int)
    assert picture.shape == (40, 40, 3)
    right, confused, empty = picture[25, 25], picture[25, 35], picture[35, 25]
    assert right[1] > right[0] + 40 and confused[0] > confused[1] + 10 and (empty == 255).all()


def test_a_saved_picture_is_read_back_the_same(tmp_path: Path) -> None:
    picture = draw_curves([{"epoch": 1, "loss": 2.0}])
    save_picture(tmp_path / "curves.png", picture)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "curves.png")), picture)
