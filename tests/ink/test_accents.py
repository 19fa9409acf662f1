import numpy as np
import pytest

from inkread.ink.accents import can_draw, make
from inkread.ink.compose import Piece


def letter(text: str) -> Piece:
    body = np.array([[0.0, -1.0], [0.5, 0.0]], np.float32)
    dot = np.array([[0.2, -1.5]], np.float32)
    return Piece(text, (body, dot) if text in "ij" else (body,), 0.5, 0.0, False)


@pytest.mark.parametrize("character", "éèêëàâçîïôùûüöäñåÉÀ")
def test_accented_letters_are_a_letter_and_strokes_beyond_it(character: str) -> None:
    piece = make(character, letter, np.random.default_rng(0))
    assert piece is not None and piece.text == character
    points = np.concatenate(piece.strokes)
    if character == "ç":
        assert points[:, 1].max() > 0.2
    else:
        assert points[:, 1].min() < -1.1


def test_the_dot_of_an_i_gives_way_to_its_accent() -> None:
    piece = make("î", letter, np.random.default_rng(0))
    assert piece is not None and len(piece.strokes) == 2


def test_ligatures_need_both_letters_and_marks_need_none() -> None:
    rng = np.random.default_rng(0)
    assert make("œ", lambda base: letter(base) if base == "o" else None, rng) is None
    joined = make("œ", letter, rng)
    assert joined is not None and 0.5 < joined.width < 1.0
    mark = make("«", lambda base: None, rng)
    assert mark is not None and min(float(stroke[:, 0].min()) for stroke in mark.strokes) == pytest.approx(
        0.0
    )
    assert can_draw("œ") == "oe" and can_draw("—") == "" and can_draw("é") == "e" and can_draw("ß") is None
