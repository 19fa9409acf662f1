"""One reading, several files: the pages of an input are written in each format that is asked for.

The pages come once, with the memory of one: the format that shows pictures takes them as they are
read, and they are kept on disk for the others.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from inkread.cli.outputs import page_file, whole_file, with_suffix
from inkread.document import Page
from inkread.writers import PicturedPage, Writer


def write_files(pages: Iterable[PicturedPage], output: Path, writers: Sequence[Writer]) -> None:
    """Write one input's pages in some formats.

    The files take their names when all are whole; an error leaves none. Where a format holds one page
    only and there are several, each gets a file, and the first appears last.

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


def signs(output: Path, writers: Sequence[Writer]) -> list[list[Path]]:
    """Return for each format the files of which one shows that ``write_files`` came to its end."""
    return [
        [with_suffix(output, writer.suffix)]
        + ([page_file(output, 1, writer.suffix)] if writer.single else [])
        for writer in writers
    ]


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
