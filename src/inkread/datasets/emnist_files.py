"""Reads EMNIST in either of the forms that NIST gives out: idx files, or a MATLAB file.

``gzip.zip`` holds ``gzip/emnist-VERSION-{train,test}-{images-idx3,labels-idx1}-ubyte.gz`` and
``gzip/emnist-VERSION-mapping.txt``; ``matlab.zip`` holds ``matlab/emnist-VERSION.mat``, which also
says who wrote what. Archive or unpacked folder, either will do. Images lie on their side in both.

G. Cohen, S. Afshar, J. Tapson, A. van Schaik: EMNIST, an extension of MNIST to handwritten
letters, arXiv 1702.05373, 2017. The idx format: Y. LeCun's page of MNIST.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from inkread.errors import ConfigError, DataError

SIDE = 28

Source = Literal["matlab", "idx"]
_ARCHIVES: dict[Source, str] = {"matlab": "matlab", "idx": "gzip"}


@dataclass(frozen=True, slots=True)
class Part:
    """NIST's training or test examples of one version.

    Attributes:
        stored: uint8 (N, 28, 28) as in the file: light ink on dark, rows and columns exchanged.
        labels: int64 (N,), as in the file.
        writers: int64 (N,), or None where the file does not say.
    """

    stored: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    writers: npt.NDArray[np.int64] | None = None

    def image(self, number: int) -> npt.NDArray[np.uint8]:
        """Return one image upright and dark on light, uint8 (28, 28)."""
        return np.ascontiguousarray(255 - self.stored[number].T)


@dataclass(frozen=True, slots=True)
class EmnistFiles:
    """One version of EMNIST: what each label means (label -> character), and the examples."""

    mapping: dict[int, str]
    train: Part
    test: Part


def find_source(folder: Path, version: str) -> Source | None:
    """Say in which form ``folder`` holds EMNIST, the one that knows writers first."""
    names: dict[Source, str] = {"matlab": f"emnist-{version}.mat", "idx": f"emnist-{version}-*"}
    for source, name in names.items():
        archive = _ARCHIVES[source]
        if any(any(folder.glob(place)) for place in (f"{archive}.zip", f"{archive}/{name}", name)):
            return source
    return None


def read_files(folder: Path, version: str, source: Source) -> EmnistFiles:
    """Read one version from ``folder``.

    Args:
        folder: holds the archive, or the folder that it unpacks to, or that folder's files.
        version: "byclass", "balanced", "letters", "digits" or "mnist".
        source: which form to read.

    Raises:
        DataError: a file is missing, truncated, or not what it should be.
        ConfigError: the MATLAB form without scipy.
    """
    files = _matlab(folder, version) if source == "matlab" else _idx(folder, version)
    for part in (files.train, files.test):
        strange = set(np.unique(part.labels).tolist()) - files.mapping.keys()
        if strange:
            raise DataError(
                f"EMNIST {version} in {folder} has labels that its mapping lacks"
                f" ({', '.join(map(str, sorted(strange)[:5]))}); fetch it again."
            )
    return files


def _idx(folder: Path, version: str) -> EmnistFiles:
    with _Holder(folder, "gzip") as files:
        mapping = _mapping(files, f"emnist-{version}-mapping.txt")
        parts = []
        for split in ("train", "test"):
            stem = f"emnist-{version}-{split}"
            images = _array(files, f"{stem}-images-idx3-ubyte.gz", 3)
            labels = _array(files, f"{stem}-labels-idx1-ubyte.gz", 1).astype(np.int64)
            if images.shape[1:] != (SIDE, SIDE):
                raise DataError(f"{stem}-images-idx3-ubyte.gz has images of another size; fetch it again.")
            if len(images) != len(labels):
                raise DataError(
                    f"{stem} has {len(images)} images and {len(labels)} labels; fetch {files.place} again."
                )
            parts.append(Part(images, labels))
        return EmnistFiles(mapping, *parts)


def _mapping(files: _Holder, name: str) -> dict[int, str]:
    """Read a table of label and character codes; of capital and small the capital stands for both."""
    try:
        rows = [line.split() for line in files.read(name).decode("ascii").splitlines() if line.strip()]
        mapping = {int(label): chr(int(code)) for label, code, *_ in rows}
    except ValueError:
        mapping = {}
    if not mapping:
        raise DataError(f"{name} in {files.place} is not a table of labels and codes; fetch it again.")
    return mapping


def _array(files: _Holder, name: str, axes: int) -> npt.NDArray[np.uint8]:
    """Read an idx file of bytes with ``axes`` axes."""
    content = files.read(name)
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error):
            raise DataError(f"{name} in {files.place} is truncated or damaged; fetch it again.") from None
    header = 4 + 4 * axes
    if len(content) < header or content[:4] != bytes((0, 0, 8, axes)):
        raise DataError(f"{name} in {files.place} has no idx header of {axes} axes of bytes; fetch it again.")
    shape = struct.unpack(f">{axes}I", content[4:header])
    size = int(np.prod(shape, dtype=np.int64))
    if len(content) != header + size:
        raise DataError(
            f"{name} in {files.place} should hold {size} bytes and holds {len(content) - header};"
            " fetch it again."
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _matlab(folder: Path, version: str) -> EmnistFiles:
    try:
        from scipy.io import loadmat
    except ImportError:
        raise ConfigError("EMNIST's MATLAB form needs scipy; run pip install 'inkread[train]'.") from None
    name = f"emnist-{version}.mat"
    with _Holder(folder, "matlab") as files:
        content = files.read(name)
        place = files.place
    try:
        dataset = loadmat(io.BytesIO(content), squeeze_me=False)["dataset"][0, 0]
        rows = dataset["mapping"]
        mapping = {int(row[0]): chr(int(row[1])) for row in rows}
        return EmnistFiles(mapping, *(_matlab_part(dataset[split][0, 0]) for split in ("train", "test")))
    except Exception as error:  # scipy's reader lets all kinds of errors through
        what = (str(error).splitlines() or [""])[0]
        raise DataError(
            f"{name} in {place} is damaged or not EMNIST's ({type(error).__name__}: {what}); fetch it again."
        ) from None


def _matlab_part(part: Any) -> Part:
    images, labels, writers = part["images"], part["labels"], part["writers"]
    count = len(images)
    if images.dtype != np.uint8 or images.shape[1:] != (SIDE * SIDE,):
        raise ValueError(f"images are {images.dtype} {images.shape}")
    if labels.size != count or writers.size != count:
        raise ValueError(f"{count} images, {labels.size} labels and {writers.size} writers")
    return Part(
        images.reshape(count, SIDE, SIDE),
        labels.reshape(-1).astype(np.int64),
        writers.reshape(-1).astype(np.int64),
    )


class _Holder:
    """What holds the files of one form: an archive, or a folder."""

    def __init__(self, folder: Path, archive: str) -> None:
        unpacked = folder / archive
        packed = folder / f"{archive}.zip"
        self.place = unpacked if unpacked.is_dir() else packed if packed.is_file() else folder
        self._zip: zipfile.ZipFile | None = None
        if self.place == packed:
            try:
                self._zip = zipfile.ZipFile(packed)
            except (zipfile.BadZipFile, OSError) as error:
                raise DataError(
                    f"{packed} is truncated or no zip archive ({error}); fetch it again."
                ) from None

    def __enter__(self) -> _Holder:
        return self

    def __exit__(self, *_: object) -> None:
        if self._zip is not None:
            self._zip.close()

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, whichever folder of the archive it lies in.

        Raises:
            DataError: it is missing or damaged.
        """
        missing = DataError(f"{name} is missing in {self.place}; fetch EMNIST again.")
        if self._zip is None:
            path = self.place / name
            path = path if path.is_file() or path.suffix != ".gz" else path.with_suffix("")
            try:
                return path.read_bytes()
            except OSError:
                raise missing from None
        member = next((found for found in self._zip.namelist() if found.rsplit("/", 1)[-1] == name), None)
        if member is None:
            raise missing
        try:
            return self._zip.read(member)
        except (zipfile.BadZipFile, EOFError, OSError, zlib.error) as error:
            raise DataError(f"{name} in {self.place} is damaged ({error}); fetch it again.") from None
