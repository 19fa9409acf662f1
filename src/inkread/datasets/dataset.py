"""``Dataset``: the public base of every finite data set, raw files -> processed files -> splits.

A subclass says what it is (class attributes), what decides its content (``arguments``) and how its
examples are made (``make``); loading, keeping the processed data as Parquet under a hash of the
arguments, and subsampling are done here. A configuration names a data set of ours by its class
name, or one of the user's by dotted path.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, overload

import numpy as np
import numpy.typing as npt

from inkread.datasets.base import sample_rng
from inkread.errors import ConfigError

Split = Literal["train", "validation", "test"]
Task = Literal["characters", "lines", "regions"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
Target = int | str | npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One image and what it shows.

    Attributes:
        image: uint8 (H, W), grey, 0 to 255, dark ink on light paper.
        target: by the data set's task: the class number (int) of a character, the text (str,
            NFC) of a line, or the class of each pixel, uint8 (H, W), of regions.
        writer: who wrote it, "" where that is not known; splits are by writer.
        key: where the example comes from, for reports.
    """

    image: npt.NDArray[np.uint8]
    target: Target
    writer: str = ""
    key: str = ""


class Examples(Sequence[Example], ABC):
    """The examples of one split; ``targets`` and ``writers`` are known without opening any image."""

    @property
    @abstractmethod
    def targets(self) -> Sequence[Target]:
        """The targets, in order (for regions they are opened as they are asked for)."""

    @property
    @abstractmethod
    def writers(self) -> Sequence[str]:
        """The writers, in order."""

    @abstractmethod
    def take(self, indices: Iterable[int]) -> Examples:
        """Return the examples of the given numbers, in that order."""


class Dataset(ABC):
    """A data set with the splits train, validation and test, disjoint by writer.

    Class attributes:
        task: "characters", "lines" or "regions"; decides the targets and which models fit.
        folder: name of its folder under ``data/raw`` and ``data/processed``.

    Args:
        data: the data folder, with ``raw`` and ``processed`` below.
        subsample_fraction: share of the training and validation examples to keep, above 0 up to
            1; every class (characters) keeps at least one. The test split is never subsampled.
        seed: of everything random about the data, 0 or more.

    Raises:
        ConfigError: a setting out of its range.
    """

    task: ClassVar[Task]
    folder: ClassVar[str]

    def __init__(
        self, *, data: str | Path = "data", subsample_fraction: float | None = None, seed: int = 1
    ) -> None:
        if subsample_fraction is not None and not (
            isinstance(subsample_fraction, int | float) and 0.0 < subsample_fraction <= 1.0
        ):
            raise ConfigError(
                f"subsample_fraction is above 0 and at most 1, not {subsample_fraction!r}; correct it."
            )
        if not isinstance(seed, int) or seed < 0:
            raise ConfigError(f"seed is 0 or more, not {seed!r}; correct it.")
        self.data = Path(data)
        self.subsample_fraction = subsample_fraction
        self.seed = seed
        self._splits: dict[Split, Examples] = {}

    @property
    @abstractmethod
    def classes(self) -> tuple[str, ...]:
        """Name of each class by number: characters, or kinds of region.

        For lines these are the characters that texts may hold; a model adds its own blank or
        padding class.
        """

    @property
    @abstractmethod
    def input_shape(self) -> tuple[int, int]:
        """Height and width in pixels of every image as a network gets it (for lines: the widest)."""

    @property
    @abstractmethod
    def output_shape(self) -> tuple[int, ...]:
        """(classes,) for characters, (longest text, classes) for lines, (H, W, classes) for regions."""

    @abstractmethod
    def arguments(self) -> Mapping[str, Any]:
        """Return all that decides the processed data, as JSON values: the key they are kept under.

        ``subsample_fraction`` is not of it: subsampling is done as splits are asked for.
        """

    @abstractmethod
    def make(self) -> Mapping[Split, Iterable[Example]]:
        """Make the examples of each split from the raw data.

        Iterables are gone through once, one after the other, so generators keep memory low.

        Raises:
            DataError: raw data that are missing or damaged; the message says how to get them.
        """

    @property
    def raw(self) -> Path:
        """Folder of the raw files."""
        return self.data / "raw" / self.folder / "files"

    @property
    def processed(self) -> Path:
        """Folder of this data set's processed files, named after a hash of ``arguments``."""
        content = json.dumps(dict(self.arguments()), sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(f"{type(self).__name__} {content}".encode()).hexdigest()
        return self.data / "processed" / self.folder / digest[:16]

    def load(self) -> Self:
        """Open the processed data, making them first if they are not there; return the data set.

        Raises:
            DataError: as ``make`` does; or processed data that are damaged.
        """
        from inkread.datasets import processed

        if not self._splits:
            self._splits = processed.load(self.processed, self.arguments(), self.make)
        return self

    def split(self, name: Split) -> Examples:
        """Return the examples of one split, loading the data set if need be.

        Raises:
            ConfigError: no such split.
        """
        if name not in SPLITS:
            raise ConfigError(f"There is no split {name!r}; use one of {', '.join(SPLITS)}.")
        examples = self.load()._splits[name]
        if self.subsample_fraction is None or name == "test":
            return examples
        chosen = subsample(examples.targets, self.subsample_fraction, self.seed, self.task == "characters")
        return examples.take(chosen)


@overload
def subsample(targets: Sequence[int], fraction: float, seed: int, by_class: Literal[True]) -> list[int]: ...
@overload
def subsample(targets: Sequence[Any], fraction: float, seed: int, by_class: bool) -> list[int]: ...
def subsample(targets: Sequence[Any], fraction: float, seed: int, by_class: bool) -> list[int]:
    """Choose a share of examples at random, in rising order of their numbers.

    Args:
        targets: of all examples.
        fraction: share to keep, above 0 up to 1; at least one is kept.
        seed: of the choice.
        by_class: keep this share of each class, at least one of each.
    """
    rng = sample_rng(seed, 0)

    def choose(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        kept = rng.permutation(numbers)[: max(round(fraction * len(numbers)), 1)]
        return np.asarray(kept, dtype=np.int64)

    if not by_class:
        return sorted(choose(np.arange(len(targets))).tolist()) if len(targets) else []
    classes = np.asarray(targets, dtype=np.int64)
    return sorted(int(n) for value in np.unique(classes) for n in choose(np.flatnonzero(classes == value)))
