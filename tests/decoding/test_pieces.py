"""Word pieces: nothing is lost, the longest piece wins, and typed quotes are like any others."""

from __future__ import annotations

import random
import string

import pytest

from inkread.decoding import pieces as module
from inkread.decoding.pieces import UNKNOWN, Pieces, chunks

SMALL = Pieces([*string.ascii_letters, *string.digits, *" .,'\"-!?", " the", " th", "er", "in", " ther"])


def told(pieces: Pieces, numbers: list[int]) -> str:
    return "".join("?" if number == UNKNOWN else pieces.pieces[number - 2] for number in numbers)


def test_a_text_is_its_pieces_with_a_space_before() -> None:
    letters = random.Random(1)
    alphabet = string.ascii_letters + string.digits + "      .,'-!"
    for _ in range(200):
        text = "".join(letters.choices(alphabet, k=letters.randrange(40)))
        assert "".join(chunks(text)) == " " + text
        assert told(SMALL, SMALL.encode(text)) == "".join(chunks(text))


def test_the_longest_piece_from_the_left_wins() -> None:
    assert [SMALL.pieces[number - 2] for number in SMALL.encode("there then")] == [
        " ther",
        "e",
        " the",
        "n",
    ]


def test_a_word_keeps_its_apostrophes_and_a_digit_stands_alone() -> None:
    assert chunks("don't l'été 1926,") == [" don't", " l'été", " 1", "9", "2", "6", ","]


def test_quotes_and_dashes_have_one_shape() -> None:
    assert SMALL.encode("don’t – “so”…") == SMALL.encode('don\'t - "so".')


def test_what_is_no_piece_is_unknown() -> None:
    assert SMALL.encode("a€b")[1:] == [*SMALL.encode("a")[1:], UNKNOWN, *SMALL.encode("b")[1:]]


def test_an_empty_text_has_no_more_than_its_space() -> None:
    assert told(SMALL, SMALL.encode("")) == " "
    assert Pieces([]).encode("ab") == [UNKNOWN] * 3


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 3)
    pieces = Pieces(string.ascii_lowercase + " ")
    for letter in string.ascii_lowercase:
        assert told(pieces, pieces.encode(letter)) == " " + letter
        assert f" {letter}" in pieces._known and len(pieces._known) <= 3
