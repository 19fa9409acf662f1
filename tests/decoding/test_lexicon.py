"""A list of words: which words it knows, what each is worth, and what it does to a reading."""

from __future__ import annotations

import math
import random
import time
from pathlib import Path

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET, Alphabet
from inkread.decoding.beam import BeamDecoder
from inkread.decoding.language import LanguageModel
from inkread.decoding.lexicon import Lexicon
from inkread.errors import ConfigError

NAMES = Lexicon(["paris", "McKay", "don't", "well-known", "été", "New York", "A4"], weight=1.0)


def worth(text: str, lexicon: Lexicon = NAMES) -> float:
    """Nats that all of a line earns."""
    word, total = lexicon.start(), 0.0
    for character in text:
        word, earned = word.after(character)
        total += earned
    return total + word.ended


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("paris", 5),
        ("Paris", 5),
        ("PARIS", 5),
        ("pArIs", 0),
        ("McKay", 5),
        ("MCKAY", 5),
        ("mckay", 0),  # a name keeps its capitals
        ("pari", 0),
        ("parist", 0),
        ("in Paris, (Paris) and paris.", 15),  # signs around a word are no part of it
        ("paris-paris", 10),
        ("don't", 5),
        ("don’t", 5),
        ("don't'", 5),
        ("well-known", 10),
        ("well known", 0),
        ("été Été", 6),
        ("New York", 7),
        ("New Yorker", 3),
        ("A4 A5 a4", 2),
        ("", 0),
    ],
)
def test_listed_words_earn_a_bonus_for_each_character(text: str, characters: int) -> None:
    assert worth(text) == pytest.approx(characters)


def test_a_word_with_a_mark_after_it_keeps_what_it_had_earned() -> None:
    lexicon = Lexicon(["don", "don't"], weight=1.0)
    assert worth("don'", lexicon) == worth("don'x", lexicon) == 3.0


def test_the_bonus_is_given_on_the_way_and_taken_back() -> None:
    word, earned = NAMES.start().after("p")
    assert earned == 1.0
    word, earned = word.after("a")
    word, earned = word.after("x")
    assert earned == -2.0
    word, earned = word.after("r")
    assert earned == 0.0


def tables(text: str, doubts: dict[int, tuple[str, float]]) -> np.ndarray:
    """Posteriors of ``text``; at some places another character has the share that is named."""
    table = np.full((2 * len(text) + 1, len(READER_ALPHABET)), 1e-6)
    table[::2, 0] = 1.0
    for place, number in enumerate(READER_ALPHABET.encode(text)):
        other, share = doubts.get(place, (text[place], 0.0))
        table[2 * place + 1, number] = 1.0 - share
        table[2 * place + 1, READER_ALPHABET.class_of(other)] += share
    return np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)


def test_the_score_is_ctc_plus_what_the_lexicon_gives() -> None:
    alphabet = Alphabet("ab ")
    table = np.random.default_rng(3).dirichlet(np.ones(4), size=4).astype(np.float32)
    lexicon = Lexicon(["ab", "b"], weight=0.7)
    free = BeamDecoder(alphabet, None, 1000, best=1000, cutoff=1e-9, narrow=1e-12).decode(np.log(table))
    scores = {reading.text: reading.score for reading in free}
    decoder = BeamDecoder(alphabet, None, 1000, best=1000, cutoff=1e-9, narrow=1e-12, lexicon=lexicon)
    readings = decoder.decode(np.log(table))
    assert {reading.text for reading in readings} == scores.keys()
    assert readings == sorted(readings, key=lambda reading: -reading.score)
    for reading in readings:
        listed = sum(len(word) for word in reading.text.split(" ") if word in ("ab", "b"))
        assert reading.score == pytest.approx(scores[reading.text] + 0.7 * listed, abs=1e-4)


@pytest.mark.parametrize("written", ["Kowalska", "said Kowalska, who", "KOWALSKA"])
def test_a_listed_name_is_made_right(language_model: LanguageModel, written: str) -> None:
    place = written.lower().index("l")
    seen = written.replace("l", "t").replace("L", "I")
    log_probs = tables(seen, {place: (written[place], 0.35)})
    lexicon = Lexicon(["Kowalska", "Petersen"])
    assert BeamDecoder(READER_ALPHABET, language_model).decode(log_probs)[0].text == seen
    decoder = BeamDecoder(READER_ALPHABET, language_model, lexicon=lexicon)
    assert decoder.decode(log_probs)[0].text == written
    assert BeamDecoder(READER_ALPHABET, None, lexicon=lexicon).decode(log_probs)[0].text == written


def test_what_is_written_clearly_stays(language_model: LanguageModel) -> None:
    decoder = BeamDecoder(READER_ALPHABET, language_model, lexicon=Lexicon(["Kowalska", "the", "cat"]))
    for text in ("Kowatska", "thecat", "t he c at", "cart", "Q7-the"):
        assert decoder.decode(tables(text, {}))[0].text == text


def test_a_file_of_words(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes("\ufeff# names\r\nNovák\r\n\r\n  Łukasz \r\nVan Dyck\r\n".encode())
    lexicon = Lexicon.load(path)
    assert len(lexicon) == 4
    assert all(word in lexicon for word in ("Novák", "Łukasz", "Van", "Dyck", "DYCK"))
    assert "names" not in lexicon


def test_files_that_are_no_list(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("# nothing\n\n")
    (tmp_path / "latin.txt").write_bytes(b"Nov\xe1k\n")
    for name, what in (("none.txt", "cannot be read"), ("empty.txt", "no words"), ("latin.txt", "not UTF-8")):
        with pytest.raises(ConfigError, match=what):
            Lexicon.load(tmp_path / name)
    with pytest.raises(ConfigError, match="0 or more"):
        Lexicon(["a"], weight=-1.0)


def test_a_hundred_thousand_words_are_no_burden(language_model: LanguageModel) -> None:
    draw = random.Random(1)
    words = {"".join(draw.choices("etaoinshrdlu", k=draw.randint(3, 11))) for _ in range(110_000)}
    start = time.thread_time()
    lexicon = Lexicon(words)
    assert time.thread_time() - start < 1.0
    text = "the man had a hat, and the cat ate the fat rat"
    doubts = {place: (draw.choice("etaoin"), 0.3) for place in range(0, len(text), 3)}
    log_probs = tables(text, doubts)
    seconds = []
    for decoder in (
        BeamDecoder(READER_ALPHABET, language_model),
        BeamDecoder(READER_ALPHABET, language_model, lexicon=lexicon),
    ):
        decoder.decode(log_probs)
        start = time.thread_time()
        decoder.decode(log_probs)
        seconds.append(time.thread_time() - start)
    assert seconds[1] < 4 * seconds[0] + 0.02


def test_an_idle_weight_changes_nothing(language_model: LanguageModel) -> None:
    log_probs = tables("the cat", {2: ("c", 0.4), 5: ("o", 0.45)})
    plain = BeamDecoder(READER_ALPHABET, language_model).decode(log_probs)
    listed = BeamDecoder(READER_ALPHABET, language_model, lexicon=Lexicon(["cot"], 0.0)).decode(log_probs)
    assert [reading.text for reading in listed] == [reading.text for reading in plain]
    assert math.isclose(listed[0].score, plain[0].score, rel_tol=1e-9)
