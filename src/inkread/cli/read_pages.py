"""The pages of each input as they are read, with what ``inkread read`` tells about them meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from inkread.cli.outputs import check_overwrite, numbered, whole_file
from inkread.cli.sources import Input
from inkread.document import Page
from inkread.errors import InkreadError, InputError
from inkread.images.open import PageImage, open_pages
from inkread.reader import Reader
from inkread.writers import PicturedPage
from inkread.writers.overlay import draw, to_png


class Job:
    """One run of the command: what it reads with, and whether anything ``failed``.

    Args:
        as_line: each image is one line.
        timing: tell the seconds of each stage.
        overlay: where to draw what was found, or None.
        sources: the inputs' paths, resolved; none is overwritten.
    """

    def __init__(
        self, reader: Reader, as_line: bool, timing: bool, overlay: Path | None, sources: set[Path]
    ) -> None:
        self.failed = False
        self._sources = sources
        self._reader = reader
        self._as_line = as_line
        self._timing = timing
        self._overlay = overlay
        self._drawn = 0

    def all_pages(self, inputs: Sequence[Input], step: Callable[[str], None]) -> Iterator[PicturedPage]:
        """Yield the pages of all inputs; an input at fault is named and passed over."""
        for given in inputs:
            step(given.name)
            try:
                yield from self.pages(given)
            except InputError as error:
                self.fail(given.name, error)

    def pages(self, given: Input) -> Iterator[PicturedPage]:
        """Yield the pages of one input, drawing each if an overlay is wanted."""
        for opened in open_pages(given.content(), name=given.name):
            page = self._reader.read(opened, as_line=self._as_line, timing=self._timing)
            if self._overlay:
                self._draw(self._overlay, opened, page)
            if self._timing:
                stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in page.timing)
                click.echo(f"{given.name}, page {page.number}, seconds: {stages}", err=True)
            yield PicturedPage(page, opened.image)

    def fail(self, name: str, error: InkreadError) -> None:
        """Name an input at fault on standard error."""
        self.failed = True
        click.echo(f"inkread: {name}: {error}", err=True)

    def _draw(self, overlay: Path, opened: PageImage, page: Page) -> None:
        self._drawn += 1
        path = numbered(overlay, self._drawn)
        check_overwrite(path, self._sources)
        if self._drawn > 1:
            click.echo(f"{page.source}, page {page.number}: overlay in {path}", err=True)
        with whole_file(path) as file:
            file.write(to_png(draw(opened.image, page)))
