"""A folder of line images with their texts: ``index.tsv`` (image path, tab, text), or image + ``.txt``."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from inkread.datasets.base import LineSample
from inkread.errors import GroundTruthError

_IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")


def read_known_text(path: Path) -> str:
    """Return the content of a text file in UTF-8, with or without a byte order mark.

    Raises:
        GroundTruthError: it cannot be read, or is in another encoding.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GroundTruthError(f"{path} cannot be read ({error.strerror}); check it.") from None
    except UnicodeDecodeError:
        raise GroundTruthError(f"{path} is not text in UTF-8; save it in that encoding.") from None


def read_index(folder: str | Path) -> list[tuple[Path, str]]:
    """Return (image path, text) of every line of a folder, in its own order.

    Raises:
        GroundTruthError: no such folder, nothing in it, a row that is not "path, tab, text", or a
            text that is not UTF-8.
    """
    folder = Path(folder)
    index = folder / "index.tsv"
    if index.is_file():
        rows = []
        for number, row in enumerate(read_known_text(index).splitlines(), start=1):
            if not row.strip():
                continue
            name, tab, text = row.partition("\t")
            if not tab:
                raise GroundTruthError(
                    f"{index}, line {number}: write the image's path, a tab, and the text."
                )
            rows.append((folder / name, text))
    else:
        images = sorted(path for path in folder.glob("*") if path.suffix.lower() in _IMAGES)
        rows = [
            (path, read_known_text(path.with_suffix(".txt")).strip())
            for path in images
            if path.with_suffix(".txt").is_file()
        ]
    if not rows:
        raise GroundTruthError(
            f"{folder} holds no lines; put an index.tsv there, or a .txt beside each image."
        )
    return rows


class FolderLines:
    """The lines of a folder as samples, in the folder's order."""

    def __init__(self, folder: str | Path) -> None:
        self.name = Path(folder).name
        self._rows = read_index(folder)

    def __len__(self) -> int:
        return len(self._rows)

    def sample(self, index: int, rng: np.random.Generator | None = None) -> LineSample:
        """Return line ``index`` (round and round); ``rng`` is not used.

        Raises:
            GroundTruthError: the image cannot be read.
        """
        path, text = self._rows[index % len(self)]
        try:
            pixels = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        except OSError:
            raise GroundTruthError(f"{path} cannot be opened; correct the index or add the image.") from None
        image = cv2.imdecode(pixels, cv2.IMREAD_GRAYSCALE) if pixels.size else None
        if image is None:
            raise GroundTruthError(f"{path} is not an image that can be read; replace it.")
        return LineSample(np.asarray(image, dtype=np.uint8), text, f"{self.name}/{path.stem}")
