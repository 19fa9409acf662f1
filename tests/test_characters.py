"""The shipped recogniser of lone characters."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from inkread.characters import CharacterReading, CharacterRecogniser
from inkread.runtime.store import packaged


@pytest.fixture(scope="module")
def recogniser() -> CharacterRecogniser:
    return CharacterRecogniser(threads=1)


def letter(text: str, size: int = 90) -> np.ndarray:
    """A letter of Pillow's own font, dark on light."""
    image = Image.new("L", (120, 120), 240)
    ImageDraw.Draw(image).text((60, 60), text, fill=20, font=ImageFont.load_default(size), anchor="mm")
    return np.asarray(image)


def test_the_shipped_file_is_small_and_knows_printable_ascii(recogniser: CharacterRecogniser) -> None:
    assert packaged("character") == packaged("characters")
    assert packaged("character").stat().st_size <= 2_000_000
    assert "".join(recogniser.alphabet) == "".join(map(chr, range(33, 127)))


def test_plain_letters_are_read_dark_on_light_and_light_on_dark(recogniser: CharacterRecogniser) -> None:
    for character in "ABEGHRabdehn23467@?":
        for image in (letter(character), 255 - letter(character)):
            reading = recogniser.read(image)
            assert character in [candidate.character for candidate in reading.candidates[:2]], character


def test_candidates_are_five_in_order_and_probabilities(recogniser: CharacterRecogniser) -> None:
    reading = recogniser.read(letter("R"))
    values = [candidate.probability for candidate in reading.candidates]
    assert len(values) == 5 and values == sorted(values, reverse=True) and 0 < sum(values) <= 1 + 1e-5
    assert reading.text == reading.candidates[0].character and reading.confidence == values[0]
    assert len(recogniser.read(letter("R"), best=2).candidates) == 2


def test_a_blank_picture_has_no_candidates(recogniser: CharacterRecogniser) -> None:
    reading = recogniser.read(np.full((30, 20), 250, np.uint8))
    assert reading == CharacterReading() and reading.text == "" and reading.confidence == 0.0


def test_many_pictures_read_as_each_alone(recogniser: CharacterRecogniser) -> None:
    blank = np.full((10, 10), 255, np.uint8)
    images = [letter("A"), blank, letter("k", 40)]
    rows = recogniser.probabilities(images)
    assert rows.shape == (3, 94) and not rows[1].any()
    np.testing.assert_allclose(rows[[0, 2]].sum(axis=1), 1, rtol=1e-5)
    for image, row in zip(images, rows, strict=True):
        np.testing.assert_allclose(recogniser.probabilities([image])[0], row, atol=1e-5)
