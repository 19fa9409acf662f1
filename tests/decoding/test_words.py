"""Known words: what counts as one, and how a list travels."""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.beam import BeamDecoder
from inkread.decoding.language import LanguageModel
from inkread.decoding.words import Tally, Words, WordWeights, words_of

LISTED = ["the", "Theatre", "théâtre", "theatres", "there", "cat", "I", "l'", "A4", "z" * 30, "z" * 31]
WORDS = Words({word: math.exp(-1.0 - number) for number, word in enumerate(LISTED)})


def test_words_are_tallied_case_aside() -> None:
    assert len(WORDS) == 10  # "A4" is no word
    tally = WORDS.tally("The cat, the Theatre (théâtre)")
    assert (tally.letters, tally.known, tally.unknown) == (3 + 3 + 3 + 7 + 7, 5, 0)
    assert tally.usual == pytest.approx(-(1.0 + 6.0 + 1.0 + 2.0 + 3.0))
    assert WORDS.tally("") == Tally()


def test_capitals_and_numbers_say_nothing_and_a_digit_makes_another_word() -> None:
    assert WORDS.tally("THE CAT 1961 I") == Tally()
    tally = WORDS.tally("thecat the1 2cat cat_ qx")
    assert (tally.letters, tally.known, tally.unknown) == (3, 1, 4)  # a sign ends a word


@pytest.mark.parametrize("end", ["zqx-", "the-", "zqx -", "ZQX-", "x2y-"])
def test_a_word_that_the_end_of_the_line_parts_is_neither_known_nor_unknown(end: str) -> None:
    assert WORDS.tally(f"the cat {end}") == replace(WORDS.tally("the cat"), parted=1)


def test_other_hyphens_part_no_word() -> None:
    for text in ("the-cat", "zqx- the", "-", "19-"):
        assert WORDS.tally(text).parted == 0
    assert WORDS.tally("zqx- the").unknown == 1


@pytest.mark.parametrize("mark", ["'", "’"])
def test_an_elided_word_ends_with_its_apostrophe(mark: str) -> None:
    assert words_of(f"l{mark}été don{mark}t 'the'") == [f"l{mark}", "été", f"don{mark}", "t", "the"]
    tally = WORDS.tally(f"l{mark}théâtre")
    assert (tally.letters, tally.known, tally.unknown) == (7, 2, 0)


def test_a_list_comes_back_as_it_went() -> None:
    back = Words.unpack(WORDS.pack())
    assert back.pack() == WORDS.pack() and len(back) == len(WORDS)
    assert all(word in back for word in ("the", "theatre", "théâtre", "theatres", "l'", "z" * 31))
    assert "don" not in back
    assert back.tally("the théâtre") == WORDS.tally("the théâtre")
    assert len(Words.unpack(Words({}).pack())) == 0
    spelled, levels = zlib.compress(b"\xff"), zlib.compress(b"")
    with pytest.raises(ValueError, match="utf-8"):
        Words.unpack(struct.pack("<I", len(spelled)) + spelled + levels)
    spelled = zlib.compress(b"0the")
    with pytest.raises(ValueError, match="shorter"):
        Words.unpack(struct.pack("<I", len(spelled)) + spelled + levels)


def test_the_weights_add_up() -> None:
    weights = WordWeights(letter=2.0, usual=0.5, known=3.0, unknown=-4.0, habit=-0.1)
    assert weights.worth(Tally(), 0.0) == 0.0
    assert WordWeights(parted=1.5).worth(Tally(parted=1.0), 0.0) == 1.5
    assert weights.worth(Tally(7.0, -10.0, 2.0, 1.0), -30.0) == pytest.approx(14 - 5 + 6 - 4 + 3)


def test_known_words_travel_with_their_model(language_model: LanguageModel, tmp_path: Path) -> None:
    model = LanguageModel(
        language_model.symbols, language_model.models, {"fr": Words({"été": 0.1}), "en": WORDS}
    )
    path = tmp_path / "both.ngrams"
    model.save(path)
    both, french = LanguageModel.load(path), LanguageModel.load(path, ["fr"])
    assert both.words["en"].pack() == WORDS.pack() and "été" in both.words["fr"]
    assert list(french.words) == ["fr"] and "été" in french.words["fr"]
    assert both.tally("the été").letters == pytest.approx(3.0)  # each language half, 3 letters each
    assert both.tally("the été the", {"en": 0.9, "fr": 0.1}).letters == pytest.approx(0.9 * 6 + 0.1 * 3)
    assert language_model.tally("the") == Tally()


def test_of_two_equal_readings_the_known_words_win(language_model: LanguageModel) -> None:
    text, other = "quill", "quiil"
    table = np.full((11, len(READER_ALPHABET)), 1e-6)
    table[::2, 0] = 1.0
    for place in range(5):
        for spelling in (text, other):
            table[2 * place + 1, READER_ALPHABET.class_of(spelling[place])] += 0.5
    log_probs = np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)
    for word in (text, other):
        model = LanguageModel(language_model.symbols, language_model.models, {"en": Words({word: 0.1})})
        readings = BeamDecoder(
            READER_ALPHABET, model, words=WordWeights(3.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        ).decode(log_probs, {"en": 1.0})
        assert readings[0].text == word
        assert readings == sorted(readings, key=lambda reading: -reading.score)
        idle = BeamDecoder(READER_ALPHABET, model, words=WordWeights(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)).decode(
            log_probs, {"en": 1.0}
        )
        gain = {reading.text: reading.score for reading in readings}[word] - {
            reading.text: reading.score for reading in idle
        }[word]
        assert gain == pytest.approx(15.0)


def test_a_narrow_beam_keeps_a_known_word_until_the_line_is_weighed(language_model: LanguageModel) -> None:
    signs = [("q", "q"), ("u", "u"), ("l", "i"), ("l", "l"), (" ", " "), *[("n", "m")] * 6]
    table = np.full((2 * len(signs) + 1, len(READER_ALPHABET)), 1e-6)
    table[::2, 0] = 1.0
    for place, (listed, other) in enumerate(signs):
        table[2 * place + 1, READER_ALPHABET.class_of(listed)] += 0.45
        table[2 * place + 1, READER_ALPHABET.class_of(other)] += 0.55
    log_probs = np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)
    model = LanguageModel(language_model.symbols, language_model.models, {"en": Words({"qull": 0.1})})
    idle = WordWeights(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    plain, narrow, wide = (
        BeamDecoder(READER_ALPHABET, model, width, lm_weight=0.0, words=words, narrow=1e-9).decode(
            log_probs, {"en": 1.0}
        )[0]
        for width, words in ((2, idle), (2, WordWeights(habit=0.0)), (500, WordWeights(habit=0.0)))
    )
    assert plain.text == "quil mmmmmm"
    assert narrow.text == wide.text == "qull mmmmmm"
    assert narrow.score == pytest.approx(wide.score)
    bonuses = 1.2 * (len(narrow.text) - 1) + 0.4
    ctc = (
        math.log(0.45) + 6 * math.log(0.55) + WordWeights().worth(model.tally(narrow.text, {"en": 1.0}), 0.0)
    )
    assert narrow.score == pytest.approx(ctc + bonuses, abs=0.01)  # the advance is not in it
