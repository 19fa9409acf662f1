"""The prefix search on frames worked out by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from inkread.decoding.search import Frame, Prefix, root_of, search

A, B = 1, 2


def texts(frames: list[Frame], factor: float = 1.0, width: int = 8, narrow: float = 1e-9) -> dict[str, float]:
    """Return the probability of each text of the last beam; each class multiplies it by ``factor``."""
    found = search(
        frames, root_of(None, None), lambda *_: (factor, 0.0, None, 0.0), [factor] * 9, width, narrow
    )
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    return {"".join(" ab"[number] for number in prefix.classes()): math.exp(score) for prefix, score in found}


def test_the_paths_of_a_text_are_summed() -> None:
    found = texts([(0.5, [(A, 0.5)]), (0.25, [(A, 0.75)])])
    # "a" by aa, a-, -a; "" by --; two frames without a blank between them are no "aa"
    assert found == pytest.approx({"a": 0.375 + 0.125 + 0.375, "": 0.125})


def test_a_letter_is_doubled_across_a_blank_alone() -> None:
    found = texts([(0.0, [(A, 1.0)]), (1.0, []), (0.0, [(A, 1.0)])])
    assert found == pytest.approx({"aa": 1.0})


def test_every_class_brings_its_factor() -> None:
    frames: list[Frame] = [(0.0, [(A, 0.5), (B, 0.5)]), (0.5, [(B, 0.5)])]
    plain, weighed = texts(frames), texts(frames, factor=0.1)
    assert weighed == pytest.approx({text: 0.1 ** len(text) * share for text, share in plain.items()})


def test_no_more_prefixes_than_the_width_and_none_too_faint() -> None:
    frames: list[Frame] = [(0.1, [(A, 0.6), (B, 0.3)])] * 4
    assert len(texts(frames, width=3)) == 3
    found = texts(frames, narrow=0.2)
    best = max(found.values())
    assert 1 < len(found) < len(texts(frames)) and all(share >= 0.2 * best for share in found.values())


def test_what_cannot_stay_is_never_made() -> None:
    asked: list[int] = []

    def step(prefix: Prefix, number: int) -> tuple[float, float, None, float]:
        asked.append(number)
        return 1.0, -2.0, None, 0.0

    most = [1.0, 1.0, 1.0]
    ((prefix, _),) = search([(0.0, [(A, 0.9999), (B, 0.0001)])], root_of(None, None), step, most, 8, 0.01)
    assert prefix.classes() == [A] and prefix.usual == -2.0
    assert B in asked  # its factor could have been large: the first frame keeps nothing to compare with
    asked.clear()
    search([(0.9, [(A, 0.001)])], root_of(None, None), step, most, 8, 0.01)
    assert asked == []


def test_an_advance_holds_a_text_in_the_beam_and_is_taken_back_at_the_end() -> None:
    frames: list[Frame] = [(0.0, [(A, 0.7), (B, 0.3)]), (0.7, [(A, 0.3)])]

    def step(prefix: Prefix, number: int) -> tuple[float, float, None, float]:
        advance = math.log(4.0) if number == B else 0.0
        return math.exp(advance), 0.0, None, advance

    ((prefix, score),) = search(frames, root_of(None, None), step, [4.0] * 3, 1, 1e-9)
    assert (prefix.classes(), math.exp(score)) == ([B], pytest.approx(0.21))
    plain = search(frames, root_of(None, None), lambda *_: (1.0, 0.0, None, 0.0), [1.0] * 3, 1, 1e-9)
    assert [(prefix.classes(), math.exp(score)) for prefix, score in plain] == [([A], pytest.approx(0.7))]
    found = search(frames, root_of(None, None), step, [4.0] * 3, 3, 1e-9)
    scores = {tuple(prefix.classes()): math.exp(score) for prefix, score in found}
    assert scores == {(A,): pytest.approx(0.7), (B,): pytest.approx(0.21), (B, A): pytest.approx(0.09)}
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def plain_search(
    frames: list[Frame], factors: dict[tuple[int, int], float], width: int, narrow: float
) -> dict[tuple[int, ...], float]:
    """Return what ``search`` is to find, worked out without any of its short cuts."""
    beam = {(): (1.0, 0.0)}
    for blank, labels in frames:
        after: dict[tuple[int, ...], list[float]] = {}
        for text, (closed, label) in beam.items():
            last = text[-1] if text else 0
            own = after.setdefault(text, [0.0, 0.0])
            own[0] += (closed + label) * blank
            own[1] += label * dict(labels).get(last, 0.0)
            for number, probability in labels:
                reached = closed if number == last else closed + label
                grown = after.setdefault((*text, number), [0.0, 0.0])
                grown[1] += reached * probability * factors[last, number]
        least = max(map(sum, after.values())) * narrow
        kept = sorted(after.items(), key=lambda item: -sum(item[1]))[:width]
        beam = {text: (closed, label) for text, (closed, label) in kept if closed + label >= least}
    return {text: closed + label for text, (closed, label) in beam.items()}


def test_no_short_cut_changes_what_is_found() -> None:
    rng = np.random.default_rng(3)
    for _ in range(600):
        factors = {pair: float(rng.uniform(0.2, 3.0)) for pair in itertools.product((0, A, B), (A, B))}
        frames: list[Frame] = []
        for row in rng.dirichlet([0.5, 0.5, 0.5], size=rng.integers(1, 11)).tolist():
            labels = [] if rng.random() < 0.2 else [(A, row[A]), (B, row[B])]
            frames.append((row[0], labels))
        width, narrow = int(rng.integers(1, 9)), 10.0 ** -rng.uniform(0.3, 9.0)
        found = search(
            frames,
            root_of(None, None),
            lambda prefix, number, factors=factors: (
                factors[prefix.last, number],
                math.log(factors[prefix.last, number]),
                None,
                0.0,
            ),
            [1.0, 3.0, 3.0],
            width,
            narrow,
        )
        scores = {tuple(prefix.classes()): math.exp(score) for prefix, score in found}
        assert scores == pytest.approx(plain_search(frames, factors, width, narrow), rel=1e-9)
        for prefix, _ in found:
            steps = itertools.pairwise((0, *prefix.classes()))
            assert prefix.usual == pytest.approx(sum(math.log(factors[pair]) for pair in steps))


def test_the_plain_search_sums_all_paths_of_every_text_where_nothing_is_left_out() -> None:
    rng = np.random.default_rng(4)
    probabilities = rng.dirichlet([0.5, 0.5, 0.5], size=5)
    factors = {pair: float(rng.uniform(0.2, 3.0)) for pair in itertools.product((0, A, B), (A, B))}
    expected: dict[tuple[int, ...], float] = {}
    for path in itertools.product((0, A, B), repeat=5):
        text = tuple(number for number, _ in itertools.groupby(path) if number)
        share = math.prod(probabilities[frame, number] for frame, number in enumerate(path))
        weight = math.prod(factors[pair] for pair in itertools.pairwise((0, *text)))
        expected[text] = expected.get(text, 0.0) + share * weight
    frames: list[Frame] = [(row[0], [(A, row[A]), (B, row[B])]) for row in probabilities.tolist()]
    assert plain_search(frames, factors, 1000, 1e-300) == pytest.approx(expected)


def test_long_blank_paper_and_a_class_that_is_ruled_out_do_no_harm() -> None:
    found = texts([(0.5, [])] * 2000 + [(0.25, [(A, 0.75), (B, 0.0)])] + [(0.5, [])] * 2)
    assert found == {"a": 0.0, "": 0.0}  # next to nothing, in their order
    last = search(
        [(0.5, [])] * 2000 + [(0.25, [(A, 0.75)])],
        root_of(None, None),
        lambda *_: (1.0, 0.0, None, 0.0),
        [1.0] * 3,
        8,
        1e-9,
    )
    assert [score for _, score in last] == pytest.approx(
        [2000 * math.log(0.5) + math.log(share) for share in (0.75, 0.25)]
    )
