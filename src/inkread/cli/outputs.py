"""Where results go: one file an input, written whole or not at all, never two to the same name."""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inkread.cli.sources import Input, real, real_paths
from inkread.errors import ConfigError, InputError
from inkread.images.open import SUFFIXES

try:
    import fcntl
except ImportError:  # Windows: there a file that is open cannot be deleted, which serves as well
    fcntl = None  # type: ignore[assignment]

_UNFINISHED = ".unfinished"
_LONG = 200  # bytes
_PAGE_FILE = re.compile(r"(.+)-\d{4,}")


def plan(
    inputs: Sequence[Input], folder: Path, suffixes: Sequence[str], *, page_files: bool = False
) -> list[Path]:
    """Return the output of each input, without its suffix: its stem, or its name where two share a stem.

    What lies in subfolders of a folder that the user named goes to the same subfolders of ``folder``.

    Args:
        suffixes: what is to be written for each, such as ``.txt``.
        page_files: of some inputs each page may get a file, named by ``page_file``.

    Raises:
        ConfigError: two inputs would still go to the same file, one would overwrite an input, or an
            output would be taken for an image the next time.
    """
    stems = Counter(_key(_below(given) / given.stem) for given in inputs)
    sources = real_paths(inputs)
    outputs = []
    taken: dict[str, Input] = {}
    for given in inputs:
        own = _below(given) / given.stem
        output = folder / (own if stems[_key(own)] == 1 else own.with_name(_whole_name(given)))
        first = taken.setdefault(_key(output), given)
        if first is not given:
            raise ConfigError(
                f"{first.name} and {given.name} would both be written to {output}{suffixes[0]}; "
                "read them in two runs with a folder each."
            )
        for suffix in suffixes:
            check_overwrite(with_suffix(output, suffix), sources)
        outputs.append(output)
    for given, output in zip(inputs, outputs, strict=True):
        _check_not_read_again(given, output, suffixes)
        like_page = _PAGE_FILE.fullmatch(output.name) if page_files else None
        other = taken.get(_key(output.with_name(like_page[1]))) if like_page else None
        if other:
            raise ConfigError(
                f"{given.name} could take the place of a page of {other.name}; "
                "read them in two runs with a folder each."
            )
    return outputs


def with_suffix(output: Path, suffix: str) -> Path:
    """Return the file of an output."""
    return output.with_name(output.name + suffix)


def page_file(output: Path, number: int, suffix: str) -> Path:
    """Return the file of one page, counted from 1, where a format holds no more than one."""
    return with_suffix(output, f"-{number:04d}{suffix}")


def is_done(given: Input, files: Sequence[Sequence[Path]]) -> bool:
    """Return whether an input has all its outputs, each of them newer than itself.

    Args:
        files: for each format the files of which one shows that it is written.
    """
    if given.path is None:
        return False
    with contextlib.suppress(OSError):
        changed = given.path.stat().st_mtime_ns
        return all(any(_changed(file) > changed for file in some) for some in files)
    return False


def check_overwrite(output: Path, sources: set[Path]) -> None:
    """Raise ``ConfigError`` where ``output`` is one of the inputs."""
    if real(output) in sources:
        raise ConfigError(f"{output} is one of the images to be read; write to another place.")


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that takes the name ``path`` at the end, or vanishes on any error.

    What a killed run left of the same file is removed; a run that is still writing is left alone.

    Raises:
        ConfigError: the place cannot be written to.
        InputError: the name is too long for it; other names may not be.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(path)
        handle, temporary = tempfile.mkstemp(_UNFINISHED, _temporary(path), path.parent)
        with os.fdopen(handle, "wb") as file:
            with contextlib.suppress(OSError):  # not every file system can
                _lock(file)
            yield file
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG and path.parent.is_dir():
            raise InputError(f"{path.name} is too long a name for this disk; shorten it.") from None
        raise ConfigError(f"{path} cannot be written ({error.strerror}); choose another place.") from None
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)


def numbered(path: Path, count: int) -> Path:
    """Return ``path`` for the first picture and ``name-2.png`` and so on for those that follow."""
    return path if count == 1 else path.with_name(f"{path.stem}-{count}{path.suffix}")


def _check_not_read_again(given: Input, output: Path, suffixes: Sequence[str]) -> None:
    if given.path is None or given.folder is None or real(given.path.parent) != real(output.parent):
        return
    for suffix in suffixes:
        if suffix in SUFFIXES:
            raise ConfigError(
                f"{with_suffix(output, suffix)} would be read as an image the next time; "
                "choose another folder with -o."
            )


def _temporary(path: Path) -> str:
    """Return how the temporary file's name begins: the file's own, unless that leaves no room for more."""
    name = os.fsencode(path.name)
    return f".{path.name}." if len(name) <= _LONG else f".{hashlib.sha256(name).hexdigest()[:16]}."


def _remove_leftovers(path: Path) -> None:
    for leftover in path.parent.glob(f"{glob.escape(_temporary(path))}*{_UNFINISHED}"):
        with contextlib.suppress(OSError):
            with leftover.open("rb") as file:
                _lock(file)
            leftover.unlink()


def _lock(file: BinaryIO) -> None:
    """Hold a file until it is closed; ``OSError`` where another process does. The system frees the dead's."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _changed(path: Path) -> int:
    """Return when a file was last written, in nanoseconds; 0 if there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _below(given: Input) -> Path:
    return given.folder or Path()


def _whole_name(given: Input) -> str:
    return given.path.name if given.path else given.stem


def _key(path: Path) -> str:
    return str(path).casefold()  # some file systems do not tell A from a
