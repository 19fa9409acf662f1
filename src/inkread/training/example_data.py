"""Batches of a finite data set: batch ``k`` of epoch ``e`` is a function of (seed, e, k) alone.

So a run that was killed goes on in the middle of an epoch, and several processes share a batch
as one process would have had it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import cv2
import lightning
import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import DataLoader, Dataset

from inkread.datasets.base import sample_rng
from inkread.datasets.dataset import Examples
from inkread.errors import ConfigError
from inkread.training.models.base import Model

_POOL = 16


class Order:
    """Which examples each batch holds.

    Every epoch has its own order at random; what does not fill a last batch is left out of it.
    With ``figures``, examples of like figures come together: they are sorted within pools of
    several batches, and the pools' batches are shuffled.

    Args:
        count: examples in all.
        batch_size: examples a batch.
        seed: of the order.
        figures: one for each example, or None.
    """

    def __init__(
        self, count: int, batch_size: int, seed: int, figures: Sequence[float] | None = None
    ) -> None:
        self.count = count
        self.batch_size = batch_size
        self.seed = seed
        self.batches = max(count // batch_size, 1)
        self._figures = None if figures is None else np.asarray(figures)
        self.epoch = lru_cache(maxsize=2)(self._epoch)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "epoch"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.epoch = lru_cache(maxsize=2)(self._epoch)

    def batch(self, number: int) -> npt.NDArray[np.int64]:
        """Return the numbers of the examples of batch ``number``, counted from the run's beginning."""
        epoch, place = divmod(number, self.batches)
        return self.epoch(epoch)[place]

    def _epoch(self, epoch: int) -> list[npt.NDArray[np.int64]]:
        rng = sample_rng(self.seed, epoch)
        order = rng.permutation(self.count)[: self.batches * self.batch_size]
        if self._figures is None:
            return np.array_split(order, self.batches)
        batches = []
        for first in range(0, len(order), _POOL * self.batch_size):
            pool = order[first : first + _POOL * self.batch_size]
            pool = pool[np.argsort(self._figures[pool], kind="stable")]
            batches += np.array_split(pool, max(len(pool) // self.batch_size, 1))
        return [batches[place] for place in rng.permutation(len(batches))]


class TrainingBatches(Dataset[Any]):
    """The share of one process in each batch of a run, by number."""

    def __init__(self, model: Model, examples: Examples, order: Order, rank: int, world: int) -> None:
        self._model, self._examples, self._order = model, examples, order
        self._rank, self._world = rank, world

    def __getitem__(self, number: int) -> Any:
        chosen = self._order.batch(number).tolist()
        first = number * self._order.batch_size
        return self._model.collate(
            [
                self._model.encode(self._examples[chosen[place]], sample_rng(self._order.seed, first + place))
                for place in range(self._rank, len(chosen), self._world)
            ]
        )


class ValidationBatches(Dataset[Any]):
    """One process's share of a split, in order."""

    def __init__(self, model: Model, examples: Examples, batch_size: int, rank: int, world: int) -> None:
        self._model, self._examples = model, examples
        numbers = range(rank, len(examples), world)
        self._batches = [numbers[at : at + batch_size] for at in range(0, len(numbers), batch_size)]

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, number: int) -> Any:
        if number >= len(self):
            raise IndexError(number)
        return self._model.collate([self._model.encode(self._examples[n]) for n in self._batches[number]])


class BatchLoader:
    """The batches from ``start`` on, in order, whatever the number of workers; it has no length."""

    def __init__(self, batches: TrainingBatches, start: int, steps: int, workers: int) -> None:
        self._loading = (batches, range(start, steps), workers)

    def __iter__(self) -> Iterator[Any]:
        batches, numbers, workers = self._loading
        return iter(
            DataLoader(
                batches,
                batch_size=None,
                sampler=numbers,
                num_workers=workers,
                generator=torch.Generator(),
            )
        )


class ExampleData(lightning.LightningDataModule):
    """The training batches from the trainer's step on, and the validation examples.

    Args:
        model: encodes and collates.
        training: examples to learn.
        validation: examples that decide which checkpoint is best; there may be none.
        batch_size: examples a step, of one process.
        epochs: how often all are gone through.
        seed: of the order.
        workers: processes that make batches, for each process that trains; 0 for none.
        world: processes that train, on all hosts.

    Raises:
        ConfigError: fewer examples than processes.
    """

    def __init__(
        self,
        model: Model,
        training: Examples,
        validation: Examples,
        *,
        batch_size: int,
        epochs: int,
        seed: int = 1,
        workers: int = 0,
        world: int = 1,
    ) -> None:
        super().__init__()
        if len(training) < world:
            raise ConfigError(
                f"There are {len(training)} training examples for {world} processes; give more data."
            )
        self._model, self._training, self._validation = model, training, validation
        self._batch_size, self._workers = batch_size, workers
        self.order = Order(len(training), batch_size * world, seed, model.group_by(training))
        self.steps = self.order.batches * epochs

    def setup(self, stage: str) -> None:
        """Leave OpenCV one thread before workers are forked: a pool of threads does not survive that."""
        if self._workers:
            cv2.setNumThreads(1)

    def train_dataloader(self) -> BatchLoader:
        """Batches from the trainer's step on: that is what makes a resumed run go on exactly."""
        start = self.trainer.global_step if self.trainer else 0
        batches = TrainingBatches(self._model, self._training, self.order, *self._place())
        return BatchLoader(batches, start, self.steps, self._workers)

    def val_dataloader(self) -> DataLoader[Any]:
        """The validation examples in order; of several processes, each takes its share."""
        batches = ValidationBatches(self._model, self._validation, self._batch_size, *self._place())
        return DataLoader(
            batches,
            batch_size=None,
            num_workers=self._workers,
            generator=torch.Generator(),
        )

    def _place(self) -> tuple[int, int]:
        return (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
