"""Batches are functions of (seed, number), whoever draws them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from inkread.alphabet import READER_ALPHABET, Alphabet
from inkread.datasets.base import LineSample, sample_rng
from inkread.errors import InkreadError
from inkread.recogniser import Recogniser
from inkread.training.stream import LineStream, StreamLoader
from tests.training.lines import PrintedLines


def batches(count, start=0, workers=0, seed=5):
    stream = LineStream(PrintedLines(), READER_ALPHABET, seed, batch_size=4, group=3, start=start)
    return list(itertools.islice(iter(StreamLoader(stream, workers)), count))


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one[:4], other[:4], strict=True))


def test_the_same_seed_gives_the_same_batches_and_another_seed_others():
    assert all(same(a, b) for a, b in zip(batches(7), batches(7), strict=True))
    assert not same(batches(1)[0], batches(1, seed=6)[0])


def test_a_stream_started_in_mid_group_gives_what_an_unbroken_one_gives():
    assert all(same(a, b) for a, b in zip(batches(9)[4:], batches(5, start=4), strict=True))


def test_the_order_does_not_depend_on_the_number_of_workers():
    assert all(same(a, b) for a, b in zip(batches(8), batches(8, workers=2), strict=True))


def test_no_two_groups_are_alike():
    drawn = batches(6)
    assert not any(same(a, b) for a, b in itertools.combinations(drawn, 2))


def test_a_batch_holds_lines_of_like_width_padded_with_paper():
    for batch in batches(6):
        width = batch.lines.shape[-1]
        assert width % 64 == 0
        for line, own in zip(batch.lines[:, 0], batch.widths, strict=True):
            assert bool((line[:, own:] == 255).all())
        assert int(batch.lengths.sum()) == len(batch.targets)


def test_a_source_that_never_gives_a_usable_line_is_named():
    class Dense:
        name = "dense"

        def sample(self, index, rng):
            return LineSample(np.full((48, 32), 255, np.uint8), "far too much text for this", "dense")

    stream = LineStream(Dense(), READER_ALPHABET, 1, 2)
    with pytest.raises(InkreadError, match="too long"):
        stream.line(0)
    with pytest.raises(InkreadError, match="does not hold"):
        LineStream(PrintedLines(), Alphabet("xyz"), 1, 2).line(0)


def test_training_sees_the_very_pixels_that_reading_sees(monkeypatch):
    stream = LineStream(PrintedLines(), READER_ALPHABET, 5, batch_size=1)
    recogniser, seen = Recogniser(threads=1, language="none"), []
    run = recogniser._session.run
    monkeypatch.setattr(recogniser._session, "run", lambda batch: (seen.append(batch[0]), run(batch))[1])
    for index in range(4):
        recogniser.recognise([PrintedLines().sample(index, sample_rng(5, index)).image])
        np.testing.assert_array_equal(stream.line(index)[0], seen[-1])


def test_processes_share_the_groups_of_one_stream():
    whole = LineStream(PrintedLines(), READER_ALPHABET, 5, batch_size=4, group=3)
    ranks = [LineStream(PrintedLines(), READER_ALPHABET, 5, 4, 3, rank=rank, world=2) for rank in (0, 1)]
    for turn in range(2):
        for rank in (0, 1):
            group = next(itertools.islice(iter(ranks[rank]), turn, None))
            expected = whole.draw_group(2 * turn + rank)
            assert all(same(a, b) for a, b in zip(group, expected, strict=True))
