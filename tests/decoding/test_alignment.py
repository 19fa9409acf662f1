"""Forced alignment on small matrices."""

from __future__ import annotations

import itertools

import numpy as np

from inkread.decoding.alignment import align


def logs(*classes: int) -> np.ndarray:
    table = np.full((len(classes), 3), 0.05, dtype=np.float32)
    table[np.arange(len(classes)), list(classes)] = 0.9
    return np.log(table)


def test_characters_lie_on_their_frames() -> None:
    assert align(logs(0, 1, 1, 0, 2, 0), [[1, 2]]) == [((1, 3), (4, 5))]


def test_repeats_are_parted_by_a_blank() -> None:
    assert align(logs(1, 1, 0, 1), [[1, 1]]) == [((0, 2), (3, 4))]
    (first, second) = align(logs(1, 1, 1), [[1, 1]])[0]
    assert first == (0, 1) and second == (2, 3)


def test_texts_of_several_lengths_do_not_disturb_each_other() -> None:
    table = logs(1, 0, 2, 2, 0, 1)
    texts = [[1, 2, 1], [1], [], [2, 1]]
    assert align(table, texts) == [align(table, [text])[0] for text in texts]
    assert align(table, texts)[2] == ()


def test_a_text_that_is_too_long_is_spread_evenly() -> None:
    assert align(logs(1, 2), [[1, 1, 1, 1]]) == [((0, 0), (0, 1), (1, 1), (1, 2))]
    assert align(np.zeros((0, 3), dtype=np.float32), [[1]]) == [((0, 0),)]


def test_frames_rise_and_do_not_overlap() -> None:
    rng = np.random.default_rng(1)
    table = np.log(rng.dirichlet(np.ones(6), size=40)).astype(np.float32)
    for frames in align(table, [rng.integers(1, 6, size=length).tolist() for length in (1, 7, 15)]):
        assert all(a < b for a, b in frames)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(frames))
