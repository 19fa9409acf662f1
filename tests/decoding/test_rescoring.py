"""Readings are weighed again by whole sentences, where there is something to choose."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from inkread.alphabet import Alphabet
from inkread.decoding.beam import BeamDecoder
from inkread.decoding.language import LanguageModel
from inkread.decoding.rescoring import Rescoring


class Told:
    """Gives each text the score it was told."""

    def __init__(self, scores: dict[str, float]) -> None:
        self.scores = scores
        self.asked: list[str] = []

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        self.asked += texts
        return [self.scores[text] for text in texts]


def test_scores_are_a_weighed_sum() -> None:
    scorer = Told({"a": -1.0, "bb": -5.0})
    scores = Rescoring(weight=0.5, ngram_weight=-0.25, bonus=0.1).weigh(
        scorer, ["a", "bb"], [-3.0, -2.0], [-4.0, -8.0]
    )
    assert scores == pytest.approx([-3.0 - 0.5 + 1.0 + 0.1, -2.0 - 2.5 + 2.0 + 0.2])


def test_only_the_best_are_weighed_and_the_others_gain_nothing_by_it() -> None:
    scorer = Told({"a": -9.0, "b": -1.0})
    scores = Rescoring(weight=1.0, ngram_weight=0.0, bonus=0.0, most=2).weigh(
        scorer, ["c", "a", "b"], [-3.0, -1.0, -2.0], [0.0] * 3
    )
    assert scorer.asked == ["a", "b"]
    assert scores == [-12.0, -10.0, -3.0]


def test_a_reading_that_is_sure_is_left_alone() -> None:
    scorer = Told({})
    assert Rescoring(sure=0.99).weigh(scorer, ["a", "b"], [-1.0, -9.0], [0.0, 0.0]) == [-1.0, -9.0]
    assert Rescoring().weigh(scorer, ["a"], [-1.0], [0.0]) == [-1.0]
    assert not scorer.asked


def test_the_beam_reads_what_the_sentence_model_prefers(language_model: LanguageModel) -> None:
    alphabet = Alphabet("acht ")
    rows = np.full((3, len(alphabet)), 1e-6, dtype=np.float32)
    for row, (first, second) in zip(rows, ("ch", "aa", "tt"), strict=True):
        row[alphabet.class_of(first)] += 0.5
        row[alphabet.class_of(second)] += 0.5
    log_probs = np.log(rows / rows.sum(axis=1, keepdims=True))
    for liked in ("cat", "hat"):
        scorer = Told({"cat": -20.0, "hat": -20.0, liked: 0.0})
        beam = BeamDecoder(
            alphabet, language_model, sentences=scorer, rescoring=Rescoring(weight=1.0, sure=1.1, most=2)
        )
        readings = beam.decode(log_probs, {"en": 1.0})
        assert readings[0].text == liked
        assert readings[0].probability > 0.99
        assert math.isclose(sum(reading.probability for reading in readings), 1.0, abs_tol=1e-3)
        assert set(scorer.asked) == {"cat", "hat"}


def test_without_a_language_no_sentence_is_weighed(language_model: LanguageModel) -> None:
    scorer = Told({})
    beam = BeamDecoder(Alphabet("ab"), language_model, sentences=scorer)
    beam.decode(np.log(np.full((4, 3), 1 / 3, dtype=np.float32)), {})
    assert not scorer.asked
