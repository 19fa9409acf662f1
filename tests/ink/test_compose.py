import numpy as np
import pytest

from inkread.ink.compose import Piece, Setting, choose_setting, draw, piece_of, set_line
from inkread.ink.pen import Pen
from inkread.ink.strokes import Stand

PLAIN = Setting(20.0, 1.0, 0.2, 0.0, 1.0, 0.0, 0.0, Pen(2.0))


def box(text: str, joined: bool = True) -> Piece:
    square = np.array([[0, -1], [1, -1], [1, 0], [0, 0], [0, -1]], np.float32)
    return Piece(text, (square,), 1.0, 0.0, joined)


def test_a_piece_stands_on_row_0_with_an_x_height_of_1() -> None:
    strokes = [np.array([[300, 50], [380, 150]], np.float32), np.array([[340, 50]], np.float32)]
    piece = piece_of("n", strokes, Stand(150.0, 100.0, 0.0), 100.0, joined=True)
    assert piece.width == pytest.approx(0.8)
    assert piece.strokes[0].tolist() == [[0.0, -1.0], pytest.approx([0.8, 0.0])]
    assert len(piece.strokes) == 2


def test_tokens_stand_apart_and_pieces_of_a_token_close() -> None:
    strokes, text = set_line([[box("a"), box(".", False)], [box("b")]], PLAIN, np.random.default_rng(0))
    assert text == "a. b"
    left = [float(stroke[:, 0].min()) / 20 for stroke in strokes]
    assert 1.0 < left[1] < 1.6
    assert left[2] - left[1] > 1.6
    assert all(abs(float(stroke[:, 1].max())) < 4 for stroke in strokes)


def test_gaps_between_words_exceed_those_within() -> None:
    parts = (np.array([[0, -1], [0, 0]], np.float32), np.array([[2, -1], [2, 0]], np.float32))
    wide = Piece("ll", parts, 2.0, 2.0, True)
    strokes, _ = set_line([[wide], [wide]], PLAIN, np.random.default_rng(0))
    left = [float(stroke[0, 0]) / 20 for stroke in strokes]
    assert left[2] - left[1] > left[1] - left[0]


def test_a_drawn_line_tells_its_text_baseline_and_box() -> None:
    rng = np.random.default_rng(0)
    strokes, text = set_line([[box("a")], [box("b")]], PLAIN, rng)
    for fine in (True, False):
        line = draw(strokes, text, PLAIN, rng, fine)
        x0, y0, x1, y1 = line.box
        assert line.text == "a b" and line.x_height == 20.0
        assert y1 == pytest.approx(line.baseline, abs=3)
        assert y1 - y0 == pytest.approx(22, abs=3)
        assert x0 > 0 and x1 < line.coverage.shape[1]


def test_settings_are_drawn_from_the_chance_given() -> None:
    assert choose_setting(np.random.default_rng(4)) == choose_setting(np.random.default_rng(4))
    assert choose_setting(np.random.default_rng(4)) != choose_setting(np.random.default_rng(5))
