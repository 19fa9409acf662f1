"""The reading behind the routes: one ``Reader`` a worker, made when it is first needed, and its queue."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np

from inkread.characters import CharacterReading, CharacterRecogniser
from inkread.document import Alternative, Character, Line, ModelInfo, Page, Polygon, Region, Word
from inkread.errors import BundleError
from inkread.images.open import PageImage, open_page, open_pages
from inkread.reader import Reader
from inkread.runtime.session import SESSIONS
from inkread.runtime.store import packaged
from inkread.server.gate import Deadline, Gate
from inkread.server.metrics import Metrics
from inkread.server.problems import Problem
from inkread.server.settings import Settings
from inkread.writers import PicturedPage

MODES = ("page", "line", "character")
MODEL_KINDS = ("line", "layout", "character", "sentences")
"""Of the models that reading takes."""


@dataclass(slots=True)
class Tally:
    """How much of a request has been read, for its line in the log."""

    pages: int = 0
    lines: int = 0


class Service:
    """What one worker reads with; shared by its threads.

    Args:
        settings: see there.
        metrics: told of every page.
        make_reader: makes the reader; tests put their own here.
    """

    def __init__(
        self, settings: Settings, metrics: Metrics, make_reader: Callable[[], Reader] | None = None
    ) -> None:
        self.settings = settings
        self.metrics = metrics
        self.gate = Gate(settings.at_once, settings.held, metrics.queue)
        self._make_reader = make_reader or self._own_reader
        self._reader: Reader | None = None
        self._characters: CharacterRecogniser | None = None
        self._lock = threading.Lock()

    @property
    def reader(self) -> Reader:
        """The reader; ``BundleError`` where its model is missing or damaged."""
        with self._lock:
            if self._reader is None:
                self._reader = self._make_reader()
            return self._reader

    @property
    def characters(self) -> CharacterRecogniser:
        """The recogniser of lone characters; ``BundleError`` where its model is missing or damaged."""
        with self._lock:
            if self._characters is None:
                self._characters = CharacterRecogniser(threads=self.settings.cores)
            return self._characters

    def model(self, mode: str = "page") -> ModelInfo:
        """Return name and version of what reads in ``mode``."""
        return self.characters.model if mode == "character" else self.reader.model

    def warm_up(self) -> None:
        """Open every session and the language model, by reading a stroke."""
        picture = np.full((96, 256), 255, dtype=np.uint8)
        picture[40:44, 40:200] = 0
        self.reader.read(picture)
        self.reader.read_line(picture)

    def pages(
        self, content: bytes, name: str, mode: str, deadline: Deadline, tally: Tally
    ) -> Iterator[PicturedPage]:
        """Read a file's pages one after the other, each when it is its turn.

        Args:
            content: an image file or a PDF.
            name: what the page is to say it came from.
            mode: one of ``MODES``.
            deadline: of the whole request.
            tally: counts what has been read.

        Raises:
            ImageError: not an image, damaged, locked or too large.
            Problem: no turn came, or the deadline has passed.
        """
        opened_pages = cast("Any", open_pages(content, limits=self.settings.limits, name=name))
        with contextlib.closing(opened_pages):
            while True:
                with self.gate.turn(deadline, self.settings.patience) as waited:
                    opened = next(opened_pages, None)
                    if opened is None:
                        return
                    page = self._read(opened, mode)
                self.metrics.page(page, waited)
                tally.pages += 1
                tally.lines += len(page.lines)
                yield PicturedPage(page, opened.image)

    @contextlib.contextmanager
    def page_image(
        self, content: bytes, number: int, deadline: Deadline, page: Page | None = None
    ) -> Iterator[PageImage]:
        """Open one page of a file and hold a turn for what is done with it.

        Args:
            content: an image file or a PDF.
            number: of the page, from 1.
            deadline: of the whole request.
            page: what was read there, if it is known: its size must be the image's.

        Raises:
            ImageError: not an image, damaged, locked, too large, or no such page.
            Problem: another page's image; no turn came, or the deadline has passed.
        """
        with self.gate.turn(deadline, self.settings.patience):
            opened = open_page(content, number=number, limits=self.settings.limits)
            height, width = opened.image.shape[:2]
            if page is not None and (page.width, page.height) != (width, height):
                raise Problem(
                    "bad-request",
                    f"The document's page {number} has {page.width} x {page.height} pixels and the image "
                    f"{width} x {height}; send the image that was read.",
                )
            yield opened

    def _read(self, opened: PageImage, mode: str) -> Page:
        if mode == "character":
            return _character_page(opened, self.characters.read(opened.image), self.characters.model)
        return self.reader.read(opened, as_line=mode == "line", timing=True)

    def _own_reader(self) -> Reader:
        settings = self.settings
        return Reader(settings.model, settings.cores, settings.language, limits=settings.limits)

    @cached_property
    def models(self) -> list[dict[str, str | int]]:
        """Kind, name, version and size of every model that is there."""
        records: list[dict[str, str | int]] = []
        for kind in MODEL_KINDS:
            with contextlib.suppress(BundleError):
                given = self.settings.model if kind == "line" else None
                path = given or packaged(kind)
                contract = SESSIONS[kind](path, 1).contract
                records.append(
                    {
                        "kind": kind,
                        "name": contract.name,
                        "version": contract.version,
                        "bytes": path.stat().st_size,
                    }
                )
        return records


def _character_page(opened: PageImage, reading: CharacterReading, model: ModelInfo) -> Page:
    """Put a lone character into the form of a page: one line of one word of one character."""
    height, width = opened.image.shape[:2]
    regions: tuple[Region, ...] = ()
    if reading.text:
        corners: Polygon = (
            (0.0, 0.0),
            (float(width), 0.0),
            (float(width), float(height)),
            (0.0, float(height)),
        )
        sure = reading.confidence
        character = Character(reading.text, sure, corners)
        others = tuple(Alternative(other.character, other.probability) for other in reading.candidates[1:])
        word = Word(reading.text, sure, corners, (character,))
        regions = (Region((Line(reading.text, sure, corners, (), (word,), others),)),)
    return Page(opened.number, width, height, model, regions, "none", opened.source)
