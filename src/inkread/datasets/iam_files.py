"""IAM's own files, wherever a registered user has put them: names of forms and lines -> paths.

Files are known by their names alone (``a01-000u.png`` is a form, ``a01-000u-00.png`` a line), so
every layout of folders will do. Archives are unpacked once, whole or not at all, into a folder of
processed data; an archive whose content lies unpacked among the files is left alone.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO

import cv2
import numpy as np
import numpy.typing as npt

from inkread.datasets.progress import counted
from inkread.errors import DataError

GreyImage = npt.NDArray[np.uint8]

HOW = "register at the IAM Handwriting Database and lay its files out as data/raw/iam/readme.md says"

_FORM = r"[a-z]\d\d-\d{3}[a-z]?"
_KINDS = {
    "forms": re.compile(rf"({_FORM})\.png"),
    "lines": re.compile(rf"({_FORM}-\d\d)\.png"),
    "xml": re.compile(rf"({_FORM})\.xml"),
    "tables": re.compile(
        r"((?:lines|forms|trainset|validationset[12]|testset|aachen_(?:train|validation|test))\.txt"
        r"|natural\.tsv)"
    ),
}
_ARCHIVE = re.compile(
    r"(?:forms(?:(?P<first>[A-Z])-(?P<last>[A-Z]))?|(?P<lines>lines)|(?P<xml>xml)|(?P<ascii>ascii)"
    r"|(?P<lists>largeWriterIndependentTextLineRecognitionTask))\.(?:tgz|tar\.gz|tar|zip)"
)
_PASSED_OVER = {"words", "sentences"}


class IamFiles:
    """The files of one copy of IAM, or of a part of it, by name.

    Args:
        folder: holds archives or unpacked files, in folders of any names.
        unpacked: where archives are unpacked to.
    """

    def __init__(self, folder: str | Path, unpacked: str | Path) -> None:
        self.folder = Path(folder)
        self._unpacked = Path(unpacked)

    @cached_property
    def forms(self) -> dict[str, Path]:
        """Images of forms by name (``a01-000u``)."""
        return self._find("forms")

    @cached_property
    def lines(self) -> dict[str, Path]:
        """Images of lines by name (``a01-000u-00``)."""
        return self._find("lines")

    @cached_property
    def xml(self) -> dict[str, Path]:
        """XML files by the form's name."""
        return self._find("xml")

    @cached_property
    def tables(self) -> dict[str, Path]:
        """``lines.txt``, ``forms.txt``, ``natural.tsv`` and lists of splits by file name."""
        return self._find("tables")

    @cached_property
    def digest(self) -> str:
        """How many files lie in the folder, and a digest of their names (of archives also the sizes).

        Nothing is unpacked for it. It changes when forms are added.
        """
        names = [f"{kind} {name}" for kind in _KINDS for name in sorted(self._loose[kind])]
        archives = sorted(self._loose["archives"].items())
        names += [f"{name} {path.stat().st_size}" for name, path in archives]
        return f"{len(names)} {hashlib.sha256(chr(10).join(names).encode()).hexdigest()[:16]}"

    @cached_property
    def _loose(self) -> dict[str, dict[str, Path]]:
        """What lies unpacked in the folder, and the archives under "archives"."""
        found: dict[str, dict[str, Path]] = {kind: {} for kind in (*_KINDS, "archives")}
        for place, folders, names in os.walk(self.folder, followlinks=True):
            folders[:] = sorted(name for name in folders if name not in _PASSED_OVER)
            for name in sorted(names):
                if _ARCHIVE.fullmatch(name):
                    found["archives"][name] = Path(place, name)
                elif known := _kind_of(name):
                    found[known[0]].setdefault(known[1], Path(place, name))
        return found

    def _find(self, kind: str) -> dict[str, Path]:
        found = dict(self._loose[kind])
        for name, archive in self._loose["archives"].items():
            if self._is_needed(kind, name):
                for path in sorted(_unpack(archive, self._unpacked).iterdir()):
                    known = _kind_of(path.name)
                    if known and known[0] == kind:
                        found.setdefault(known[1], path)
        return found

    def _is_needed(self, kind: str, archive: str) -> bool:
        """Tell whether an archive holds files of this kind that do not lie unpacked already."""
        match = _ARCHIVE.fullmatch(archive)
        assert match
        if match["ascii"]:
            return kind == "tables" and "lines.txt" not in self._loose[kind]
        if match["lists"]:
            return kind == "tables" and "trainset.txt" not in self._loose[kind]
        if match["lines"] or match["xml"]:
            return bool(match[kind] if kind in ("lines", "xml") else None) and not self._loose[kind]
        first, last = (match["first"] or "A").lower(), (match["last"] or "Z").lower()
        return kind == "forms" and not any(first <= name[0] <= last for name in self._loose["forms"])


def _kind_of(name: str) -> tuple[str, str] | None:
    """Return what kind of file of IAM has this name, and the name of what is in it."""
    for kind, pattern in _KINDS.items():
        if match := pattern.fullmatch(name):
            return kind, match[1]
    return None


def _unpack(archive: Path, into: Path) -> Path:
    """Unpack IAM's files from an archive into a flat folder of their own, unless that was done before.

    Raises:
        DataError: the archive is cut or damaged, or holds none of IAM's files.
    """
    out = into / f"{archive.name}-{archive.stat().st_size}"
    if out.is_dir():
        return out
    into.mkdir(parents=True, exist_ok=True)
    for left in into.glob(f".{out.name}.*.part"):
        if not _is_running(int(left.name.split(".")[-2])):
            shutil.rmtree(left, ignore_errors=True)
    scratch = into / f".{out.name}.{os.getpid()}.part"
    scratch.mkdir(exist_ok=True)
    try:
        count = 0
        for name, content in counted(_members(archive), f"{archive.name}, files unpacked"):
            with content, (scratch / name).open("wb") as file:
                shutil.copyfileobj(content, file)
            count += 1
        if not count:
            raise DataError(
                f"{archive} holds none of IAM's files; put the archive as it was downloaded there."
            )
        try:
            os.rename(scratch, out)
        except OSError:  # another process was quicker
            if not out.is_dir():
                raise
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, OSError) as error:
        raise DataError(f"{archive} cannot be unpacked ({error}); download it again, or make room.") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return out


def _members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield the plain name and the content of each of IAM's files in an archive."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as bundle:
            for entry in bundle.infolist():
                name = PurePosixPath(entry.filename).name
                if not entry.is_dir() and _kind_of(name):
                    yield name, bundle.open(entry)
        return
    with tarfile.open(archive) as tape:
        for member in tape:
            name = PurePosixPath(member.name).name
            content = tape.extractfile(member) if member.isfile() and _kind_of(name) else None
            if content is not None:
                yield name, content


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def open_image(path: Path) -> GreyImage:
    """Return an image of IAM as uint8 (H, W), grey, dark ink on light paper.

    Raises:
        DataError: it cannot be read.
    """
    try:
        content = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); unpack it again.") from None
    image = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
    if image is None:
        raise DataError(f"{path} is damaged; unpack it again from IAM's archive.")
    return np.asarray(image, dtype=np.uint8)


def read_table(path: Path) -> list[str]:
    """Return the rows of one of IAM's text files, without remarks.

    Raises:
        DataError: it cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); unpack it again.") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n").split("\n")
