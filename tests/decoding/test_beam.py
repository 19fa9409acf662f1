"""Prefix beam search against arithmetic by hand and against all paths."""

from __future__ import annotations

import itertools
import math
import threading
import time

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET, Alphabet
from inkread.decoding.beam import BeamDecoder
from inkread.decoding.greedy import greedy
from inkread.decoding.language import LanguageModel

AB = Alphabet("ab")


def logs(rows: list[list[float]]) -> np.ndarray:
    return np.log(np.array(rows, dtype=np.float32))


def every_text(log_probs: np.ndarray, alphabet: Alphabet) -> dict[str, float]:
    """Probability of each text: the sum over all paths that spell it."""
    totals: dict[str, float] = {}
    for path in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        text = alphabet.decode([number for number, _ in itertools.groupby(path)])
        probability = math.exp(sum(float(log_probs[step, number]) for step, number in enumerate(path)))
        totals[text] = totals.get(text, 0.0) + probability
    return totals


def test_the_best_labelling_is_not_the_best_path() -> None:
    # Path "--" has 0.36, more than any other; but "a" has 0.4 * 0.4 + 0.4 * 0.6 + 0.6 * 0.4 = 0.64.
    log_probs = logs([[0.6, 0.4, 1e-12], [0.6, 0.4, 1e-12]])
    assert greedy(log_probs, AB).text == ""
    readings = BeamDecoder(AB, None).decode(log_probs)
    assert [reading.text for reading in readings] == ["a", ""]
    assert [math.exp(reading.score) for reading in readings] == pytest.approx([0.64, 0.36], rel=1e-5)


def test_a_repeated_character_needs_a_blank_between() -> None:
    sure = [0.02, 0.96, 0.02]
    assert BeamDecoder(AB, None).decode(logs([sure, sure, sure]))[0].text == "a"
    assert BeamDecoder(AB, None).decode(logs([sure, [0.96, 0.02, 0.02], sure]))[0].text == "aa"


@pytest.mark.parametrize("seed", range(5))
def test_a_wide_beam_equals_exhaustive_search(seed: int) -> None:
    table = np.random.default_rng(seed).dirichlet(np.ones(3), size=5).astype(np.float32)
    expected = every_text(np.log(table), AB)
    readings = BeamDecoder(AB, None, width=1000, best=4, cutoff=1e-9, narrow=1e-12).decode(np.log(table))
    best = sorted(expected, key=lambda text: -expected[text])[:4]
    assert [reading.text for reading in readings] == best
    for reading in readings:
        assert math.exp(reading.score) == pytest.approx(expected[reading.text], rel=1e-4)


@pytest.mark.parametrize("letters", ["the", "t e", 't"-'])
def test_the_score_is_ctc_plus_weighted_language_plus_bonus(
    language_model: LanguageModel, letters: str
) -> None:
    alphabet = Alphabet(letters)
    table = np.random.default_rng(3).dirichlet(np.ones(4), size=5).astype(np.float32)
    expected = every_text(np.log(table), alphabet)
    decoder = BeamDecoder(
        alphabet,
        language_model,
        1000,
        0.6,
        1.2,
        space_bonus=0.3,
        mark_bonus=1.7,
        best=20,
        cutoff=1e-9,
        narrow=1e-12,
    )
    readings = decoder.decode(np.log(table), {"en": 1.0})
    assert readings == sorted(readings, key=lambda reading: -reading.score)
    for reading in readings:
        language = language_model.log_likelihood(reading.text, "en")
        spaces = reading.text.count(" ")
        marks = sum(reading.text.count(mark) for mark in '"-')
        bonus = 1.2 * (len(reading.text) - spaces - marks) + 0.3 * spaces + 1.7 * marks
        score = math.log(expected[reading.text]) + 0.6 * language + bonus
        assert reading.score == pytest.approx(score, rel=1e-4)


def test_no_frames_and_only_blanks_give_no_text(language_model: LanguageModel) -> None:
    decoder = BeamDecoder(AB, language_model)
    for log_probs in (np.zeros((0, 3), dtype=np.float32), logs([[0.9999, 5e-5, 5e-5]] * 4)):
        assert [(reading.text, reading.frames) for reading in decoder.decode(log_probs)] == [("", ())]


def test_runs_of_blanks_change_nothing(language_model: LanguageModel) -> None:
    blank, a, b = [0.9999, 5e-5, 5e-5], [0.3, 0.4, 0.3], [0.2, 0.2, 0.6]
    decoder = BeamDecoder(AB, language_model)
    short, long = decoder.decode(logs([a, blank, b])), decoder.decode(logs([a, *[blank] * 7, b]))
    assert [reading.text for reading in short] == [reading.text for reading in long]


def spelt(text: str, rng: np.random.Generator, doubt: float) -> np.ndarray:
    """Posteriors of ``text``, in which part of the characters are in doubt with a random other one."""
    table = np.full((2 * len(text) + 1, len(READER_ALPHABET)), 1e-6)
    table[::2, 0] = 1.0
    for place, number in enumerate(READER_ALPHABET.encode(text)):
        other = int(rng.integers(1, 95))
        share = rng.uniform(0.45, 0.9) if rng.random() < doubt else 0.999
        table[2 * place + 1, [other, number]] = 1.0 - share, share
    return np.log(table / table.sum(axis=1, keepdims=True)).astype(np.float32)


def test_the_language_corrects_what_is_in_doubt(language_model: LanguageModel) -> None:
    log_probs = spelt("the cat", np.random.default_rng(1), 0.0)
    place = 2 * "the cat".index("a") + 1
    log_probs[place, READER_ALPHABET.class_of("a")] = np.log(0.4)
    log_probs[place, READER_ALPHABET.class_of("u")] = np.log(0.6)
    assert greedy(log_probs, READER_ALPHABET).text == "the cut"
    assert BeamDecoder(READER_ALPHABET, language_model).decode(log_probs, {"en": 1.0})[0].text == "the cat"


def test_the_language_does_not_overrule_what_is_sure(language_model: LanguageModel) -> None:
    for text in ("thx cqt", "7Q-X9/Z", "Ngvtzk", "1,204.95"):
        log_probs = spelt(text, np.random.default_rng(1), 0.0)
        assert BeamDecoder(READER_ALPHABET, language_model).decode(log_probs)[0].text == text


def test_threads_share_a_decoder(language_model: LanguageModel) -> None:
    rng = np.random.default_rng(5)
    lines = [spelt("the man had a hat", rng, 0.5) for _ in range(6)]
    expected = [BeamDecoder(READER_ALPHABET, language_model).decode(line) for line in lines]
    decoder = BeamDecoder(READER_ALPHABET, language_model)
    results: list[object] = [None] * 4

    def work(number: int) -> None:
        results[number] = [decoder.decode(line) for line in lines]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4


def test_a_line_is_decoded_in_good_time(language_model: LanguageModel) -> None:
    line = spelt("the man had a hat, and the cat ate the fat rat", np.random.default_rng(2), 0.6)
    decoder = BeamDecoder(READER_ALPHABET, language_model)
    decoder.decode(line)
    seconds = []
    for _ in range(3):  # a garbage collection of all that the tests before left may fall into one of them
        start = time.thread_time()
        decoder.decode(line)
        seconds.append(time.thread_time() - start)
    assert min(seconds) < 0.2
