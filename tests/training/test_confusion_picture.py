"""What the picture of confusions shows, by the colours at known places."""

from __future__ import annotations

import numpy as np

from inkread.training.confusion_picture import draw_confusion


def test_confusions_are_red_and_classes_without_examples_left_out() -> None:
    counts = np.array([[9, 1, 0], [0, 10, 0], [0, 0, 0]])
    picture = draw_confusion(counts, ["a", "b", "unseen"], cell=10).astype(int)
    assert picture.shape == (40, 40, 3)
    right, confused, empty = picture[25, 25], picture[25, 35], picture[35, 25]
    assert right[1] > right[0] + 40 and confused[0] > confused[1] + 10 and (empty == 255).all()
