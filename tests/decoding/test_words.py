"""Known words: what counts as one, and how a list travels."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.beam import BeamDecoder
from inkread.decoding.language import LanguageModel
from inkread.decoding.words import Words

WORDS = Words(["the", "Theatre", "théâtre", "theatres", "there", "cat", "don't", "A4", "z" * 30, "z" * 31])


def test_letters_of_known_words_are_counted_case_aside() -> None:
    assert len(WORDS) == 8  # "don't" and "A4" are no run of letters
    assert WORDS.letters("The cat, the Theatre (théâtre) THE CAT") == 3 + 3 + 3 + 7 + 7
    assert WORDS.letters("thecat the1 2cat cat_ qx") == 3  # a digit makes it another word, a sign ends it
    assert WORDS.letters("") == 0


def test_a_list_comes_back_as_it_went() -> None:
    back = Words.unpack(WORDS.pack())
    assert back.pack() == WORDS.pack() and len(back) == len(WORDS)
    assert all(word in back for word in ("the", "theatre", "théâtre", "theatres", "z" * 31))
    assert "don" not in back
    assert len(Words.unpack(Words([]).pack())) == 0
    with pytest.raises(ValueError, match="utf-8"):
        Words.unpack(zlib.compress(b"\xff"))


def test_known_words_travel_with_their_model(language_model: LanguageModel, tmp_path: Path) -> None:
    model = LanguageModel(language_model.symbols, language_model.models, {"fr": Words(["été"]), "en": WORDS})
    path = tmp_path / "both.ngrams"
    model.save(path)
    both, french = LanguageModel.load(path), LanguageModel.load(path, ["fr"])
    assert both.words["en"].pack() == WORDS.pack() and "été" in both.words["fr"]
    assert list(french.words) == ["fr"] and "été" in french.words["fr"]
    assert both.known_letters("the été") == pytest.approx(3.0)  # each language half, 3 letters each
    assert both.known_letters("the été the", {"en": 0.9, "fr": 0.1}) == pytest.approx(0.9 * 6 + 0.1 * 3)
    assert language_model.known_letters("the") == 0.0


def test_of_two_equal_readings_the_known_words_win(language_model: LanguageModel) -> None:
    text, other = "quill", "quiil"
    table = np.full((11, len(READER_ALPHABET)), 1e-6)
    table[::2, 0] = 1.0
    for place in range(5):
        for spelling in (text, other):
            table[2 * place + 1, READER_ALPHABET.class_of(spelling[place])] += 0.5
    log_probs = np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)
    for word in (text, other):
        model = LanguageModel(language_model.symbols, language_model.models, {"en": Words([word])})
        readings = BeamDecoder(READER_ALPHABET, model, word_bonus=3.0).decode(log_probs, {"en": 1.0})
        assert readings[0].text == word
        assert readings == sorted(readings, key=lambda reading: -reading.score)
        idle = BeamDecoder(READER_ALPHABET, model, word_bonus=0.0).decode(log_probs, {"en": 1.0})
        gain = {reading.text: reading.score for reading in readings}[word] - {
            reading.text: reading.score for reading in idle
        }[word]
        assert gain == pytest.approx(15.0)
