"""Line images to ``Line``: what a charset, a lexicon and a number of readings change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.beam import WIDTH
from inkread.decoding.greedy import greedy
from inkread.decoding.lexicon import Lexicon
from inkread.document import Line
from inkread.errors import ConfigError
from inkread.recogniser import READINGS, Recogniser
from inkread.runtime.store import packaged
from tests.pictures import line_array


def read(recogniser: Recogniser, image: np.ndarray) -> Line:
    """One line that is the whole image."""
    seen = recogniser.recognise([image])
    readings, _ = recogniser.decode(seen)
    height, width = image.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    return recogniser.line(
        readings[0],
        seen[0],
        image,
        corners,
        corners[[3, 2]],
        lambda points: tuple(map(tuple, points.tolist())),
    )


@pytest.fixture(scope="module")
def doubtful() -> np.ndarray:
    """A line with noise enough that there is more than one way to read it."""
    noise = np.random.default_rng(1).normal(0.0, 90.0, line_array("the missing word").shape)
    return np.clip(line_array("the missing word") + noise, 0, 255).astype(np.uint8)


def test_digits_alone_are_read_where_digits_are_asked_for() -> None:
    line = read(Recogniser(threads=1, charset="digits"), line_array("4217 or 305"))
    assert set(line.text) <= set("0123456789")
    assert line.text.startswith("4217") and line.text.endswith("305")
    assert all(set(other.text) <= set("0123456789") for other in line.alternatives)


@pytest.mark.parametrize(("charset", "language"), [("0-9.", "none"), ("A-Z ", "en"), ("letters", "en")])
def test_a_language_needs_letters(charset: str, language: str) -> None:
    recogniser = Recogniser(threads=1, language="en", charset=charset)
    seen = recogniser.recognise([line_array("WE MET 12")])
    assert recogniser.decode(seen)[1] == language
    assert np.exp(seen[0]).sum(axis=1) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("n_best", [None, 1, 2, 8, 30])
def test_readings_are_distinct_sorted_and_as_many_as_asked_for(
    doubtful: np.ndarray, n_best: int | None
) -> None:
    line = read(Recogniser(threads=1, language="en", n_best=n_best), doubtful)
    texts = [line.text, *(other.text for other in line.alternatives)]
    chances = [other.confidence for other in line.alternatives]
    assert len(set(texts)) == len(texts) <= (n_best or READINGS)
    assert len(texts) > 1 or n_best == 1
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) < 1.0 and all(chance > 0.0 for chance in chances)


def test_the_number_of_readings_changes_no_chance(doubtful: np.ndarray) -> None:
    few, many = (read(Recogniser(threads=1, language="en", n_best=n), doubtful) for n in (3, 12))
    assert few.text == many.text
    assert few.alternatives == many.alternatives[:2]


def test_without_a_language_the_best_path_stands_alone_unless_more_are_asked_for(
    doubtful: np.ndarray,
) -> None:
    plain = Recogniser(threads=1, language="none")
    seen = plain.recognise([doubtful])
    assert plain.decode(seen) == ([[greedy(seen[0], READER_ALPHABET)]], "none")
    readings, language = Recogniser(threads=1, language="none", n_best=4).decode(seen)
    assert language == "none" and len(readings[0]) > 1


def test_readings_that_differ_in_blank_space_are_one() -> None:
    table = np.full((7, len(READER_ALPHABET)), 1e-6)
    table[:, 0] = 1.0
    for frame, text, share in ((1, "a", 0.9999), (3, " ", 0.5), (5, "b", 0.7)):
        table[frame, [0, READER_ALPHABET.class_of(text)]] = 1.0 - share, share
    table[5, [0, READER_ALPHABET.class_of("b"), READER_ALPHABET.class_of("c")]] = 0.05, 0.7, 0.25
    log_probs = np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)
    recogniser = Recogniser(threads=1, language="none", n_best=20)
    readings, _ = recogniser.decode([log_probs])
    assert {"a", "a "} <= {reading.text for reading in readings[0]}
    corners = np.array([[0, 0], [56, 0], [56, 48], [0, 48]], dtype=np.float32)
    line = recogniser.line(
        readings[0], log_probs, np.zeros((48, 56), np.uint8), corners, corners[[3, 2]], lambda points: ()
    )
    texts = [other.text for other in line.alternatives]
    assert sorted([line.text, *texts]) == ["a", "a b", "a c", "ab", "ac"]


def test_a_lexicon_may_be_a_file_a_list_or_made_before(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("Zyx\n", encoding="utf-8")
    table = np.full((7, len(READER_ALPHABET)), 1e-6)
    table[::2, 0] = 1.0
    for frame, share in ((1, ("Z", "2")), (3, ("v", "y")), (5, ("x", "r"))):
        table[frame, READER_ALPHABET.class_of(share[0])] += 0.6
        table[frame, READER_ALPHABET.class_of(share[1])] += 0.4
    log_probs = np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)
    for given, text in (
        (None, "Zvx"),
        (path, "Zyx"),
        (str(path), "Zyx"),
        (["zyx"], "Zyx"),
        (Lexicon(["Zyx"]), "Zyx"),
    ):
        readings, _ = Recogniser(threads=1, language="none", lexicon=given).decode([log_probs])
        assert readings[0][0].text == text


@pytest.mark.parametrize(
    "wrong",
    [
        {"charset": ""},
        {"charset": "я"},
        {"n_best": 0},
        {"n_best": 101},
        {"lexicon": "nowhere.txt"},
        {"lexicon": []},
    ],
)
def test_wrong_wishes_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Recogniser(threads=1, **wrong)  # type: ignore[arg-type]


def test_a_bundle_says_how_many_readings_its_search_keeps() -> None:
    for bundle, width in ((packaged("line"), WIDTH), (packaged("small"), 32)):
        recogniser = Recogniser(bundle, threads=1)
        recogniser.decode([np.log(np.full((4, 177), 1 / 177, np.float32))], "en")
        assert recogniser._decoder(with_model=True)[1].width == width
