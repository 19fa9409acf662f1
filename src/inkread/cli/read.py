"""``inkread read``: images and PDFs in, text or JSON out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkread.cli.progress import progress
from inkread.document import Page
from inkread.errors import ConfigError, InkreadError, InputError
from inkread.writers import WRITERS, PicturedPage

if TYPE_CHECKING:
    from inkread.cli.sources import Input
    from inkread.images.open import PageImage
    from inkread.reader import Reader

LANGUAGES = ("auto", "en", "fr", "none")


@click.command("read", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-f", "--format", "format_", type=click.Choice(list(WRITERS)), default="txt", show_default=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write one file per input into this folder instead of printing.",
)
@click.option("--lines", "as_line", is_flag=True, help="Each image is one line of writing already.")
@click.option(
    "--character",
    "as_character",
    is_flag=True,
    help="Each image is one character: print the likeliest five with their probabilities.",
)
@click.option(
    "--overlay",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PNG",
    help="Draw the lines found on the image; further pages go to NAME-2.png and so on.",
)
@click.option("--timing", is_flag=True, help="Tell how long each stage took.")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="auto",
    show_default=True,
    help="Language model that helps to decide between look-alikes.",
)
@click.option(
    "--model",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="ONNX",
    help="A recogniser's bundle (of lines, or of characters) instead of the one that comes with inkread.",
)
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Processor threads to use.")
def command(
    files: tuple[str, ...],
    format_: str,
    output: Path | None,
    as_line: bool,
    as_character: bool,
    overlay: Path | None,
    timing: bool,
    language: str,
    model: Path | None,
    threads: int | None,
) -> None:
    """Read handwriting from images and PDFs.

    FILE is an image (JPEG, PNG, TIFF, WebP, GIF, BMP, AVIF, HEIC), a PDF, a folder of them,
    a pattern such as "scans/*.jpg", or - for standard input. What cannot be read is named on
    standard error, and the exit code is 2; all other files are read.
    """
    from inkread.cli.outputs import check_overwrite, plan, whole_file
    from inkread.cli.sources import expand
    from inkread.reader import Reader

    inputs, faults = expand(files)
    if as_character:
        if as_line or overlay or timing or language != "auto":
            raise ConfigError(
                "--character goes without --lines, --overlay, --timing and --language; leave these out."
            )
        sys.exit(_characters(inputs, faults, format_, output, model, threads))
    writer = WRITERS[format_]
    outputs = plan(inputs, output, writer.suffix) if output else []
    sources = {given.path.resolve() for given in inputs if given.path}
    if overlay:
        if overlay.suffix.lower() != ".png":
            raise ConfigError(f"The overlay is a PNG picture; call it {overlay.with_suffix('.png')}.")
        check_overwrite(overlay, sources)
    job = _Job(Reader(model=model, threads=threads, language=language), as_line, timing, overlay, sources)
    for name, error in faults:
        job.fail(name, error)
    with progress(len(inputs), alone=output is not None) as step:
        if output:
            for given, path in zip(inputs, outputs, strict=True):
                step(given.name)
                try:
                    with whole_file(path) as file:
                        writer.write(job.pages(given), file)
                except InputError as error:
                    job.fail(given.name, error)
        elif inputs:
            writer.write(job.all_pages(inputs, step), sys.stdout.buffer)
    if job.failed:
        sys.exit(2)


def _characters(
    inputs: Sequence[Input],
    faults: Sequence[tuple[str, InkreadError]],
    format_: str,
    output: Path | None,
    model: Path | None,
    threads: int | None,
) -> int:
    """Read pictures of one character each; return the exit code."""
    from inkread.characters import CharacterRecogniser
    from inkread.cli.read_character import read_characters

    for name, error in faults:
        click.echo(f"inkread: {name}: {error}", err=True)
    fine = read_characters(inputs, format_, output, CharacterRecogniser(model, threads))
    return 0 if fine and not faults else 2


class _Job:
    """One run of the command: what it reads with, and whether anything failed."""

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
        from inkread.images.open import open_pages

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
        from inkread.cli.outputs import check_overwrite, numbered, whole_file
        from inkread.writers.overlay import draw, to_png

        self._drawn += 1
        path = numbered(overlay, self._drawn)
        check_overwrite(path, self._sources)
        if self._drawn > 1:
            click.echo(f"{page.source}, page {page.number}: overlay in {path}", err=True)
        with whole_file(path) as file:
            file.write(to_png(draw(opened.image, page)))
