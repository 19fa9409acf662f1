"""What a line experiment is trained and validated on, for Lightning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lightning
import torch
from torch.utils.data import DataLoader, Dataset, Subset

from inkread.alphabet import Alphabet
from inkread.datasets.base import LineSource, sample_rng
from inkread.datasets.dataset_lines import DatasetLines
from inkread.datasets.folder import FolderLines
from inkread.datasets.mixture import FiniteLines
from inkread.datasets.packed_lines import PackedLines
from inkread.datasets.paths import located
from inkread.images.line import normalise_line
from inkread.training.stream import LineBatch, LineStream, StreamLoader, make_batch


class ValidationLines(Dataset[LineBatch]):
    """One validation set, a batch a line, with its text and without padding.

    Args:
        data: the folder that paths are relative to.
        settings: ``{"packed": path}``, ``{"folder": path}`` or ``{"dataset": name}`` (a data set
            of lines, with ``split`` and ``dataset_args``; its validation split by default), with
            ``limit`` for the first lines alone.
    """

    def __init__(self, data: Path, settings: Mapping[str, Any]) -> None:
        self._lines: FiniteLines
        if "packed" in settings:
            self._lines = PackedLines(located(data, settings["packed"]))
        elif "dataset" in settings:
            split, arguments = settings.get("split", "validation"), settings.get("dataset_args", {})
            self._lines = DatasetLines(data, settings["dataset"], split, arguments)
        else:
            self._lines = FolderLines(located(data, settings["folder"]))
        self._count = min(len(self._lines), int(settings.get("limit", len(self._lines))))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> LineBatch:
        if index >= self._count:
            raise IndexError(index)
        sample = self._lines.sample(index, sample_rng(0, index))
        return make_batch([normalise_line(sample.image)], [[]], [sample.text], bucket=1)


class LineData(lightning.LightningDataModule):
    """The training stream, from the step that the run has reached, and the validation sets.

    Args:
        source: where training lines come from.
        alphabet: encodes their texts.
        validation: the validation sets.
        seed, batch_size, group: of the stream; see ``LineStream``.
        workers: processes that make samples.
    """

    def __init__(
        self,
        source: LineSource,
        alphabet: Alphabet,
        validation: list[ValidationLines],
        *,
        seed: int = 1,
        batch_size: int = 16,
        group: int = 8,
        workers: int = 0,
    ) -> None:
        super().__init__()
        self._source = source
        self._alphabet = alphabet
        self._validation = validation
        self._stream = {"seed": seed, "batch_size": batch_size, "group": group}
        self._workers = workers

    def train_dataloader(self) -> StreamLoader:
        """Batches from the trainer's step on: that is what makes a resumed run go on exactly."""
        start, rank, world = 0, 0, 1
        if self.trainer:
            start, rank, world = self.trainer.global_step, self.trainer.global_rank, self.trainer.world_size
        stream = LineStream(self._source, self._alphabet, start=start, rank=rank, world=world, **self._stream)
        return StreamLoader(stream, self._workers)

    def val_dataloader(self) -> list[DataLoader[LineBatch]]:
        """One loader a validation set; of several processes, each reads its share of the lines."""
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        shares = [Subset(lines, range(rank, len(lines), world)) for lines in self._validation]
        return [DataLoader(lines, batch_size=None, generator=torch.Generator()) for lines in shares]
