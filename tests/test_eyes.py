from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from inkread.eyes import Eyes, parts
from inkread.layout.cutter import Crop
from inkread.layout.found import FoundLine
from inkread.recogniser import Recogniser

Image = npt.NDArray[np.uint8]


class Counting:
    """Gives of each crop its width, and counts what it was shown."""

    def __init__(self) -> None:
        self.shown = 0

    def recognise(self, crops: Sequence[Image]) -> list[npt.NDArray[np.float32]]:
        self.shown += len(crops)
        return [np.full((1, 1), crop.shape[1], dtype=np.float32) for crop in crops]


def crop(width: int, height: int = 10) -> Crop:
    box = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    return Crop(np.zeros((height, width), dtype=np.uint8), FoundLine(box, box[[3, 2]]), np.ones(2))


def test_what_was_seen_is_not_looked_at_again_until_it_is_forgotten() -> None:
    counting = Counting()
    eyes = Eyes(cast("Recogniser", counting))
    images = [crop(width).image for width in (10, 20, 30)]
    assert [seen.item() for seen in eyes(images[:2])] == [10, 20] and counting.shown == 2
    assert [seen.item() for seen in eyes.last(images)] == [10, 20, 30] and counting.shown == 3
    eyes(images)
    assert counting.shown == 6


def test_many_long_lines_are_read_in_parts_and_each_once() -> None:
    crops = [crop(width) for width in (100, 200, 300, 50, 900, 10)]
    assert [[one.image.shape[1] for one in part] for part in parts(crops, 31.0)] == [
        [100, 200], [300], [50], [900], [10]
    ]  # fmt: skip
    assert list(parts(crops)) == [crops]
    assert list(parts([])) == []
