"""The lines of one split of a data set (``IamLinesDataset``, one of the user's) as a source of samples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from inkread.datasets.base import LineSample
from inkread.datasets.dataset import SPLITS
from inkread.datasets.names import make_dataset
from inkread.errors import ConfigError, DataError


class DatasetLines:
    """Lines of a data set, made on first use and kept as the data set keeps them; a ``LineSource``.

    Args:
        data: the data folder.
        dataset: name of a data set of lines, or dotted path of one of the user's.
        split: "train", "validation" or "test".
        arguments: of the data set.

    Raises:
        ConfigError: no such data set, split or argument, or a data set of something else.
        DataError: data that are missing, or none of this split.
    """

    def __init__(
        self, data: Path, dataset: str, split: str = "train", arguments: Mapping[str, Any] | None = None
    ) -> None:
        found = make_dataset(dataset, {"data": data, **(arguments or {})})
        if found.task != "lines":
            raise ConfigError(f"{dataset} has {found.task}, not lines; use a data set of lines.")
        if split not in SPLITS:
            raise ConfigError(f"There is no split {split!r}; use one of {', '.join(SPLITS)}.")
        self.name = f"{dataset}_{split}"
        self._examples = found.split(split)
        if not len(self._examples):
            raise DataError(f"{dataset} has no lines of the {split} split in {found.raw}; add them.")

    def __len__(self) -> int:
        return len(self._examples)

    def sample(self, index: int, rng: np.random.Generator | None = None) -> LineSample:
        """Return line ``index``, counted round and round; ``rng`` is not used."""
        example = self._examples[index % len(self)]
        return LineSample(example.image, str(example.target), example.key)
