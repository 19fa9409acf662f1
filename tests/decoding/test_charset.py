"""Part of the alphabet: what a user may ask for, and what is left of the network's answer."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET, Alphabet
from inkread.decoding import charset
from inkread.decoding.beam import BeamDecoder
from inkread.decoding.greedy import greedy
from inkread.errors import ConfigError

AB = Alphabet("ab")


def spelt(asked: str) -> str:
    return "".join(sorted(charset.parse(asked, READER_ALPHABET)))


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("digits", "0123456789"),
        ("3210", "0123"),
        ("a-e", "abcde"),
        ("0-2X-Z", "012XYZ"),
        ("0-2.,-", ",-.012"),  # a hyphen at the end is a hyphen
        ("-a", "-a"),
        ("a-5", "-5a"),  # no range runs from a letter to a digit
        ("A-c", "-Ac"),
        ("û-ü", "ûü"),
        ("e\u0301", "é"),  # decomposed
        ("+-/", "+-/"),
    ],
)
def test_names_characters_and_ranges(asked: str, wanted: str) -> None:
    assert spelt(asked) == wanted


def test_letters_come_with_accents_and_the_space_between_words() -> None:
    letters = spelt("letters")
    assert set("aZéŒ ") <= set(letters)
    assert not set("0.-'") & set(letters)


def test_a_range_of_letters_holds_letters_alone() -> None:
    assert "÷" not in spelt("à-ÿ")


@pytest.mark.parametrize("asked", ["", "9-0", "жd", "0-9中"])
def test_what_cannot_be_asked_for(asked: str) -> None:
    with pytest.raises(ConfigError) as error:
        charset.parse(asked, READER_ALPHABET)
    if asked and "-" not in asked:
        assert "ж" in str(error.value) and "".join(READER_ALPHABET) in str(error.value)


def test_what_is_left_sums_to_one_in_the_old_proportions() -> None:
    table = np.array([[0.5, 0.3, 0.2], [0.1, 0.0001, 0.8999]], dtype=np.float32)
    left = np.exp(charset.restrict(np.log(table), frozenset("a"), AB))
    assert left == pytest.approx(
        np.array([[0.625, 0.375, 0.0], [0.1 / 0.1001, 0.0001 / 0.1001, 0.0]]), abs=1e-6
    )
    assert left.dtype == np.float32


def test_restricting_is_conditioning_on_the_paths_without_the_character() -> None:
    table = np.random.default_rng(4).dirichlet(np.ones(3), size=4).astype(np.float32)
    decoder = BeamDecoder(AB, None, width=100, best=100, cutoff=1e-9)
    free = {reading.text: np.exp(reading.score) for reading in decoder.decode(np.log(table))}
    left = decoder.decode(charset.restrict(np.log(table), frozenset("b"), AB))
    clean = table[:, [0, 2]].sum(axis=1).prod()
    assert {reading.text for reading in left} <= {"", "b", "bb"}
    for reading in left:
        assert np.exp(reading.score) == pytest.approx(free[reading.text] / clean, rel=1e-4)


def test_look_alikes_become_digits_and_other_strokes_nothing() -> None:
    classes = [READER_ALPHABET.class_of(character) for character in "lOq"]
    digits = [READER_ALPHABET.class_of(character) for character in "105"]
    table = np.full((6, len(READER_ALPHABET)), 1e-7)
    table[1::2, 0] = 1.0
    for frame, seen, digit, share in zip((0, 2, 4), classes, digits, (0.2, 0.05, 1e-6), strict=True):
        table[frame, [0, seen, digit]] = 1e-3, 1.0 - share, share
    log_probs = np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)
    assert greedy(log_probs, READER_ALPHABET).text == "lOq"
    wanted = charset.parse("digits", READER_ALPHABET)
    restricted = charset.restrict(log_probs, wanted, READER_ALPHABET)
    assert greedy(restricted, READER_ALPHABET).text == "10"
