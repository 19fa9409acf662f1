"""EMNIST: 814,255 letters and digits of NIST's forms, 28 x 28, in NIST's own distributions.

Either archive will do (``data/raw/emnist/readme.md``). The MATLAB one knows the writers, so that
validation is carved from NIST's training examples by writer; of the idx one a tenth of each class
is taken at random. NIST's test examples are the test split as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from inkread.datasets.base import sample_rng
from inkread.datasets.dataset import Dataset, Example, Split, Task, subsample
from inkread.datasets.emnist_files import SIDE, EmnistFiles, Part, Source, find_source, read_files
from inkread.errors import ConfigError, DataError

Version = Literal["byclass", "balanced", "letters", "digits", "mnist"]

PADDING = "_"
EXTRA = (*" !\"#&'()*+,-./:;?", PADDING)
"""Characters that have numbers and no images: marks that lines may hold, and the padding."""

_DIGITS = "0123456789"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DRAWN: dict[str, str] = {
    "byclass": _DIGITS + _CAPITALS + _CAPITALS.lower(),
    "balanced": _DIGITS + _CAPITALS + "abdefghnqrt",
    "letters": _CAPITALS,
    "digits": _DIGITS,
    "mnist": _DIGITS,
}
_SHARE = 0.1


class EmnistDataset(Dataset):
    """EMNIST's characters, upright, dark on light.

    Args:
        version: "byclass" (62 classes; the original's), "balanced" (47: small letters that look
            like their capitals count as these), "letters" (26: a capital stands for both),
            "digits" or "mnist" (10).
        source: "matlab" or "idx"; None takes what is there, the one that knows writers first.
        **settings: as ``Dataset`` takes them; ``seed`` chooses the validation examples.

    Raises:
        ConfigError: a setting out of its range.
    """

    task: ClassVar[Task] = "characters"
    folder: ClassVar[str] = "emnist"

    def __init__(
        self, *, version: Version = "byclass", source: Source | None = None, **settings: Any
    ) -> None:
        super().__init__(**settings)
        if version not in _DRAWN:
            raise ConfigError(f"EMNIST has no version {version!r} here; use one of {', '.join(_DRAWN)}.")
        if source not in (None, "matlab", "idx"):
            raise ConfigError(f"EMNIST has no source {source!r}; use matlab or idx.")
        self.version: Version = version
        self._asked = source

    @property
    def drawn(self) -> tuple[str, ...]:
        """The classes that have images: the first of ``classes``."""
        return tuple(_DRAWN[self.version])

    @property
    def classes(self) -> tuple[str, ...]:
        """The version's characters, then marks and padding (``EXTRA``), which have no images."""
        return self.drawn + EXTRA

    @property
    def input_shape(self) -> tuple[int, int]:
        """(28, 28)."""
        return SIDE, SIDE

    @property
    def output_shape(self) -> tuple[int, ...]:
        """(classes,): 80 for "byclass"."""
        return (len(self.classes),)

    @property
    def source(self) -> Source:
        """The form in use: the one asked for, or there raw, or there processed."""
        found = self._asked or find_source(self.raw, self.version)
        if found is not None:
            return found
        sources: tuple[Source, ...] = ("matlab", "idx")
        kept = (
            EmnistDataset(version=self.version, source=s, data=self.data, seed=self.seed) for s in sources
        )
        return next((other.source for other in kept if other.processed.is_dir()), "matlab")

    def arguments(self) -> Mapping[str, Any]:
        """Return what decides the examples and their splits."""
        return {"version": self.version, "source": self.source, "seed": self.seed, "made": 1}

    def make(self) -> Mapping[Split, Iterator[Example]]:
        """Read NIST's files.

        Raises:
            DataError: they are missing or damaged.
        """
        source = self.source
        if find_source(self.raw, self.version) is None:
            raise DataError(
                f"EMNIST is not in {self.raw}; run inkread data fetch emnist, or put gzip.zip or matlab.zip"
                " of NIST's page there."
            )
        files = read_files(self.raw, self.version, source)
        held_out = _validation(files.train, self.seed)
        return {
            "train": self._examples(files, files.train, ~held_out, "train"),
            "validation": self._examples(files, files.train, held_out, "train"),
            "test": self._examples(files, files.test, np.ones(len(files.test.labels), np.bool_), "test"),
        }

    def _examples(
        self, files: EmnistFiles, part: Part, wanted: npt.NDArray[np.bool_], name: str
    ) -> Iterator[Example]:
        numbers = {character: number for number, character in enumerate(self.drawn)}
        targets = {
            label: numbers[character] for label, character in files.mapping.items() if character in numbers
        }
        if len(targets) < len(files.mapping):
            raise DataError(
                f"The mapping of EMNIST {self.version} in {self.raw} has characters that this version"
                " lacks; fetch it again."
            )
        for number in np.flatnonzero(wanted).tolist():
            writer = "" if part.writers is None else str(part.writers[number])
            key = f"emnist/{self.version}/{name}/{number}"
            yield Example(part.image(number), targets[int(part.labels[number])], writer, key)


def _validation(train: Part, seed: int) -> npt.NDArray[np.bool_]:
    """Choose a tenth of the training examples: whole writers, or a tenth of each class."""
    chosen = np.zeros(len(train.labels), np.bool_)
    if train.writers is None:
        if len(chosen):
            chosen[subsample(train.labels.tolist(), _SHARE, seed, True)] = True
        return chosen
    writers, of, sizes = np.unique(train.writers, return_inverse=True, return_counts=True)
    order = sample_rng(seed, 0).permutation(len(writers))
    before = np.cumsum(sizes[order]) - sizes[order]
    taken = order[(before < _SHARE * len(chosen))][: max(len(writers) - 1, 0)]
    return np.asarray(np.isin(of.reshape(-1), taken), np.bool_)
