"""What the user named becomes a list of inputs: files, folders, patterns, ``-`` for standard input."""

from __future__ import annotations

import glob
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from inkread.errors import ImageError, InkreadError
from inkread.images.open import SUFFIXES


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to read: its name as the user knows it, and its path (None: standard input)."""

    name: str
    path: Path | None

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


def expand(names: Iterable[str]) -> tuple[list[Input], list[tuple[str, InkreadError]]]:
    """Return the inputs in the order named, each file once, and what could not be found, with why."""
    inputs: dict[Path | None, Input] = {}
    faults: list[tuple[str, InkreadError]] = []
    for name in names:
        try:
            for found in _expand(name):
                inputs.setdefault(found.path.resolve() if found.path else None, found)
        except ImageError as error:
            faults.append((name, error))
    return list(inputs.values()), faults


def _expand(name: str) -> Iterator[Input]:
    path = Path(name)
    if name == "-":
        yield Input("-", None)
    elif path.is_dir():
        yield from _folder(path)
    elif glob.has_magic(name) and not path.exists():
        found = [Path(match) for match in glob.glob(name, recursive=True)]
        files = sorted((match for match in found if match.is_file()), key=_natural)
        if not files:
            raise ImageError("No file has a name of this pattern; check it.")
        yield from (Input(str(match), match) for match in files)
    else:
        yield Input(name, path)


def _folder(folder: Path) -> Iterator[Input]:
    try:
        entries = sorted(folder.iterdir(), key=_natural)
    except PermissionError:
        raise ImageError("You have no permission to list this folder; ask its owner, or use chmod.") from None
    files = [
        entry for entry in entries if entry.suffix.lower() in SUFFIXES and not entry.name.startswith(".")
    ]
    if not files:
        raise ImageError("The folder holds no images or PDFs; name one that does, or the files themselves.")
    yield from (Input(str(file), file) for file in files if file.is_file())


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Sort page2 before page10."""
    pieces = re.split(r"(\d+)", str(path).casefold())
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces]
