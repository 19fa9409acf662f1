"""One reading, several files: the pages of an input are written in each format that is asked for.

The pages come once, with the memory of one: the format that shows pictures takes them as they are
read, and they are kept on disk for the others.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import BinaryIO

import click

from inkread.cli.outputs import is_done, page_file, plan, whole_file, with_suffix
from inkread.cli.sources import Input
from inkread.document import Page
from inkread.errors import ConfigError, InkreadError
from inkread.writers import PicturedPage, Writer


def write_files(pages: Iterable[PicturedPage], output: Path, writers: Sequence[Writer]) -> None:
    """Write one input's pages in some formats.

    The files take their names when all pages are read; an error in reading leaves none. Where a format
    holds one page only and there are several, each gets a file: the second and later ones as they are
    written, the first at the end with the other formats, so that it vouches for all. What an earlier run
    left of pages that are no more is removed then.

    Args:
        output: the files' path without suffix.
    """
    leader = next((writer for writer in writers if writer.pictured), None)
    if leader is None and len(writers) == 1 and not writers[0].single:
        leader = writers[0]
    others = [writer for writer in writers if writer is not leader]
    with ExitStack() as files, tempfile.TemporaryFile() as store:
        kept = KeptPages(store)
        coming = kept.keep(pages) if others else pages
        if leader:
            leader.write(coming, files.enter_context(whole_file(with_suffix(output, leader.suffix))))
        for _ in coming:
            pass
        for writer in others:
            if not writer.single or len(kept) < 2:
                path = with_suffix(output, writer.suffix)
                writer.write(map(PicturedPage, kept), files.enter_context(whole_file(path)))
                continue
            for number, page in enumerate(kept, start=1):
                file = whole_file(page_file(output, number, writer.suffix))
                if number == 1:
                    writer.write([PicturedPage(page)], files.enter_context(file))
                else:
                    with file as whole:
                        writer.write([PicturedPage(page)], whole)
        source = next((page.source for page in kept), "")
    for writer in writers:
        if writer.single:
            _remove_former(output, writer.suffix, len(kept), source)


def undone(
    inputs: Sequence[Input], output: Path, writers: Sequence[Writer], force: bool
) -> list[tuple[Input, Path]]:
    """Return the inputs that are not done yet and where each goes; say how many are skipped.

    Args:
        output: the folder.
        force: none is done.

    Raises:
        ConfigError: see ``plan``.
    """
    suffixes = [writer.suffix for writer in writers]
    paged = any(writer.single for writer in writers)
    planned = list(zip(inputs, plan(inputs, output, suffixes, page_files=paged), strict=True))
    todo = [(given, path) for given, path in planned if force or not is_done(given, _signs(path, writers))]
    skipped = len(planned) - len(todo)
    if skipped:
        click.echo(
            f"inkread: {skipped} of {len(planned)} done already, skipped; --force reads again.", err=True
        )
    return todo


def _signs(output: Path, writers: Sequence[Writer]) -> list[list[Path]]:
    """Return for each format the files of which one shows that ``write_files`` came to its end."""
    return [
        [with_suffix(output, writer.suffix)]
        + ([page_file(output, 1, writer.suffix)] if writer.single else [])
        for writer in writers
    ]


def _remove_former(output: Path, suffix: str, pages: int, source: str) -> None:
    """Remove the files that an earlier run left of the same input when it had another number of pages."""
    former = [with_suffix(output, suffix)] if pages > 1 else []
    for number in count(pages + 1 if pages > 1 else 1):
        path = page_file(output, number, suffix)
        if not _shows(path, source):
            break
        former.append(path)
    for path in former:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ConfigError(
                f"{path} is out of date and cannot be removed ({error.strerror}); remove it."
            ) from None


def _shows(path: Path, source: str) -> bool:
    """Return whether a PAGE file is of that image; another input's may have the name of a page's file."""
    from inkread.writers import pagexml

    try:
        pages = pagexml.read(path.read_bytes())
    except (OSError, InkreadError):
        return False
    return [Path(page.source).name for page in pages] == [Path(source).name]


class KeptPages:
    """Pages in a file on disk; go over them as often as you like."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._count = 0

    def keep(self, pages: Iterable[PicturedPage]) -> Iterator[PicturedPage]:
        """Pass pages on, and keep them without their pictures."""
        for pictured in pages:
            pickle.dump(pictured.page, self._file)
            self._count += 1
            yield pictured

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Page]:
        self._file.seek(0)
        for _ in range(self._count):
            page: Page = pickle.load(self._file)
            yield page
