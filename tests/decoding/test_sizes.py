"""The size of capitals tells which mean small letters, if anything does."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.decoding import charset as charsets
from inkread.decoding.sizes import heights, log_likelihood_ratios
from inkread.errors import ConfigError
from inkread.recogniser import Recogniser
from tests.decoding.test_capitals import seen

LARGE, SMALL = 30, 22


def drawn(text: str, large: int = LARGE, small: int = SMALL) -> np.ndarray:
    """A line that takes ``seen``'s frames, four columns each: a block for each letter, by its case."""
    image = np.full((48, 4 * (2 * len(text) + 1)), 255, np.uint8)
    for place, character in enumerate(text):
        if character != " ":
            high = small if character.islower() else large
            image[42 - high : 42, 8 * place + 3 : 8 * place + 9] = 0
    return image


def test_a_letter_is_as_high_as_its_largest_part() -> None:
    ink = np.zeros((60, 40), bool)
    ink[20:50, 2:8] = True  # E
    ink[8:13, 4:7] = True  # its accent
    ink[30:50, 12:18] = True
    ink[30:59, 22:28] = True  # Q
    assert heights("ÉaQ.x", [0, 10, 20, 30, 35, 40], ink) == [30.0, 20.0, None, None, None]


def test_first_letters_that_stand_higher_are_large() -> None:
    text = "ONE MAN AND HIS DOG"
    large = [character.isupper() for character in "One man and his Dog"]
    known = [
        None if character == " " else (28.0 if up else 20.0)
        for character, up in zip(text, large, strict=True)
    ]
    nats = log_likelihood_ratios(text, known)
    assert nats is not None and nats.shape == (len(text),)
    assert all(
        value == 0.0 if height is None else (value > 2.0) == up
        for value, height, up in zip(nats, known, large, strict=True)
    )
    alike = log_likelihood_ratios(text, [None if height is None else 20.0 for height in known])
    assert alike is not None and alike.max() <= 0.0
    assert log_likelihood_ratios("ONE", [28.0, 20.0, 20.0]) is None
    assert log_likelihood_ratios(text, [None] * len(text)) is None


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(threads=1)


TEXTS = ("The train from London to", "Paris and the Queen of England said")


def test_lines_of_two_sizes_are_in_small_letters_and_capitals(recogniser: Recogniser) -> None:
    lines = [seen(text.upper(), {}) for text in TEXTS]
    images = [drawn(text) for text in TEXTS]
    found, _ = recogniser.decode(lines, "en", images)
    assert [readings[0].text for readings in found] == list(TEXTS)
    plain, _ = recogniser.decode(lines, "en")
    assert [readings[0].text for readings in plain] == [text.upper() for text in TEXTS]


@pytest.mark.parametrize("small", [LARGE, 29])
def test_lines_of_one_size_stay_in_capitals(recogniser: Recogniser, small: int) -> None:
    lines = [seen(text.upper(), {}) for text in TEXTS]
    found, _ = recogniser.decode(lines, "en", [drawn(text, small=small) for text in TEXTS])
    assert [readings[0].text for readings in found] == [text.upper() for text in TEXTS]


def test_a_page_of_two_sizes_tells_of_a_line_that_does_not(recogniser: Recogniser) -> None:
    texts = (*TEXTS, "and all that they had in the")  # not one letter in it is large
    lines = [seen(text.upper(), {}) for text in texts]
    images = [drawn(text) for text in texts]
    assert recogniser.decode(lines[2:], "en", images[2:])[0][0][0].text == texts[2].upper()
    assert recogniser.decode(lines, "en", images)[0][2][0].text == texts[2]


def test_what_sizes_told_is_believed_as_much_as_capitals_are(recogniser: Recogniser) -> None:
    text = TEXTS[0]
    line, image = seen(text.upper(), {}), drawn(text)
    corners = np.array([[0, 0], [image.shape[1], 0], [image.shape[1], 48], [0, 48]], np.float32)

    def read(images: list[np.ndarray] | None) -> list[float]:
        readings = recogniser.decode([line], "en", images)[0][0]
        whole = recogniser.line(readings, line, image, corners, corners[[3, 2]], lambda points: tuple(points))
        assert whole.text == (text if images else text.upper())
        return [character.confidence for word in whole.words for character in word.characters]

    assert min(read([image])) > 0.8 * min(read(None))


@pytest.mark.parametrize(
    ("charset", "small"), [("A-Z ", False), ("A-Za-d ", False), ("letters", True), ("A-Za-z ", True)]
)
def test_a_charset_is_kept_to(charset: str, small: bool) -> None:
    text = TEXTS[0]
    some = Recogniser(threads=1, charset=charset)
    lines = [
        charsets.restrict(seen(text.upper(), {}), charsets.parse(charset, READER_ALPHABET), READER_ALPHABET)
    ]
    readings = some.decode(lines, "en", [drawn(text)])[0][0]
    assert readings[0].text == (text if small else text.upper())
    assert all(set(reading.text) <= charsets.parse(charset, READER_ALPHABET) for reading in readings)


def test_there_is_an_image_for_each_line(recogniser: Recogniser) -> None:
    with pytest.raises(ConfigError, match="image for each line"):
        recogniser.decode([seen("THE", {})], "en", [])


def test_other_lines_and_greedy_readings_are_left_alone(recogniser: Recogniser) -> None:
    for text, language in ((TEXTS[0], "en"), (TEXTS[0].upper(), "none"), ("ABC 1234567", "en")):
        found, _ = recogniser.decode([seen(text, {})], language, [drawn(TEXTS[0][: len(text)])])
        assert found[0][0].text == text
