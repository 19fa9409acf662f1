"""Batch k of epoch e is a function of (seed, e, k), and processes share it as one would have had it."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from inkread.errors import ConfigError
from inkread.training.example_data import BatchLoader, ExampleData, Order, TrainingBatches
from inkread.training.models.character import CharacterModel
from inkread.training.models.line_ctc import LineModelCtc
from tests.training.tiny_data import TinyCharacters, TinyLines


def test_an_epoch_holds_every_example_once_in_an_order_of_its_own():
    order = Order(24, 4, seed=3)
    epochs = [np.concatenate([order.batch(6 * epoch + k) for k in range(6)]) for epoch in range(2)]
    assert [sorted(epoch) for epoch in epochs] == [list(range(24))] * 2
    assert epochs[0].tolist() != epochs[1].tolist()
    assert Order(24, 4, seed=4).batch(0).tolist() != order.batch(0).tolist()
    assert pickle.loads(pickle.dumps(order)).batch(7).tolist() == order.batch(7).tolist()


def test_what_does_not_fill_a_batch_is_left_out_and_few_examples_are_one_batch():
    assert Order(10, 4, seed=1).batches == 2
    assert sorted(len(Order(10, 4, seed=1).batch(k)) for k in range(2)) == [4, 4]
    assert len(Order(3, 4, seed=1).batch(5)) == 3


def test_examples_of_like_figures_come_together_and_all_come():
    figures = np.random.default_rng(1).permutation(200).astype(float)
    order = Order(200, 5, seed=1, figures=figures)
    batches = [order.batch(k) for k in range(order.batches)]
    assert sorted(np.concatenate(batches)) == list(range(200))
    assert all(len(batch) == 5 for batch in batches)
    spread = np.mean([np.ptp(figures[batch]) for batch in batches])
    assert spread < 0.3 * np.mean([np.ptp(figures[Order(200, 5, 1).batch(k)]) for k in range(40)])


@pytest.fixture
def letters(tmp_path):
    dataset = TinyCharacters(data=tmp_path)
    return CharacterModel.for_dataset(dataset), dataset.split("train")


def test_two_processes_share_the_batch_of_one(letters):
    model, examples = letters
    order = Order(len(examples), 8, seed=1)
    whole = TrainingBatches(model, examples, order, 0, 1)[4]
    halves = [TrainingBatches(model, examples, order, rank, 2)[4] for rank in range(2)]
    for rank, half in enumerate(halves):
        assert (half.images == whole.images[rank::2]).all()
        assert (half.targets == whole.targets[rank::2]).all()


@pytest.mark.parametrize("workers", [0, 2])
def test_a_loader_begins_anywhere_whatever_its_workers(letters, workers):
    model, examples = letters
    batches = TrainingBatches(model, examples, Order(len(examples), 8, seed=1), 0, 1)
    given = list(BatchLoader(batches, start=4, steps=9, workers=workers))
    assert len(given) == 5
    for number, batch in enumerate(given, start=4):
        assert (batch.images == batches[number].images).all()


def test_the_validation_examples_come_in_order_and_once(tmp_path):
    dataset = TinyLines(data=tmp_path)
    model = LineModelCtc.for_dataset(dataset)
    data = ExampleData(model, dataset.split("train"), dataset.split("validation"), batch_size=3, epochs=2)
    assert data.steps == 16
    texts = [text for batch in data.val_dataloader() for text in batch.texts]
    assert texts == list(dataset.split("validation").targets)


def test_fewer_examples_than_processes_are_said(letters):
    model, examples = letters
    with pytest.raises(ConfigError, match="1 training examples for 2 processes"):
        ExampleData(model, examples.take([0]), examples, batch_size=1, epochs=1, world=2)
