"""What the user named becomes a list of inputs: files, folders, patterns, ``-`` for standard input."""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from inkread.errors import ImageError, InkreadError
from inkread.images.open import SUFFIXES


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to read.

    Args:
        name: what the user knows it by.
        path: None for standard input.
        folder: where it lies below the folder that the user named; None for a file named outright.
    """

    name: str
    path: Path | None
    folder: Path | None = None

    @property
    def stem(self) -> str:
        """The file name without its ending."""
        return self.path.stem if self.path else "stdin"

    def content(self) -> Path | bytes:
        """Return what ``open_pages`` takes.

        Raises:
            ImageError: standard input is the keyboard.
        """
        if self.path is not None:
            return self.path
        if sys.stdin.isatty():
            raise ImageError("Standard input is the keyboard; pipe an image into it.")
        return sys.stdin.buffer.read()


def real(path: Path) -> Path:
    """Return a path with its links followed as far as they lead; one that leads to itself is no error."""
    return Path(os.path.realpath(path))


def real_paths(inputs: Iterable[Input]) -> set[Path]:
    """Return the files of inputs without links, by which two names of one file are told."""
    return {real(given.path) for given in inputs if given.path}


def expand(
    names: Iterable[str], without: Path | None = None
) -> tuple[list[Input], list[tuple[str, InkreadError]]]:
    """Return the inputs in the order named, each file once, and what could not be found, with why.

    Args:
        names: files, folders, patterns, ``-``.
        without: a folder that is not looked into where it lies below a folder named.
    """
    inputs: dict[Path | None, Input] = {}
    faults: list[tuple[str, InkreadError]] = []
    for name in names:
        try:
            for found in _expand(name, without, faults):
                inputs.setdefault(real(found.path) if found.path else None, found)
        except ImageError as error:
            faults.append((name, error))
        except OSError as error:
            faults.append((name, _out_of_reach(error)))
    return list(inputs.values()), faults


def _expand(name: str, without: Path | None, faults: list[tuple[str, InkreadError]]) -> Iterator[Input]:
    path = Path(name)
    if name == "-":
        yield Input("-", None)
    elif path.is_dir():
        yield from _folder(path, without, faults)
    elif glob.has_magic(name) and not path.exists():
        found = [Path(match) for match in glob.glob(name, recursive=True)]
        known = len(faults)
        files = sorted((match for match in found if _is_file(match, faults)), key=_natural)
        if not files and len(faults) == known:
            raise ImageError("No file has a name of this pattern; check it.")
        yield from (Input(str(match), match) for match in files)
    else:
        yield Input(name, path)


def _folder(top: Path, without: Path | None, faults: list[tuple[str, InkreadError]]) -> Iterator[Input]:
    """Yield a folder's images, then those of its subfolders; hidden ones, and links to folders, are left."""

    def locked(error: OSError) -> None:
        fault = ImageError(f"This folder cannot be listed ({error.strerror}); ask its owner, or use chmod.")
        faults.append((str(error.filename), fault))

    known = len(faults)
    apart = real(without) if without else None
    files: list[Path] = []
    for place, folders, names in os.walk(top, onerror=locked):
        folder = Path(place)
        folders[:] = [name for name in folders if name[0] != "." and real(folder / name) != apart]
        files += [folder / name for name in names if name[0] != "."]
    found = [file for file in files if file.suffix.lower() in SUFFIXES and _is_file(file, faults)]
    if not found and len(faults) == known:
        raise ImageError("The folder holds no images or PDFs; name one that does, or the files themselves.")
    for file in sorted(found, key=lambda file: (_natural(file.parent), _natural(file))):
        yield Input(str(file), file, file.parent.relative_to(top))


def _is_file(path: Path, faults: list[tuple[str, InkreadError]]) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        faults.append((str(path), _out_of_reach(error)))
        return False


def _out_of_reach(error: OSError) -> ImageError:
    if isinstance(error, PermissionError):
        return ImageError("Its folder may not be searched; ask its owner, or use chmod.")
    return ImageError(f"It cannot be looked at ({error.strerror}); check its name and the disk.")


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Sort page2 before page10."""
    pieces = re.split(r"(\d+)", str(path).casefold())
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces]
