"""Lines in one file: PNG bytes end to end, with offsets, texts and keys (``.npz``, no pickles).

Cutting pages again for every epoch would cost more than training does; one file of crops opens
in a second and is shared by worker processes that fork.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from inkread.datasets.base import LineSample
from inkread.errors import DataError


def pack_lines(path: str | Path, samples: Iterable[LineSample], max_height: int = 96) -> int:
    """Write samples into one ``.npz`` file (whole or not at all) and return how many there are.

    Args:
        path: the file to write, ending in ``.npz``.
        samples: the lines; images are uint8 (H, W) grey.
        max_height: higher images are shrunk (area averaging) to this many rows.
    """
    path = Path(path)
    blobs: list[bytes] = []
    texts: list[str] = []
    keys: list[str] = []
    for sample in samples:
        image = sample.image
        height, width = image.shape
        if height > max_height:
            size = (max(round(width * max_height / height), 1), max_height)
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        blobs.append(cv2.imencode(".png", image)[1].tobytes())
        texts.append(sample.text)
        keys.append(sample.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.stem + ".part.npz")
    np.savez(
        part,
        pixels=np.frombuffer(b"".join(blobs), dtype=np.uint8),
        offsets=np.cumsum([0, *map(len, blobs)], dtype=np.int64),
        labels=np.frombuffer(json.dumps([texts, keys], ensure_ascii=False).encode(), dtype=np.uint8),
    )
    os.replace(part, path)
    return len(blobs)


class PackedLines:
    """Lines of a file that ``pack_lines`` wrote, a ``LineSource``.

    Raises:
        DataError: the file is missing or is not such a file.
    """

    def __init__(self, path: str | Path, name: str | None = None) -> None:
        self.name = name or Path(path).stem
        try:
            with np.load(path, allow_pickle=False) as file:
                self._pixels, self._offsets = file["pixels"], file["offsets"].tolist()
                self.texts, self.keys = json.loads(file["labels"].tobytes())
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"{path} holds no packed lines ({error}); pack them again.") from None

    def __len__(self) -> int:
        return len(self.texts)

    def sample(self, index: int, rng: np.random.Generator | None = None) -> LineSample:
        """Return line ``index``, counted round and round; ``rng`` is not used."""
        index %= len(self)
        blob = self._pixels[self._offsets[index] : self._offsets[index + 1]]
        image = cv2.imdecode(blob, cv2.IMREAD_GRAYSCALE)
        if image is None:
            raise DataError(f"Line {index} of {self.name} is damaged; pack the lines again.")
        return LineSample(np.asarray(image, dtype=np.uint8), self.texts[index], self.keys[index])
