"""Hands fill lines and keep to their width."""

from collections.abc import Callable

import numpy as np
import pytest

from inkread.datasets.base import sample_rng
from inkread.datasets.page_hands import Hands
from inkread.ink.layer import InkLine, ink_box
from tests.page_hand import Pens


class Fonts:
    """Writes a bar for each character, at an x-height of 22."""

    def hand(
        self, rng: np.random.Generator
    ) -> tuple[str, Callable[[int, np.random.Generator, str], InkLine | None]]:
        def write(length: int, rng: np.random.Generator, lead: str = "") -> InkLine | None:
            length += len(lead)
            coverage = np.zeros((60, 20 + 15 * length), np.uint8)
            coverage[20:42, 10 : 10 + 15 * length : 15] = 255
            return InkLine(coverage, lead + "l" * (length - len(lead)), ink_box(coverage), 42.0, 22.0)

        return "fonts", write


@pytest.mark.parametrize("pens", [True, False])
def test_lines_are_as_wide_as_asked_for(pens: bool) -> None:
    hand = Hands(Pens() if pens else None, None if pens else Fonts()).choose(sample_rng(1, 1), 10.0)
    for index in range(12):
        written = hand.line(400.0, sample_rng(2, index))
        assert written is not None and written.width <= 400.0 and written.x_height == 10.0
        assert index < 4 or written.width > 250.0
    assert hand.line(1.0, sample_rng(3, 0)) is None or not pens


def test_words_are_where_their_strokes_are() -> None:
    hand = Hands(Pens(), None).choose(sample_rng(1, 2), 12.0)
    written = hand.line(300.0, sample_rng(4, 0))
    assert written is not None and len(written.words) == len(written.text.split()) > 2
    for (left, right), first in zip(written.words, written.strokes[::2], strict=True):
        assert left - 0.01 <= first[:, 0].min() < right
    assert written.strokes[0][:, 0].min() == pytest.approx(0.0, abs=3.0)


def test_a_hand_in_another_size_is_the_same_hand() -> None:
    for hands in (Hands(Pens(), None), Hands(None, Fonts())):
        hand = hands.choose(sample_rng(1, 3), 12.0)
        assert hand.sized(0.5).x_height == 6.0 and hand.sized(0.5).name == hand.name


@pytest.mark.parametrize("hands", [Hands(Pens(), None), Hands(None, Fonts())], ids=["pens", "fonts"])
def test_a_hand_writes_what_it_is_told_to_begin_with(hands: Hands) -> None:
    hand = hands.choose(sample_rng(1, 4), 12.0)
    word, line = hand.word("17.", sample_rng(1, 5)), hand.line(300.0, sample_rng(1, 6), "17.")
    assert word is not None and word.text == "17." and line is not None
    assert line.text.startswith("17.") and len(line.text) > 10
