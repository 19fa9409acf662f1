"""The language of a page."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.choose import blend_of, choose, is_figures
from inkread.decoding.language import LanguageModel


def sure(text: str) -> np.ndarray:
    table = np.full((2 * len(text) + 1, len(READER_ALPHABET)), 1e-6)
    table[::2, 0] = 1.0
    table[np.arange(len(text)) * 2 + 1, READER_ALPHABET.encode(text)] = 1.0
    return np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)


def test_a_page_in_one_language_gets_that_language(language_model: LanguageModel) -> None:
    english = [sure("The man had a hat and"), sure("the cat sat on the mat.")]
    french = [sure("Le chat était sur la table"), sure("et il a mangé depuis l'été.")]
    assert choose(english, READER_ALPHABET, language_model) == {"en": 1.0}
    assert choose(french, READER_ALPHABET, language_model) == {"fr": 1.0}


def test_little_text_is_weighed_and_the_weights_sum_to_one(language_model: LanguageModel) -> None:
    for text in ("", "a", "12"):
        blend = blend_of(text, language_model)
        assert set(blend) == {"en", "fr"}
        assert sum(blend.values()) == pytest.approx(1.0)
    assert blend_of("", language_model) == {"en": 0.5, "fr": 0.5}


def test_a_page_without_lines_weighs_all_alike(language_model: LanguageModel) -> None:
    assert choose([], READER_ALPHABET, language_model) == {"en": 0.5, "fr": 0.5}


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("8682 01906", True),
        ("AB-1204-7", True),
        ("12 mai", False),
        ("room 12", False),
        ("", False),
        ("--", False),
    ],
)
def test_figures_are_in_no_language(text: str, figures: bool) -> None:
    assert is_figures(sure(text), READER_ALPHABET) is figures
