"""``OwnLinesDataset``: what data sets of a user's own lines have in common, however the lines are kept."""

from __future__ import annotations

import hashlib
import unicodedata
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, overload

import numpy as np
import numpy.typing as npt

from inkread.alphabet import READER_ALPHABET, Alphabet
from inkread.datasets.dataset import SPLITS, Dataset, Example, Examples, Split, Task
from inkread.datasets.splits import carve
from inkread.errors import AlphabetError, ConfigError, DataError
from inkread.images.line import HEIGHT, MAX_WIDTH, WIDTH_STEP, is_light_on_dark, normal_width

GreyImage = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One line of a user's: known without opening its image.

    Attributes:
        text: as transcribed.
        group: the writer, or the page where writers are not known: splits are by group.
        split: as given with the data, or None.
        key: where it comes from, for reports.
        stamp: changes when the image does.
        open: returns the image, uint8 (H, W), grey.
        size: returns rows and columns of the image without decoding it.
    """

    text: str
    group: str
    split: Split | None
    key: str
    stamp: str
    open: Callable[[], GreyImage]
    size: Callable[[], tuple[int, int]]


class OwnLinesDataset(Dataset):
    """Lines of the user's own.

    A split that the data do not give is carved out of the lines for training: whole groups
    (writers, or pages), in an order that ``seed`` decides; single lines where there are fewer than
    three groups.

    Args:
        path: the folder of the lines.
        alphabet: the characters that texts may hold; those of the reader by default.
        height: rows of a line as a network gets it.
        validation_fraction: share of the lines that validation gets, where no split is given.
        test_fraction: share that test gets.
        settings: as for ``Dataset``.

    Raises:
        ConfigError: a fraction out of its range, or an alphabet that is none.
    """

    task: ClassVar[Task] = "lines"

    def __init__(
        self,
        path: str | Path,
        *,
        alphabet: str | None = None,
        height: int = HEIGHT,
        validation_fraction: float = 0.1,
        test_fraction: float = 0.1,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        fractions = (validation_fraction, test_fraction)
        if min(fractions) < 0.0 or sum(fractions) >= 1.0:
            raise ConfigError(
                f"validation_fraction and test_fraction are 0 or more and below 1 together, not {fractions}; "
                "correct them."
            )
        self.path = Path(path)
        self.height = height
        self.validation_fraction, self.test_fraction = fractions
        try:
            self.alphabet = READER_ALPHABET if alphabet is None else Alphabet(alphabet)
        except AlphabetError as error:
            raise ConfigError(f"The alphabet given is at fault: {error}") from None

    @abstractmethod
    def find_lines(self) -> Sequence[OwnLine]:
        """Return all lines of the folder, in its order.

        Raises:
            GroundTruthError: the folder is not there, is empty, or is at fault.
        """

    @cached_property
    def lines(self) -> Sequence[OwnLine]:
        """All lines, in the folder's order, each with its split, texts in NFC without blanks at the ends.

        Raises:
            GroundTruthError: as ``find_lines``.
        """
        found = self.find_lines()
        splits = carve(
            [line.group for line in found],
            [line.split for line in found],
            self.validation_fraction,
            self.test_fraction,
            self.seed,
        )
        return [
            replace(line, text=normal_text(line.text), split=split)
            for line, split in zip(found, splits, strict=True)
        ]

    @property
    def classes(self) -> tuple[str, ...]:
        """The characters of the alphabet."""
        return self.alphabet.characters

    @cached_property
    def input_shape(self) -> tuple[int, int]:
        """``height``, and the width of the widest line at that height."""
        widest = max((normal_width(*line.size(), self.height) for line in self.lines), default=1)
        return self.height, min(-(-widest // WIDTH_STEP) * WIDTH_STEP, MAX_WIDTH)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Length of the longest text, and number of classes."""
        return max((len(line.text) for line in self.lines), default=1), len(self.classes)

    def arguments(self) -> Mapping[str, Any]:
        """Return a digest of the lines as they lie there now, and what else decides the content."""
        digest = hashlib.sha256()
        for line in self.lines:
            told = (line.key, line.text, line.group, line.split or "", line.stamp)
            digest.update("\0".join(told).encode() + b"\n")
        return {
            "lines": digest.hexdigest(),
            "alphabet": "".join(self.alphabet.characters),
        }

    def make(self) -> Mapping[Split, Iterable[Example]]:
        """Open the lines of each split.

        Raises:
            DataError: a text that is empty or leaves the alphabet, an image that cannot be read.
        """
        for line in self.lines:
            missing = sorted(self.alphabet.missing(line.text))
            if missing or not line.text:
                fault = f"holds {missing[0]!r}, which the alphabet does not" if missing else "has no text"
                raise DataError(f"{line.key} {fault}; `inkread data check {self.path}` lists all such lines.")
        return {split: self.unprocessed(split) for split in SPLITS}

    def unprocessed(self, split: Split) -> OwnExamples:
        """Return the examples of a split straight from the folder, each opened as it is asked for."""
        return OwnExamples([line for line in self.lines if line.split == split])


class OwnExamples(Examples):
    """Lines of the user's as examples, dark on light, opened as they are asked for."""

    def __init__(self, lines: Sequence[OwnLine]) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> OwnExamples: ...
    def __getitem__(self, index: int | slice) -> Example | OwnExamples:
        """Return one example, opened now, or some.

        Raises:
            GroundTruthError: the image cannot be opened.
        """
        if isinstance(index, slice):
            return OwnExamples(self._lines[index])
        line = self._lines[index]
        image = line.open()
        if is_light_on_dark(image):
            image = np.asarray(255 - image, dtype=np.uint8)
        return Example(image, line.text, line.group, line.key)

    @property
    def targets(self) -> Sequence[str]:
        """The texts."""
        return [line.text for line in self._lines]

    @property
    def writers(self) -> Sequence[str]:
        """The writers, or pages."""
        return [line.group for line in self._lines]

    def take(self, indices: Iterable[int]) -> OwnExamples:
        """Return the examples of the given numbers, in that order."""
        return OwnExamples([self._lines[index] for index in indices])


def normal_text(text: str) -> str:
    """Return a line's text in NFC, without blanks at its ends."""
    return unicodedata.normalize("NFC", text).strip()
