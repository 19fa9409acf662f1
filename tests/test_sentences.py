"""The neural language model that comes along knows words, favours no digit, and a batch changes little."""

from __future__ import annotations

import pickle
import random
import time

import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.pieces import UNKNOWN
from inkread.recogniser import Recogniser
from inkread.runtime.store import packaged
from inkread.sentences import SentenceModel


@pytest.fixture(scope="module")
def model() -> SentenceModel:
    return SentenceModel(packaged("sentences"), threads=1)


@pytest.mark.parametrize(
    ("written", "misread"),
    [
        ("the weather was fine and we went for a walk", "the weather was fine and me went for a walk"),
        ("He had known her since they were children.", "He had known her since they mere children."),
        (
            "il faisait beau et nous sommes allés nous promener",
            "il faisait beau et nous sommes allés mous promener",
        ),
        (
            "est une commune française, située dans le département",
            "est une commune française, située clans le département",
        ),
    ],
)
def test_what_people_write_is_likelier_than_what_looks_alike(
    model: SentenceModel, written: str, misread: str
) -> None:
    right, wrong = model.log_probabilities([written, misread])
    assert right > wrong + 2.0


def test_a_text_has_the_same_probability_alone_and_in_any_batch(model: SentenceModel) -> None:
    texts = ["a", "the cat sat on the mat", "", "il est 12 h 30, le 14 juillet 1926", "B2B-00417", "été"]
    together = model.log_probabilities(texts)
    random.Random(1).shuffle(texts)
    for text, found in zip(texts, model.log_probabilities(texts), strict=True):
        (alone,) = model.log_probabilities([text])
        assert found == pytest.approx(alone, abs=0.6)
    assert all(value < 0.0 for value in together)


def test_no_digit_is_much_likelier_than_another(model: SentenceModel) -> None:
    found = model.log_probabilities([f"room {digit}4" for digit in range(1, 10)])
    assert max(found) - min(found) < 4.0


def test_every_letter_of_the_reader_is_known(model: SentenceModel) -> None:
    unknown = [character for character in READER_ALPHABET if UNKNOWN in model.pieces.encode(character)]
    assert not [character for character in unknown if character.isalnum()], unknown
    assert len(unknown) <= 12, unknown


def test_blank_space_makes_no_difference(model: SentenceModel) -> None:
    plain, spaced = model.log_probabilities(["the cat sat", "  the cat  sat "])
    assert plain == spaced


def test_the_file_is_small_and_opens_quickly() -> None:
    assert packaged("sentences").stat().st_size <= 3_500_000
    start = time.thread_time()
    SentenceModel(packaged("sentences"), threads=1)
    assert time.thread_time() - start < 1.0


def test_it_is_opened_with_the_language_model_and_not_without(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(
        "inkread.recogniser.SentenceModel", lambda *given: opened.append(given) or SentenceModel(*given)
    )
    recogniser = Recogniser(threads=1)
    recogniser._decoder(with_model=False)
    assert not opened
    recogniser._decoder(with_model=True)
    recogniser._decoder(with_model=True)
    assert len(opened) == 1


def test_it_can_be_sent_to_another_process(model: SentenceModel) -> None:
    again = pickle.loads(pickle.dumps(model))
    assert again.log_probabilities(["a walk"]) == model.log_probabilities(["a walk"])
