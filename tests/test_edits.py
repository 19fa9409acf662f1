"""A person's corrections keep every place that was right, and put the rest between."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from inkread.document import Alternative, Character, Line, ModelInfo, Page, Polygon, Region, Word
from inkread.edits import with_text, with_texts

STEP = 10.0
MARGIN = 15.0


def turned(x: float, y: float, angle: float) -> tuple[float, float]:
    return (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle))


def box(left: float, right: float, angle: float = 0.0) -> Polygon:
    corners = ((left, 40.0), (right, 40.0), (right, 70.0), (left, 70.0))
    return tuple(turned(x, y, angle) for x, y in corners)


def line(text: str, angle: float = 0.0) -> Line:
    """A line whose characters are ten pixels wide, with some room at its ends."""
    words, start = [], MARGIN
    for piece in text.split():
        places = [(start + STEP * number, start + STEP * (number + 1)) for number in range(len(piece))]
        characters = tuple(
            Character(character, 0.8, box(*place, angle))
            for character, place in zip(piece, places, strict=True)
        )
        words.append(Word(piece, 0.7, box(start, places[-1][1], angle), characters))
        start = places[-1][1] + STEP
    end = start - STEP + MARGIN
    others = (Alternative("something else", 0.1),)
    baseline = (turned(0, 60, angle), turned(end, 60, angle))
    return Line(text, 0.6, box(0, end, angle), baseline, tuple(words), others)


def extent(polygon: Polygon, angle: float = 0.0) -> tuple[float, float]:
    along = [turned(x, y, -angle)[0] for x, y in polygon]
    return min(along), max(along)


def places(given: Line) -> dict[str, tuple[float, float]]:
    return {word.text: extent(word.polygon) for word in given.words}


def test_the_same_text_is_the_same_line() -> None:
    read = line("Dear Margaret, thank you")
    assert with_text(read, read.text) is read
    assert with_text(read, "  Dear Margaret,\tthank  you\n") is read
    bare = replace(read, words=())
    assert with_text(bare, bare.text) is bare


def test_words_that_were_right_are_kept_whole() -> None:
    read = line("Dear Margeret thank you")
    corrected = with_text(read, "Dear Margaret, thank you")
    assert corrected.text == "Dear Margaret, thank you"
    assert [corrected.words[number] for number in (0, 2, 3)] == [read.words[number] for number in (0, 2, 3)]
    name = corrected.words[1]
    assert name.text == "Margaret," and name.confidence == corrected.confidence == 1.0
    assert "".join(character.text for character in name.characters) == name.text
    left, right = extent(read.words[1].polygon)
    assert extent(name.polygon)[0] == left and right <= extent(name.polygon)[1] <= right + STEP
    assert corrected.alternatives == () and corrected.polygon == read.polygon
    assert corrected.baseline == read.baseline


def test_characters_stay_where_they_were_in_a_word_that_changed() -> None:
    before, after = line("Margeret").words[0], with_text(line("Margeret"), "Margaret").words[0]
    for old, new in zip(before.characters, after.characters, strict=True):
        assert extent(new.polygon) == pytest.approx(extent(old.polygon))


def test_words_put_in_lie_between_their_neighbours() -> None:
    read = line("the cat sat")
    found = places(with_text(read, "the big cat sat"))
    assert found["the"][1] < found["big"][0] < found["big"][1] < found["cat"][0]
    assert found["cat"] == places(read)["cat"]
    found = places(with_text(read, "the cat sat down"))
    assert found["sat"][1] < found["down"][0] < found["down"][1] == extent(read.polygon)[1]
    found = places(with_text(read, "Now the cat sat"))
    assert found["Now"][0] == 0 < found["Now"][1] < found["the"][0]


def test_words_joined_and_parted() -> None:
    joined = with_text(line("to day"), "today").words
    assert len(joined) == 1 and extent(joined[0].polygon) == (MARGIN, MARGIN + 6 * STEP)
    first, second = with_text(line("today"), "to day").words
    assert extent(first.polygon)[0] == MARGIN and extent(second.polygon)[1] == MARGIN + 5 * STEP
    assert extent(first.polygon)[1] < extent(second.polygon)[0]


def test_a_text_that_the_words_do_not_have_yet() -> None:
    """As it comes from a client that changed the line's text alone."""
    stale = replace(line("Helo World"), text="Hello World")
    corrected = with_text(stale, "Hello World")
    assert [word.text for word in corrected.words] == ["Hello", "World"]
    assert corrected.words[1] == stale.words[1]
    assert with_text(corrected, "Hello World") is corrected


def test_a_word_without_a_text() -> None:
    given = line("one two")
    odd = replace(given, words=(Word("", 0.5, box(0, 5), ()), *given.words))
    assert [word.text for word in with_text(odd, "one three").words] == ["one", "three"]


def test_lines_that_know_less() -> None:
    read = line("Dear Margaret")
    plain = with_text(replace(read, words=(), text=""), "Dear Margaret")  # no words
    assert extent(plain.words[0].polygon)[0] == 0 and extent(plain.words[1].polygon)[1] == 160
    rough = replace(read, words=tuple(replace(word, characters=()) for word in read.words))
    assert places(with_text(rough, "Bear Margaret"))["Bear"] == places(read)["Dear"]
    bare = Line("Dear", 0.5, words=(Word("Dear", 0.5),))  # no places at all
    corrected = with_text(bare, "Dear me")
    assert [word.text for word in corrected.words] == ["Dear", "me"]
    assert corrected.words[0] is bare.words[0] and corrected.words[1].polygon == ()
    unlined = with_text(replace(read, baseline=()), "Dearest Margaret")
    assert unlined.words[1] == read.words[1]
    assert with_text(read, "").words == () and with_text(read, "").text == ""


@pytest.mark.parametrize("angle", [0.0, 0.08, -0.2])
def test_any_correction_of_any_line(angle: float) -> None:
    chance = random.Random(f"edits {angle}")
    for _ in range(300):
        read = line(" ".join(_word(chance) for _ in range(chance.randint(1, 6))), angle)
        text = _bent(read.text, chance)
        corrected = with_text(read, text)
        assert corrected.text == " ".join(word.text for word in corrected.words)
        assert [word.text for word in corrected.words] == text.split()
        low, high = np.min(read.polygon, axis=0) - 1e-6, np.max(read.polygon, axis=0) + 1e-6
        reached = -1e-6
        for word in corrected.words:
            assert word in read.words or word.confidence == 1.0
            for character in word.characters:
                points = np.array(character.polygon)
                assert (points >= low).all() and (points <= high).all()
                left, right = extent(character.polygon, angle)
                assert reached <= left + 1e-6 and left <= right + 1e-6, (read.text, text)
                reached = right
        assert with_text(corrected, text) is corrected


def _word(chance: random.Random) -> str:
    return "".join(chance.choices("abeehlt,", k=chance.randint(1, 7)))


def _bent(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(0, 5)):
        place = chance.randint(0, len(text))
        text = (
            text[:place] + chance.choice(["", "a", " ", "hel", " at "]) + text[place + chance.randint(0, 2) :]
        )
    return text


def test_a_whole_page() -> None:
    first, second, third = line("one"), line("two"), line("tree")
    page = Page(1, 200, 100, ModelInfo("m", "1"), (Region((first, second)), Region((third,), "margin")))
    corrected = with_texts(page, ["one", "too", "three"])
    assert corrected.text == "one\ntoo\n\nthree" and corrected.lines[0] is first
    assert [region.type for region in corrected.regions] == ["text", "margin"]
    assert with_texts(page, ["one", " ", ""]).regions == (Region((first,)),)
    for texts in (["one", "two"], ["one", "two", "three", "four"]):
        with pytest.raises(ValueError):
            with_texts(page, texts)
