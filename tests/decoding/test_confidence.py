"""Confidence from evidence worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inkread.alphabet import Alphabet
from inkread.decoding import confidence
from inkread.decoding.calibration import CHARACTER, Calibration, Scale, logistic, word_places
from inkread.decoding.evidence import evidence
from inkread.decoding.greedy import greedy
from inkread.decoding.hypothesis import Hypothesis
from inkread.errors import BundleError

AB = Alphabet("a b")
TABLE = np.log(np.array([[0.1, 0.7, 0.1, 0.1], [0.05, 0.9, 0.0, 0.05], [0.1, 0.0, 0.9, 0.0],
                         [0.4, 0.0, 0.1, 0.5]], dtype=np.float32) + 1e-9)  # fmt: skip


def of(name: str, features: np.ndarray) -> list[float]:
    return features[:, CHARACTER.index(name)].tolist()


def test_without_calibration_a_character_is_as_sure_as_its_surest_frame() -> None:
    reading = greedy(TABLE, AB)
    assert reading.text == "a b"
    sure = confidence.of(TABLE, [reading], AB, Calibration())
    assert sure.characters == pytest.approx((0.9, 0.9, 0.5), abs=1e-3)
    assert sure.line == pytest.approx(np.mean((0.9, 0.9, 0.5)), abs=1e-3)
    assert len(sure.words) == 2 and sure.words[0] > sure.words[1]
    assert confidence.of_characters(TABLE, reading, AB) == pytest.approx((0.9, 0.9, 0.5), abs=1e-3)
    assert confidence.of_line((0.9, 0.5)) == pytest.approx(0.7)


def test_an_empty_reading_is_not_sure() -> None:
    sure = confidence.of(TABLE, [Hypothesis("", -1.0, ())], AB, Calibration())
    assert (sure.line, sure.words, sure.characters) == (0.0, (), ())
    assert confidence.of_line(()) == 0.0


def test_what_other_readings_have_too_is_agreed() -> None:
    frames = ((0, 2), (2, 3), (3, 4))
    readings = [
        Hypothesis("a b", np.log(0.6), frames, usual=(-1.0, -1.0, -1.0)),
        Hypothesis("a a", np.log(0.2), frames),
    ]
    agreed = logistic(np.array(of("agreed", evidence(TABLE, readings, AB)))[:, None], (1.0,))
    assert agreed == pytest.approx((1.0, 1.0, 0.75), abs=1e-3)


def test_little_text_for_much_ink_and_odd_text_are_told_apart() -> None:
    reading = replace(greedy(TABLE, AB), usual=(-1.0, -1.0, -1.0))
    usual, odd = (
        evidence(TABLE, [replace(reading, usual=logs)], AB, ink)
        for logs, ink in (((-1.0, -1.0, -1.0), 9.0), ((-6.0, -6.0, -6.0), 90.0))
    )
    assert of("crowding", usual) == [0.0] * 3 and of("strange", usual) == [0.0] * 3
    assert min(of("crowding", odd)) > 1.0 and of("strange", odd) == pytest.approx([3.5] * 3)


def test_readings_with_and_without_a_language_model_have_scales_of_their_own() -> None:
    never = Scale(characters=(-9.0, *[0.0] * (len(CHARACTER) - 1)))
    calibration, reading = Calibration(with_model=never), greedy(TABLE, AB)
    alone = confidence.of(TABLE, [reading], AB, calibration)
    with_model = confidence.of(TABLE, [replace(reading, usual=(-1.0, -1.0, -1.0))], AB, calibration)
    assert max(with_model.characters) < 0.01 < min(alone.characters)


def test_a_word_has_the_spaces_that_bound_it() -> None:
    assert word_places(" ab  c") == [[0, 1, 2, 3], [4, 5]]
    assert word_places("") == []


def test_a_calibration_comes_back_from_a_bundle() -> None:
    calibration = Calibration(alone=Scale(line=(0.1, 2.0, 0.3)))
    assert Calibration.from_dict(calibration.to_dict()) == calibration
    assert Calibration.from_dict({}) == Calibration()


@pytest.mark.parametrize(
    "values", [{"other": {}}, {"alone": {"line": [1.0]}}, {"alone": {"line": ["x", 1, 2]}}, {"alone": 3}]
)
def test_numbers_that_are_no_calibration_are_refused(values: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(BundleError, match="calibration"):
        Calibration.from_dict(values)
