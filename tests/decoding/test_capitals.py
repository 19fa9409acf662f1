"""Lines in capitals are read as well as others, and no other line is taken for one."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET, Alphabet
from inkread.decoding.capitals import Capitals, in_capitals
from inkread.decoding.choose import choose
from inkread.decoding.hypothesis import Hypothesis
from inkread.decoding.language import LanguageModel
from inkread.recogniser import Recogniser
from inkread.runtime.store import packaged


@pytest.mark.parametrize("text", ["LE CAS", "O'CLOCK", "MCKAY & CO", "NO. 7 HIGH STREEt", "ÉTÉS"])
def test_lines_in_capitals(text: str) -> None:
    assert in_capitals(text)


@pytest.mark.parametrize(
    "text",
    ["", "A B C D E", "UN", "Le Cas", "as days of HEAVEN ON EARTH", "McKay", "12 345", "F.B.I.", "ab", "ÉTÉ"],
)
def test_other_lines(text: str) -> None:
    assert not in_capitals(text)


def test_both_cases_count_as_the_small_letter_and_get_their_case_back() -> None:
    alphabet = Alphabet("abABcß1 ")
    given = np.log(np.array([[0.1, 0.1, 0.05, 0.4, 0.1, 0.1, 0.05, 0.05, 0.05]], np.float32))
    lowered = np.exp(Capitals(alphabet).lowered(given))
    assert lowered[0].tolist() == pytest.approx([0.1, 0.5, 0.15, 0, 0, 0.1, 0.05, 0.05, 0.05])


@pytest.mark.parametrize(
    ("small", "seen_", "cased"),
    [
        ("le 1er mars", "LE 1er MARS", "LE 1er MARS"),
        ("dr smith", "Dr SMITH", "Dr SMITH"),
        ("à 5 km de", "À 5 km DE", "À 5 km DE"),
        ("politique", "POLITiQUE", "POLITIQUE"),
        ("mcdonald", "McDONALD", "MCDONALD"),  # one letter alone says too little
        ("straße 7", "STRAßE 7", "STRAßE 7"),
    ],
)
def test_each_word_gets_the_case_that_was_seen(small: str, seen_: str, cased: str) -> None:
    readings = [Hypothesis(small, -1.0, ()), Hypothesis(small[:-1], -2.0, ())]
    first, second = Capitals(READER_ALPHABET).cased(readings, seen(seen_, {}))
    assert first.text == cased and second.text == cased[:-1]


def seen(text: str, doubts: dict[int, tuple[str, float]]) -> np.ndarray:
    """What a network might see of ``text``; at some places another character has a share."""
    table = np.full((2 * len(text) + 1, len(READER_ALPHABET)), 1e-6)
    table[::2, 0] = 1.0
    for place, character in enumerate(text):
        other, share = doubts.get(place, (character, 0.0))
        table[2 * place + 1, READER_ALPHABET.class_of(other)] = share
        table[2 * place + 1, READER_ALPHABET.class_of(character)] = 1.0 - share
    return np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(threads=1)


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("THE QUIET REPORT OF THE QUEEN", {6: ("V", 0.7), 27: ("F", 0.7)}),
        ("IL EST ENTERRÉ DANS LA NÉCROPOLE", {9: ("u", 0.5), 13: ("E", 0.6), 25: ("e", 0.6)}),
        ("BOÎTE AUX LETTRES DE LA MAIRIE", {14: ("T", 0.55), 2: ("I", 0.6)}),
    ],
)
def test_the_language_model_mends_capitals(
    recogniser: Recogniser, text: str, doubts: dict[int, tuple[str, float]]
) -> None:
    line = seen(text, doubts)
    assert recogniser.decode([line], "none")[0][0][0].text != text
    readings = recogniser.decode([line])[0][0]
    assert readings[0].text == text and len(readings[0].frames) == len(text) == len(readings[0].usual)
    assert all(reading.text == reading.text.upper() for reading in readings)


@pytest.mark.parametrize(
    "text",
    [
        "as days of HEAVEN ON EARTH that",
        "XKQ-PTR VBNG",
        "RC42 QXW 7",
        "LE 1er JANVIER 1914",
        "DISTANCE 5 km DE PARIS",
        "Dr SMITH AND HIS WIFE",
        "LE DOCTEUR BERNARD, né A LYON",
        "EDWARD ye KING OF ENGLAND",
    ],
)
def test_what_is_clearly_seen_stays(recogniser: Recogniser, text: str) -> None:
    assert recogniser.decode([seen(text, {})])[0][0][0].text == text


def test_capitals_have_a_language_too() -> None:
    model = LanguageModel.load(packaged("language"))
    for text, language in (("IL EST ENTERRÉ DANS LA NÉCROPOLE", "fr"), ("THE QUEEN IS IN HER HOUSE", "en")):
        weights = choose([seen(text, {})], READER_ALPHABET, model)
        assert weights[language] > 0.9


@pytest.mark.parametrize("word", ["Kowalczyk", "KOWALCZYK", "kowalczyk"])
def test_words_of_a_lexicon_count_in_capitals(word: str) -> None:
    text = "MONSIEUR KOWALCZYK EST ARRIVE"
    line = seen(text, {9: ("R", 0.8), 14: ("L", 0.8), 15: ("2", 0.6)})
    assert Recogniser(threads=1).decode([line])[0][0][0].text != text
    assert Recogniser(threads=1, lexicon=[word]).decode([line])[0][0][0].text == text
