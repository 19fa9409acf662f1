"""Examples in memory as flat columns: opened at once, decoded as they are asked for.

A column is one block of bytes and the places where its items begin, so that worker processes that
fork share all of it, and those that are spawned open the file again instead of being sent it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import overload

import numpy as np
import numpy.typing as npt

from inkread.datasets.dataset import Example, Examples, Target
from inkread.datasets.png import decode, decode_alike
from inkread.errors import DataError

Numbers = npt.NDArray[np.int64]


class Blobs:
    """Byte strings end to end.

    Attributes:
        content: uint8, all of them.
        edges: int64 (N + 1,), where each begins, and the end of the last.
    """

    def __init__(self, content: npt.NDArray[np.uint8], edges: Numbers) -> None:
        self.content = content
        self.edges = edges

    def __len__(self) -> int:
        return len(self.edges) - 1

    def __getitem__(self, number: int) -> npt.NDArray[np.uint8]:
        return self.content[self.edges[number] : self.edges[number + 1]]

    def text(self, number: int) -> str:
        """Return item ``number`` as text."""
        return self[number].tobytes().decode()

    def table(self) -> npt.NDArray[np.uint8] | None:
        """Return all as uint8 (N, bytes) if they are of one length, else None."""
        lengths = np.diff(self.edges)
        if not len(lengths) or (lengths != lengths[0]).any():
            return None
        return self.content[self.edges[0] : self.edges[-1]].reshape(len(self), -1)


class StoredExamples(Examples):
    """The examples of a Parquet file, or some of them; ``processed.read_examples`` opens one.

    Args:
        path: the file, for messages and for other processes.
        images: PNG bytes.
        targets: int64 (N,), or texts or PNG bytes, as ``kind`` says.
        kind: "class", "text" or "map".
        writers: int64 (N,), numbers of ``names``.
        names: names of the writers.
        keys: texts.
        numbers: which rows of the columns these examples are, in order.
    """

    def __init__(
        self,
        path: Path,
        images: Blobs,
        targets: Numbers | Blobs,
        kind: str,
        writers: Numbers,
        names: Sequence[str],
        keys: Blobs,
        numbers: Numbers,
    ) -> None:
        self.path = path
        self._columns = (images, targets, kind, writers, names, keys)
        self._images, self._targets, self._kind = images, targets, kind
        self._writers, self._names, self._keys = writers, names, keys
        self._numbers = numbers

    def __reduce__(self) -> tuple[object, ...]:
        return reopen, (str(self.path), None if len(self) == len(self._images) else self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> StoredExamples: ...
    def __getitem__(self, index: int | slice) -> Example | StoredExamples:
        """Return one example, its image decoded now, or some as ``take`` does.

        Raises:
            DataError: the image is damaged.
        """
        if isinstance(index, slice):
            return self.take(range(*index.indices(len(self))))
        number = int(self._numbers[index])
        writer = self._names[int(self._writers[number])]
        return Example(self._picture(self._images, number), self._target(number), writer, self.key(index))

    def take(self, indices: Iterable[int]) -> StoredExamples:
        """Return the examples of the given numbers, in that order."""
        chosen = np.fromiter(indices, np.int64)
        return StoredExamples(self.path, *self._columns, self._numbers[chosen])

    def key(self, index: int) -> str:
        """Return where example ``index`` comes from, without opening its image."""
        return self._keys.text(int(self._numbers[index]))

    @cached_property
    def labels(self) -> Numbers:
        """The class of each example, int64 (N,), of a set of characters."""
        if self._kind != "class":
            raise DataError(f"{self.path} holds no classes of characters; open another data set.")
        assert isinstance(self._targets, np.ndarray)
        return self._targets[self._numbers]

    @property
    def texts(self) -> list[str]:
        """The text of each example of a set of lines."""
        if isinstance(self._targets, np.ndarray) or self._kind != "text":
            raise DataError(f"{self.path} holds no lines of text; open another data set.")
        return [self._targets.text(number) for number in self._numbers.tolist()]

    @cached_property
    def targets(self) -> Sequence[Target]:
        """The targets, in order; maps of regions are decoded as they are asked for."""
        if self._kind == "class":
            return list(self.labels.tolist())
        if self._kind == "map":
            return _Maps(self)
        return list(self.texts)

    @cached_property
    def writers(self) -> Sequence[str]:
        """The writers, in order."""
        return [self._names[number] for number in self._writers[self._numbers].tolist()]

    def arrays(self) -> tuple[npt.NDArray[np.uint8], Numbers]:
        """Return all images and classes of a set of characters, decoded in one step.

        Returns:
            uint8 (N, H, W), a view of the file's own bytes where it can be (copy what is changed), and
            int64 (N,).

        Raises:
            DataError: the images differ in size, or are damaged, or there are no classes.
        """
        labels = self.labels
        if not len(self):
            return np.zeros((0, 1, 1), np.uint8), labels
        table = self._images.table()
        alike = None if table is None else decode_alike(table)
        if alike is not None:
            whole = len(self) == len(alike) and (np.diff(self._numbers) == 1).all()
            return (alike if whole else alike[self._numbers]), labels
        pictures = [self._picture(self._images, int(number)) for number in self._numbers]
        if len({picture.shape for picture in pictures}) > 1:
            raise DataError(f"The images in {self.path} differ in size; take them one at a time.")
        return np.stack(pictures), labels

    def _target(self, number: int) -> Target:
        if isinstance(self._targets, np.ndarray):
            return int(self._targets[number])
        return self._targets.text(number) if self._kind == "text" else self._picture(self._targets, number)

    def _picture(self, column: Blobs, number: int) -> npt.NDArray[np.uint8]:
        image = decode(column[number])
        if image is None:
            raise DataError(f"Image {number} in {self.path} is damaged; delete the file and make it again.")
        return image


class _Maps(Sequence[Target]):
    def __init__(self, examples: StoredExamples) -> None:
        self._examples = examples

    def __len__(self) -> int:
        return len(self._examples)

    @overload
    def __getitem__(self, index: int) -> Target: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Target]: ...
    def __getitem__(self, index: int | slice) -> Target | Sequence[Target]:
        if isinstance(index, slice):
            return _Maps(self._examples[index])
        return self._examples._target(int(self._examples._numbers[index]))


def reopen(path: str, numbers: Numbers | None) -> StoredExamples:
    """Open a file of examples again, in another process."""
    from inkread.datasets.processed import read_examples

    examples = read_examples(path)
    return examples if numbers is None else examples.take(numbers)
