"""Frames to places, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.placing import Track, borders, edges, words


def test_characters_reach_half_way_to_their_neighbours() -> None:
    assert edges([(2, 3), (5, 6), (9, 12)]) == pytest.approx([2 - 5 / 3, 4.0, 7.5, 12 + 5 / 3])
    assert edges([]) == []
    assert edges([(0, 4)]) == [0.0, 6.0]


def test_a_level_line() -> None:
    polygon = np.array([[100, 50], [300, 50], [300, 90], [100, 90]])
    track = Track.of(polygon, np.array([[100, 80], [300, 80]]), columns=220)
    assert track.start == pytest.approx(-10.0)
    inside, beyond = track.outlines([(60, 110), (-50, 500)])
    assert inside.tolist() == [[150, 50], [200, 50], [200, 90], [150, 90]]
    assert beyond.tolist() == [[100, 50], [300, 50], [300, 90], [100, 90]]
    assert track.outlines([]) == []


def test_a_slanted_line_turns_its_places() -> None:
    angle = np.radians(30)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    flat = np.array([[0, -20], [100, -20], [100, 5], [0, 5]], dtype=float)
    track = Track.of(flat @ turn, np.array([[0, 0], [100, 0]], dtype=float) @ turn, columns=100)
    expected = np.array([[40, -20], [60, -20], [60, 5], [40, 5]], dtype=float) @ turn
    np.testing.assert_allclose(track.outlines([(40, 60)])[0], expected, atol=1e-9)


def test_an_uneven_outline_keeps_its_corners() -> None:
    polygon = np.array([[0, 10], [50, 0], [100, 10], [100, 40], [0, 40]], dtype=float)
    track = Track.of(polygon, np.array([[0, 35], [100, 35]]), columns=100)
    whole, part = track.outlines([(25, 75), (60, 80)])
    assert whole.tolist() == [[25, 5], [50, 0], [75, 5], [75, 40], [50, 40], [25, 40]]
    assert part.tolist() == [[60, 2], [80, 6], [80, 40], [60, 40]]


def test_words_are_cut_at_spaces() -> None:
    def outline(spans: list[tuple[float, float]]) -> list[np.ndarray]:
        return [np.array([[left, 0.0], [right, 0.0]]) for left, right in spans]

    def place(points: np.ndarray) -> tuple[tuple[float, ...], ...]:
        return tuple(map(tuple, points.tolist()))

    found = words(" ab  c", [0.1, 0.9, 0.8, 0.1, 0.1, 0.7], [0.8, 0.7], [0, 1, 2, 3, 4, 5, 6], outline, place)
    assert [(word.text, word.confidence, word.polygon) for word in found] == [
        ("ab", 0.8, ((1, 0.0), (3, 0.0))),
        ("c", 0.7, ((5, 0.0), (6, 0.0))),
    ]
    assert [character.polygon for character in found[0].characters] == [
        ((1, 0.0), (2, 0.0)),
        ((2, 0.0), (3, 0.0)),
    ]
    assert words("", [], [], [], outline, place) == ()


def test_borders_lie_in_the_gaps_of_the_ink() -> None:
    ink = np.zeros(60, np.int64)
    for first, last in ((4, 12), (14, 22), (40, 55)):
        ink[first:last] = 5
    found = borders("ab c", [(3, 4), (8, 9), (13, 14), (23, 24)], ink, 2.0)
    assert found[1] == 13.0  # the middle of the gap
    assert (found[2], found[3]) == (22.0, 40.0)  # a space is the gap
    assert found == sorted(found)


def test_letters_that_touch_are_parted_where_there_is_least_ink() -> None:
    ink = np.full(40, 6)
    ink[23] = 1
    assert borders("ab", [(4, 5), (14, 15)], ink, 2.0)[1] == 23.5
    assert borders("", [], ink, 2.0) == []


def test_the_widest_of_several_gaps_counts_and_only_between_the_middles() -> None:
    ink = np.full(60, 4)
    ink[10:12] = ink[20:25] = ink[40:60] = 0
    assert borders("ab", [(1, 2), (14, 15)], ink, 2.0)[1] == 22.5
    assert borders("ab", [(1, 2), (5, 6)], ink, 2.0)[1] == 11.0
    assert borders("ab", [(1, 2), (10, 11)], ink, 2.0)[1] == 11.0  # two columns each: the first
    assert borders("a b", [(19, 20), (22, 22), (28, 29)], ink, 2.0)[1:3] == [40.0, 58.0]
