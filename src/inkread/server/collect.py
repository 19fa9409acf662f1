"""Corrected pages kept as training data: an image and its PAGE-XML side by side, under one name.

The folder is one that ``inkread data check`` and ``inkread data pack`` take. A pair is named by
its image's content, so the same page sent again takes the place of its former correction.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from inkread.alphabet import READER_ALPHABET
from inkread.document import Line, Page
from inkread.server.pictures import jpeg
from inkread.server.problems import Problem
from inkread.writers import pagexml

QUALITY = 95
_LOCK = ".lock"
_PARTS = ".*-[0-9][0-9][0-9][0-9].*.part"


class Kept(NamedTuple):
    """The lines of a corrected page that can be learnt from, and the number of its other lines."""

    page: Page
    left_out: int


def teaching(page: Page) -> Kept:
    """Return a page with those lines alone that have an outline and a text that the reader can write."""
    regions = tuple(replace(region, lines=_that_teach(region.lines, page)) for region in page.regions)
    kept = replace(page, regions=tuple(region for region in regions if region.lines))
    return Kept(kept, len(page.lines) - len(kept.lines))


class Collection:
    """The folder of one server, shared by its workers.

    Args:
        folder: is there, and can be written to.
        max_bytes: of all files in it together.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def keep(self, content: bytes, page: Page, image: npt.NDArray[np.uint8]) -> str:
        """Keep a corrected page and return its name.

        Args:
            content: the file that was sent; it gives the name and is not kept itself, so nothing
                but pixels gets into the folder.
            page: in pixels of ``image``, with lines, all of them of ``teaching``.
            image: uint8 (H, W, 3) RGB.

        Raises:
            Problem: the folder is full or cannot be written to.
        """
        name = f"{hashlib.sha256(content).hexdigest()[:24]}-{page.number:04d}"
        out = io.BytesIO()
        pagexml.write([replace(page, source=f"{name}.jpg")], out)
        files = {f"{name}.jpg": jpeg(image, QUALITY), f"{name}.xml": out.getvalue()}
        try:
            with self._alone():
                self._tidy()
                self._check_room(files)
                for file, written in files.items():  # the image first: a page is never without it
                    self._replace(self._folder / file, written)
        except OSError:
            raise Problem(
                "full", "The folder cannot be written to; look at its disk and its rights."
            ) from None
        return name

    def _tidy(self) -> None:
        """Remove what a worker left half written when it died; nobody else is writing now."""
        for part in self._folder.glob(_PARTS):
            part.unlink(missing_ok=True)

    def _check_room(self, files: dict[str, bytes]) -> None:
        sizes = {entry.name: entry.stat().st_size for entry in os.scandir(self._folder) if entry.is_file()}
        sizes.update({name: len(content) for name, content in files.items()})
        if sum(sizes.values()) > self._max_bytes:
            raise Problem("full")

    @staticmethod
    def _replace(path: Path, content: bytes) -> None:
        """Write a file in one step: a reader sees the old content or the new."""
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep all other threads and workers out of the folder."""
        with (self._folder / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _that_teach(lines: Sequence[Line], page: Page) -> tuple[Line, ...]:
    """Return the lines with a text of the reader's characters, and an outline in whole pixels of the page."""

    def area(line: Line) -> float:
        outline = np.clip(np.array(line.polygon), 0, (page.width, page.height)).round()
        return float(cv2.contourArea(outline.astype(np.float32).reshape(-1, 1, 2)))

    def readable(line: Line) -> bool:
        text = " ".join(line.text.split())  # as it is read back
        return bool(text) and not READER_ALPHABET.missing(text)

    return tuple(line for line in lines if readable(line) and len(line.polygon) > 2 and area(line) >= 1)
