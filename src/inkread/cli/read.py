"""``inkread read``: images and PDFs in, text out, in any format."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkread.cli import stopped
from inkread.cli.progress import progress
from inkread.errors import ConfigError, InputError
from inkread.writers import WRITERS, Writer, writer

if TYPE_CHECKING:
    from inkread.cli.read_pages import Job
    from inkread.cli.sources import Input

LANGUAGES = ("auto", "en", "fr", "none")
HINTS = {  # to what people call a format
    "text": "txt",
    "markdown": "md",
    "pagexml": "page",
    "page-xml": "page",
    "page.xml": "page",
    "overlay": "--overlay seen.png for a picture of the lines found",
    "png": "--overlay seen.png for a picture of the lines found",
}


def _writers(_: click.Context, __: click.Parameter, names: Sequence[str]) -> list[Writer]:
    """Return the writers of formats' names, some of them joined by commas, each once."""
    single = [name.strip().casefold() for joined in names for name in joined.split(",")]
    asked = dict.fromkeys(filter(None, single))
    for name in asked:
        if name in HINTS:
            raise ConfigError(f"There is no format {name!r}; choose {HINTS[name]}.")
    if not asked:
        raise ConfigError(f"-f names no format; choose one of {', '.join(WRITERS)}.")
    return [writer(name) for name in asked]


@click.command("read", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-f",
    "--format",
    "writers",
    callback=_writers,
    multiple=True,
    default=["txt"],
    metavar="FORMAT",
    help=f"One of {', '.join(WRITERS)}; several with -o, as -f txt,pdf or -f txt -f pdf.  [default: txt]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write one file per input and format into this folder instead of printing.",
)
@click.option("--force", is_flag=True, help="With -o: read again what is done already.")
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
    help="Draw the lines found on the image, of one input with -o; further pages go to NAME-2.png and so on.",
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
    metavar="NAME|ONNX",
    help="base or small, the recognisers that come with inkread, or another's bundle (of lines, or of "
    "characters); a file that is called small is ./small.  [default: base]",
)
@click.option(
    "--charset",
    metavar="CHARACTERS",
    help="Read these characters only: digits, letters, or themselves, such as 0-9.,",
)
@click.option(
    "--lexicon",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="TXT",
    help="Words that are likely, one a line (UTF-8): a nudge, other words are still read.",
)
@click.option(
    "--n-best",
    type=click.IntRange(1, 100),
    metavar="N",
    help="Readings to keep of each line, its text included; JSON shows them.  [default: 5]",
)
@click.option(
    "--reject",
    type=click.FloatRange(0.0, 1.0),
    metavar="C",
    help="Lines less sure than this, such as 0.8, do not pass for text: [?] stands for them.",
)
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Processor threads to use.")
def command(
    files: tuple[str, ...],
    writers: list[Writer],
    output: Path | None,
    force: bool,
    as_line: bool,
    as_character: bool,
    overlay: Path | None,
    timing: bool,
    language: str,
    model: str | None,
    charset: str | None,
    lexicon: Path | None,
    n_best: int | None,
    reject: float | None,
    threads: int | None,
) -> None:
    """Read handwriting from images and PDFs.

    FILE is an image (JPEG, PNG, TIFF, WebP, GIF, BMP, AVIF, HEIC), a PDF, a folder, a pattern
    such as "scans/*.jpg", or - for standard input. What cannot be read is named on standard
    error, and the exit code is 2; all other files are read.

    A folder is read with its subfolders, and -o DIR gets the same subfolders. An input whose files
    in DIR are all there and newer than itself is skipped, so a run that was stopped, or killed,
    goes on with the same command; after changing the model or another option use --force.

    \b
    inkread read letter.jpg                    print the text
    inkread read album -o texts                one .txt for each image of an album
    inkread read album -o out -f txt,alto,pdf  text, ALTO and a PDF that can be searched
    """
    from inkread.cli.sources import expand, real_paths

    inputs, faults = expand(files, without=output)
    if as_character:
        if (
            as_line
            or overlay
            or timing
            or language != "auto"
            or charset
            or lexicon
            or n_best
            or reject is not None
        ):
            raise ConfigError(
                "--character goes without --lines, --overlay, --timing, --language, --charset, --lexicon, "
                "--n-best and --reject; leave these out."
            )
        from inkread.cli.read_character import read_all

        sys.exit(read_all(inputs, faults, writers, output, force, model, threads))
    sources = real_paths(inputs)
    if overlay:
        _check_overlay(overlay, sources)
        if output and len(inputs) > 1:
            raise ConfigError("--overlay with -o takes one input; draw each in a run of its own.")
    todo: list[tuple[Input, Path]] = []
    if output:
        from inkread.cli.read_files import undone

        todo = undone(inputs, output, writers, force)
        if overlay and inputs and not todo:
            click.echo(f"inkread: {overlay} is not drawn, as nothing is read; --force draws it.", err=True)
    else:
        _check_printable(writers)
    try:
        from inkread.cli.read_pages import Job
        from inkread.reader import Reader

        reader = Reader(
            model=model,
            threads=threads,
            language=language,
            charset=charset,
            lexicon=lexicon,
            n_best=n_best,
            reject=reject,
        )
        job = Job(reader, as_line, timing, overlay, sources)
        for name, error in faults:
            job.fail(name, error)
        if output:
            _write(job, todo, writers)
        elif inputs:
            _print(job, inputs, writers[0])
    except KeyboardInterrupt:
        where = f"what is finished is in {output}" if output else "what was read is printed"
        raise stopped(f"{where}, and the same command goes on" if output else where) from None
    if job.failed:
        sys.exit(2)


def _write(job: Job, todo: Sequence[tuple[Input, Path]], writers: Sequence[Writer]) -> None:
    """Write the files of each input."""
    from inkread.cli.read_files import write_files

    with progress(len(todo), alone=True) as step:
        for given, path in todo:
            step(given.name)
            try:
                write_files(job.pages(given), path, writers)
            except InputError as error:
                job.fail(given.name, error)


def _print(job: Job, inputs: Sequence[Input], writer: Writer) -> None:
    """Print the pages of all inputs as one document."""
    with progress(len(inputs), alone=False) as step:
        pages = job.all_pages(inputs, step)
        if writer.single:
            first = list(islice(pages, 2))
            if len(first) > 1:
                raise ConfigError(
                    f"A file of format {writer.name} holds one page, and there are more; "
                    "write each to its own with -o DIR."
                )
            pages = iter(first)
        writer.write(pages, sys.stdout.buffer)


def _check_printable(writers: Sequence[Writer]) -> None:
    if len(writers) > 1:
        raise ConfigError("Only one format can be printed; choose a folder for several with -o DIR.")
    if writers[0].mimetype == "application/pdf" and is_terminal():
        raise ConfigError("A PDF is not for the terminal; choose a folder with -o DIR, or add > text.pdf.")


def is_terminal() -> bool:
    """Return whether what is printed goes to a screen."""
    return sys.stdout.isatty()


def _check_overlay(overlay: Path, sources: set[Path]) -> None:
    from inkread.cli.outputs import check_overwrite

    if overlay.suffix.lower() != ".png":
        raise ConfigError(f"The overlay is a PNG picture; call it {overlay.with_suffix('.png')}.")
    check_overwrite(overlay, sources)
