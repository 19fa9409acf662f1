"""The best path on matrices small enough to read by eye."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.alphabet import Alphabet
from inkread.decoding.greedy import greedy

AB = Alphabet("ab")


def path(*classes: int) -> np.ndarray:
    """Log probabilities in which each frame's class has 0.8 and the others share the rest."""
    table = np.full((len(classes), 3), 0.1, dtype=np.float32)
    table[np.arange(len(classes)), list(classes)] = 0.8
    return np.log(table)


@pytest.mark.parametrize(
    ("classes", "text", "frames"),
    [
        ((1, 1, 0, 2), "ab", ((0, 2), (3, 4))),
        ((1, 0, 1), "aa", ((0, 1), (2, 3))),
        ((1, 1, 1), "a", ((0, 3),)),
        ((1, 2, 1), "aba", ((0, 1), (1, 2), (2, 3))),
        ((0, 0), "", ()),
    ],
)
def test_repeats_merge_and_blanks_part(classes: tuple[int, ...], text: str, frames: tuple) -> None:
    reading = greedy(path(*classes), AB)
    assert (reading.text, reading.frames) == (text, frames)
    assert reading.score == pytest.approx(len(classes) * np.log(0.8), rel=1e-5)


def test_no_frames_give_no_text() -> None:
    assert greedy(np.zeros((0, 3), dtype=np.float32), AB).text == ""
