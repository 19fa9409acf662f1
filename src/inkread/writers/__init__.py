"""The registry of output formats: one file each, all written through the same ``Writer.write``.

A writer takes the pages as they are read and writes each at once, so a book of a thousand
pages needs the memory of one. A format's module is imported when it is first written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from inkread.document import Page
from inkread.errors import ConfigError


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
        single: a file holds one page; ``function`` raises ``ConfigError`` at a second one.
        needs: package of an extra that it is written with; empty for none.
    """

    name: str
    suffix: str
    mimetype: str
    function: Callable[[Iterable[Any], BinaryIO], None]
    pictured: bool = False
    single: bool = False
    needs: str = ""

    def write(self, pages: Iterable[PicturedPage], out: BinaryIO) -> None:
        """Write the pages as they come.

        Raises:
            ConfigError: an extra that the format needs is not installed, or it holds no second page.
        """
        self.function(pages if self.pictured else (page for page, _ in pages), out)


def _module(name: str) -> Callable[[Iterable[Any], BinaryIO], None]:
    """Return ``write`` of the module of that name here, imported at its first call."""

    def write(pages: Iterable[Any], out: BinaryIO) -> None:
        import_module(f"{__name__}.{name}").write(pages, out)

    return write


WRITERS = {
    writer.name: writer
    for writer in (
        Writer("txt", ".txt", "text/plain", _module("text")),
        Writer("json", ".json", "application/json", _module("json")),
        Writer("tsv", ".tsv", "text/tab-separated-values", _module("tsv")),
        Writer("alto", ".alto.xml", "application/xml", _module("alto")),
        Writer("page", ".page.xml", "application/xml", _module("pagexml"), single=True),
        Writer("hocr", ".hocr", "text/html", _module("hocr")),
        Writer("md", ".md", "text/markdown", _module("markdown")),
        Writer("pdf", ".pdf", "application/pdf", _module("pdf"), pictured=True, needs="reportlab"),
    )
}


def available() -> tuple[str, ...]:
    """Return the names of the formats that can be written here, their packages being installed."""
    return tuple(name for name, each in WRITERS.items() if not each.needs or find_spec(each.needs))


def writer(name: str) -> Writer:
    """Return the writer called ``name``.

    Raises:
        ConfigError: there is none.
    """
    try:
        return WRITERS[name]
    except KeyError:
        raise ConfigError(f"There is no format {name!r}; choose one of {', '.join(WRITERS)}.") from None
