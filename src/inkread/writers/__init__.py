"""The registry of output formats: one file each, all written through the same ``Writer.write``.

A writer takes the pages as they are read and writes each at once, so a book of a thousand
pages needs the memory of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from inkread.document import Page
from inkread.errors import ConfigError
from inkread.writers import json, text


class PicturedPage(NamedTuple):
    """A page and its image as the user sees it, uint8 (H, W, 3) RGB; None where that is not at hand."""

    page: Page
    image: npt.NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """An output format.

    Args:
        name: what users call it.
        suffix: its file's ending.
        mimetype: what it is called on the wire.
        function: writes pages to a binary file; takes ``Page`` records, or ``PicturedPage`` if ``pictured``.
        pictured: the format shows the image, so it must be at hand.
    """

    name: str
    suffix: str
    mimetype: str
    function: Callable[[Iterable[Any], BinaryIO], None]
    pictured: bool = False

    def write(self, pages: Iterable[PicturedPage], out: BinaryIO) -> None:
        """Write the pages as they come."""
        self.function(pages if self.pictured else (page for page, _ in pages), out)


WRITERS = {
    writer.name: writer
    for writer in (
        Writer("txt", ".txt", "text/plain", text.write),
        Writer("json", ".json", "application/json", json.write),
    )
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
