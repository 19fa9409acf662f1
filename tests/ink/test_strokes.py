import numpy as np
import pytest

from inkread.ink.strokes import (
    Stand,
    case_fits,
    extent,
    simplify,
    stand_of_character,
    stand_of_word,
    turning_points,
    usual_x_height,
    zone,
)


def ring(left: float, top: float, size: float) -> np.ndarray:
    angle = np.linspace(0.0, 2.0 * np.pi, 33)
    return np.stack([left + size / 2 * (1 + np.sin(angle)), top + size / 2 * (1 - np.cos(angle))], 1).astype(
        np.float32
    )


def bar(left: float, top: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [left, bottom]], np.float32)


def test_a_zone_is_the_reach_of_the_tallest_and_the_deepest_letter() -> None:
    assert zone("no") == (1.0, 0.0)
    assert zone("dog") == (1.95, -0.85)
    assert zone(" ") == (1.0, 0.0)


def test_simplifying_keeps_the_picture() -> None:
    circle = ring(0, 0, 100)
    fewer = simplify(np.repeat(circle, 5, axis=0), 1.0)
    assert len(fewer) < 40
    assert np.allclose(extent([fewer]), extent([circle]), atol=1.0)
    assert simplify(circle[:2], 1.0).shape == (2, 2)


def test_turning_points_of_a_ring_are_its_top_and_bottom() -> None:
    lower, upper = turning_points([ring(0, 10, 40)])
    assert lower[:, 1].max() == pytest.approx(50)
    assert upper[:, 1].min() == pytest.approx(10)
    assert turning_points([np.zeros((1, 2), np.float32)])[0].shape == (0, 2)


@pytest.mark.parametrize(
    ("text", "strokes"),
    [
        ("oo", [ring(0, 0, 100), ring(110, 0, 100)]),
        ("ol", [ring(0, 0, 100), bar(120, -95, 100)]),
        ("op", [ring(0, 0, 100), bar(120, 0, 185), ring(120, 0, 100)]),
        ("olq", [ring(0, 0, 100), bar(120, -95, 100), ring(140, 0, 100), bar(240, 0, 185)]),
    ],
)
def test_a_word_stands_where_its_letters_say(text: str, strokes: list[np.ndarray]) -> None:
    stand = stand_of_word(strokes, text, 100.0)
    assert stand.baseline == pytest.approx(100, abs=12)
    assert stand.x_height == pytest.approx(100, abs=20)


def test_a_rising_line_is_seen_to_rise() -> None:
    rings = [ring(120.0 * number, -12.0 * number, 100) for number in range(12)]
    stand = stand_of_word(rings, "o" * 12, 100.0)
    assert stand.slope == pytest.approx(-0.1, abs=0.025)


def test_characters_stand_by_their_own_height_and_marks_by_their_place() -> None:
    assert stand_of_character([bar(0, 0, 195)], "l", 100.0) == Stand(195.0, pytest.approx(100.0), 0.0)
    hyphen = stand_of_character([np.array([[0, 0], [50, 0]], np.float32)], "-", 100.0)
    assert 40 < hyphen.baseline < 65


def test_the_usual_x_height_is_told_by_letters_not_marks() -> None:
    heights = np.array([100.0, 195.0, 280.0, 5.0], np.float32)
    assert usual_x_height(heights, ["no", "old", "dog", "."]) == pytest.approx(100.0, rel=0.01)


def test_capitals_under_a_small_label_are_noticed() -> None:
    small = [ring(110 * number, 0, 100) for number in range(3)]
    stand = stand_of_word(small, "ooo", 100.0)
    assert case_fits(small, "ooo", stand, 100.0)
    large = [ring(200 * number, 0, 185) for number in range(3)]
    assert not case_fits(large, "ooo", stand_of_word(large, "ooo", 100.0), 100.0)
