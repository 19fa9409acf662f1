"""Lines cut from pages, in one Parquet file (see ``processed``): opened in a moment, shared by workers.

Cutting pages again for every epoch would cost more than training does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from inkread.datasets.base import LineSample
from inkread.datasets.dataset import Example
from inkread.datasets.processed import read_examples, write_examples
from inkread.datasets.progress import counted
from inkread.errors import DataError


def pack_lines(path: str | Path, samples: Iterable[LineSample], max_height: int = 96) -> int:
    """Write samples into one Parquet file (whole or not at all) and return how many there are.

    Args:
        path: the file to write, ending in ``.parquet``.
        samples: the lines; images are uint8 (H, W) grey.
        max_height: higher images are shrunk (area averaging) to this many rows.

    Raises:
        ConfigError: pyarrow is not installed.
    """
    return write_examples(path, counted(_shrunk(samples, max_height), f"{Path(path).name}, lines packed"))


def _shrunk(samples: Iterable[LineSample], max_height: int) -> Iterator[Example]:
    for sample in samples:
        image = sample.image
        height, width = image.shape
        if height > max_height:
            size = (max(round(width * max_height / height), 1), max_height)
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        yield Example(image, sample.text, key=sample.key)


class PackedLines:
    """Lines of a file that ``pack_lines`` wrote, a ``LineSource``.

    Worker processes that fork share the file's bytes; those that are spawned open it again.

    Raises:
        DataError: the file is missing, damaged, or holds no lines.
        ConfigError: pyarrow is not installed.
    """

    def __init__(self, path: str | Path, name: str | None = None) -> None:
        self.name = name or Path(path).stem
        try:
            self._examples = read_examples(path)
            self.texts = [str(text) for text in self._examples.texts]
        except DataError as error:
            raise DataError(f"These are no packed lines: {error} (inkread data pack does so.)") from None

    def __len__(self) -> int:
        return len(self._examples)

    def sample(self, index: int, rng: np.random.Generator | None = None) -> LineSample:
        """Return line ``index``, counted round and round; ``rng`` is not used."""
        index %= len(self)
        example = self._examples[index]
        return LineSample(example.image, self.texts[index], example.key)
