"""What a page becomes before it goes into a format that needs a place for everything."""

from __future__ import annotations

import pytest

from inkread.document import Character, Line, Page, Region, Word
from inkread.writers.fitting import box, fitted, pieces, plain, probability, utf8
from tests.writers.pages import MODEL, random_page


def fitted_line(line: Line, *, width: int = 100, height: int = 50) -> Line:
    return fitted(Page(1, width, height, MODEL, (Region((line,)),))).lines[0]


def test_words_without_a_place_share_their_lines() -> None:
    line = Line("ab c", 0.5, ((0, 10), (40, 10), (40, 30), (0, 30)))
    first, second = fitted_line(line).words
    assert first == Word("ab", 0.5, ((0, 10), (20, 10), (20, 30), (0, 30)))
    assert second.polygon == ((30, 10), (40, 10), (40, 30), (30, 30))


def test_characters_share_their_word_and_lines_take_the_place_of_their_words() -> None:
    place = ((20.0, 5.0), (30.0, 5.0), (30.0, 15.0), (20.0, 15.0))
    word = Word("no", 1.0, place, (Character("n", 1.0), Character("o", 1.0)))
    page = fitted(Page(1, 100, 50, MODEL, (Region((Line("no", 1.0, words=(word,)), Line("on", 1.0))),)))
    (line, other) = page.lines
    assert line.polygon == place == page.regions[0].polygon == other.polygon
    assert [character.polygon[0][0] for character in line.words[0].characters] == [20, 25]


def test_a_line_without_any_place_has_the_page() -> None:
    assert fitted_line(Line("a", 1.0)).polygon == ((0, 0), (100, 0), (100, 50), (0, 50))


def test_a_corrected_text_wins_over_the_words_it_had() -> None:
    line = Line("new words", 0.25, words=(Word("old", 0.9), Word("words", 0.9)))
    assert [(word.text, word.confidence) for word in fitted_line(line).words] == [
        ("new", 0.25),
        ("words", 0.25),
    ]


def test_points_are_whole_and_inside() -> None:
    nan, far = float("nan"), float("inf")
    line = Line("a", 1.0, ((-3, 1.4), (far, 1.6), (nan, 4), (70.2, 99)), ((5, 5), (5.2, 5.4)))
    assert fitted_line(line).polygon == ((0, 1), (100, 2), (70, 50))
    assert fitted_line(line).baseline == ()  # one point is no course


@pytest.mark.parametrize("seed", range(40))
def test_fitting_again_changes_nothing(seed: int) -> None:
    page = fitted(random_page(seed))
    assert fitted(page) == page
    for line in page.lines:
        assert line.text == " ".join(word.text for word in line.words)
        for polygon in (line.polygon, *(word.polygon for word in line.words)):
            left, top, right, bottom = box(polygon)
            assert 0 <= left < right <= page.width and 0 <= top < bottom <= page.height


def test_texts_and_numbers() -> None:
    assert plain("a\tb\0c\ud800\ufffe") == "a b\ufffdc\ufffd\ufffd"
    assert pieces("  a\nb\u00a0c  ") == ["a", "b\u00a0c"]
    assert utf8("é\udfff") == "é\ufffd".encode()
    assert [probability(value) for value in (-1.0, 2.0, 0.123456, float("nan"))] == [0.0, 1.0, 0.1235, 0.0]
