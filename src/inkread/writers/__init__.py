"""The registry of output formats: one file each, all with the same ``write``.

A writer takes the pages as they are read and writes each at once, so a book of a thousand
pages needs the memory of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from inkread.document import Page
from inkread.errors import ConfigError
from inkread.writers import json, text

Write: TypeAlias = Callable[[Iterable[Page], BinaryIO], None]


@dataclass(frozen=True, slots=True)
class Writer:
    """An output format: its name, its file's ending, and the function that writes pages."""

    name: str
    suffix: str
    write: Write


WRITERS = {
    writer.name: writer for writer in (Writer("txt", ".txt", text.write), Writer("json", ".json", json.write))
}


def writer(name: str) -> Writer:
    """Return the writer called ``name``.

    Raises:
        ConfigError: there is none.
    """
    try:
        return WRITERS[name]
    except KeyError:
        raise ConfigError(f"There is no format {name!r}; choose one of {', '.join(WRITERS)}.") from None
