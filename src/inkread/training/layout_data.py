"""What the line finder learns from: crops of marked pages, batch ``k`` a function of (seed, k)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import lightning
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info

from inkread.datasets.base import sample_rng
from inkread.datasets.layout_crops import Crop, draw_crop
from inkread.datasets.layout_pages import MarkedPages
from inkread.datasets.paths import located
from inkread.errors import ConfigError


class LayoutBatch(NamedTuple):
    """Crops of pages with their maps.

    Attributes:
        images: uint8 (N, S, S, 3), RGB.
        maps: uint8 (N, 3, S / 2, S / 2), 0 or 1; see ``datasets.layout_targets``.
        known: uint8 (N, S / 2, S / 2), 0 where nothing is taught.
    """

    images: Tensor
    maps: Tensor
    known: Tensor


def make_batch(crops: Sequence[Crop]) -> LayoutBatch:
    """Stack crops of one size."""
    columns = (
        [crop.image for crop in crops],
        [crop.targets.maps for crop in crops],
        [crop.targets.known for crop in crops],
    )
    return LayoutBatch(*(torch.from_numpy(np.stack(column)) for column in columns))


class PageMixture:
    """Folders of marked pages, each drawn from by its weight.

    Args:
        data: the folder that paths are relative to.
        entries: ``{"folder": path, "weight": number}`` each.

    Raises:
        ConfigError: an entry with other keys, or none.
        DataError: a folder without pages.
    """

    def __init__(self, data: Path, entries: Sequence[Mapping[str, Any]]) -> None:
        known = {"folder", "weight"}
        if not entries or any(set(entry) - known or "folder" not in entry for entry in entries):
            raise ConfigError("The pages of a layout recipe are folders with weights; correct them.")
        self.sources = [MarkedPages(located(data, entry["folder"])) for entry in entries]
        weights = np.array([float(entry.get("weight", 1.0)) for entry in entries])
        self._until = np.cumsum(weights) / weights.sum()

    def crop(self, seed: int, index: int, side: int, plain: bool = False) -> Crop:
        """Return crop ``index`` of the stream of ``seed``."""
        rng = sample_rng(seed, index)
        which = min(int(np.searchsorted(self._until, rng.random(), side="right")), len(self.sources) - 1)
        pages = self.sources[which]
        return draw_crop(pages[int(rng.integers(len(pages)))], side, rng, plain)


class CropStream(IterableDataset[LayoutBatch]):
    """Endless batches from number ``start`` on; of several workers, each gives every n-th."""

    def __init__(self, pages: PageMixture, seed: int, batch_size: int, side: int, start: int = 0) -> None:
        self.pages, self.seed, self.batch_size, self.side, self.start = pages, seed, batch_size, side, start

    def batch(self, number: int) -> LayoutBatch:
        """Return batch ``number`` of the stream."""
        first = number * self.batch_size
        return make_batch(
            [self.pages.crop(self.seed, first + offset, self.side) for offset in range(self.batch_size)]
        )

    def __iter__(self) -> Iterator[LayoutBatch]:
        worker = get_worker_info()
        number, step = self.start + (worker.id if worker else 0), worker.num_workers if worker else 1
        while True:
            yield self.batch(number)
            number += step


class ValidationCrops(Dataset[LayoutBatch]):
    """The first ``count`` crops of some pages, at the usual scale, always the same ones; a batch each."""

    def __init__(self, pages: PageMixture, count: int, side: int) -> None:
        self._pages, self._count, self._side = pages, count, side

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> LayoutBatch:
        if index >= self._count:
            raise IndexError(index)
        return make_batch([self._pages.crop(0, index, self._side, plain=True)])


class LayoutData(lightning.LightningDataModule):
    """The stream, from the step that the run has reached, and the validation sets.

    Args:
        pages: what is trained on.
        validation: the validation sets.
        seed, batch_size, side: of the stream.
        workers: processes that make crops.
    """

    def __init__(
        self, pages: PageMixture, validation: list[ValidationCrops], *, seed: int, batch_size: int, side: int,
        workers: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self._pages, self._validation, self._workers = pages, validation, workers
        self._seed, self._batch_size, self._side = seed, batch_size, side

    def train_dataloader(self) -> DataLoader[LayoutBatch]:
        """Batches from the trainer's step on: that is what makes a resumed run go on exactly."""
        cv2.setNumThreads(1)  # here, not in the workers: a forked one may hang on the pool it inherits
        start = self.trainer.global_step if self.trainer else 0
        stream = CropStream(self._pages, self._seed, self._batch_size, self._side, start)
        return DataLoader(
            stream,
            batch_size=None,
            num_workers=self._workers,
            prefetch_factor=2 if self._workers else None,
            generator=torch.Generator(),
        )

    def val_dataloader(self) -> list[DataLoader[LayoutBatch]]:
        """One loader a validation set."""
        return [DataLoader(crops, batch_size=None, generator=torch.Generator()) for crops in self._validation]
