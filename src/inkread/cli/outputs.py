"""Where results go: one file an input, written whole or not at all, never two to the same name."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from inkread.cli.sources import Input
from inkread.errors import ConfigError


def plan(inputs: Sequence[Input], folder: Path, suffix: str) -> list[Path]:
    """Return the output of each input: its stem, or its whole name where two share a stem.

    Raises:
        ConfigError: two inputs would still go to the same file, or one would overwrite an input.
    """
    stems = Counter(_key(given.stem) for given in inputs)
    outputs = [
        folder / ((given.stem if stems[_key(given.stem)] == 1 else _whole_name(given)) + suffix)
        for given in inputs
    ]
    taken: dict[str, Input] = {}
    sources = {given.path.resolve() for given in inputs if given.path}
    for given, output in zip(inputs, outputs, strict=True):
        first = taken.setdefault(_key(str(output)), given)
        if first is not given:
            raise ConfigError(
                f"{first.name} and {given.name} would both be written to {output}; "
                "read them in two runs with a folder each."
            )
        check_overwrite(output, sources)
    return outputs


def check_overwrite(output: Path, sources: set[Path]) -> None:
    """Raise ``ConfigError`` where ``output`` is one of the inputs."""
    if output.resolve() in sources:
        raise ConfigError(f"{output} is one of the images to be read; write to another place.")


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that takes the name ``path`` at the end, or vanishes on any error.

    Raises:
        ConfigError: the place cannot be written to.
    """
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror}); choose another place.") from None
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)


def numbered(path: Path, count: int) -> Path:
    """Return ``path`` for the first picture and ``name-2.png`` and so on for those that follow."""
    return path if count == 1 else path.with_name(f"{path.stem}-{count}{path.suffix}")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _whole_name(given: Input) -> str:
    return given.path.name if given.path else given.stem


def _key(name: str) -> str:
    return name.casefold()  # some file systems do not tell A from a
