"""Confidence from posteriors worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.alphabet import Alphabet
from inkread.decoding import confidence
from inkread.decoding.greedy import greedy
from inkread.decoding.hypothesis import Hypothesis

AB = Alphabet("a b")
TABLE = np.log(np.array([[0.1, 0.7, 0.1, 0.1], [0.05, 0.9, 0.0, 0.05], [0.1, 0.0, 0.9, 0.0],
                         [0.4, 0.0, 0.1, 0.5]], dtype=np.float32) + 1e-9)  # fmt: skip


def test_a_character_is_as_sure_as_its_surest_frame() -> None:
    reading = greedy(TABLE, AB)
    assert reading.text == "a b"
    assert confidence.of_characters(TABLE, reading, AB) == pytest.approx((0.9, 0.9, 0.5), abs=1e-3)


def test_line_and_words() -> None:
    assert confidence.of_line((0.9, 0.9, 0.5)) == pytest.approx((0.9 * 0.9 * 0.5) ** (1 / 3))
    assert confidence.of_line(()) == 0.0
    assert confidence.of_words("ab  c", (0.9, 0.5, 1.0, 1.0, 0.7)) == (0.5, 0.7)
    assert confidence.of_words("", ()) == ()


def test_heat_makes_less_sure_and_keeps_sums() -> None:
    warm = confidence.heat(TABLE, 2.0)
    assert np.exp(warm).sum(axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    reading = greedy(TABLE, AB)
    assert all(
        after < before
        for before, after in zip(
            confidence.of_characters(TABLE, reading, AB),
            confidence.of_characters(TABLE, reading, AB, 2.0),
            strict=True,
        )
    )


def test_alternatives_are_weighed_by_score() -> None:
    readings = [Hypothesis("a", np.log(0.6), ((0, 2),)), Hypothesis("b", np.log(0.2), ((0, 2),))]
    assert confidence.among(readings) == pytest.approx((0.75, 0.25))
    assert confidence.of(TABLE, readings, AB).alternatives == pytest.approx((0.25,))


def test_an_empty_reading_is_not_sure() -> None:
    sure = confidence.of(TABLE, [Hypothesis("", -1.0, ())], AB)
    assert (sure.line, sure.characters, sure.alternatives) == (0.0, (), ())
