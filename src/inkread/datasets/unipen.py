"""UNIPEN train_r01_v07: pen strokes of characters, words and texts, split by writer.

Parsing the source (``unipen_parse``) takes a minute or two, so that it is done once: the parsed
strokes go to a folder of flat arrays that any number of processes map into memory. Each split has a
folder of its own, so that who asks for training writers opens no other writer's file.

I. Guyon, L. Schomaker, R. Plamondon, M. Liberman, S. Janet: UNIPEN project of on-line data exchange
and recognizer benchmarks, ICPR 1994.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkread.datasets.unipen_cache import cache_folder, load_table, save_table
from inkread.datasets.unipen_measure import UNIT
from inkread.datasets.unipen_parse import LEVELS, Level, Progress, parse
from inkread.errors import ConfigError, DataError
from inkread.ink.strokes import Points, Stand

__all__ = ["LEVELS", "SPLITS", "UNIT", "Level", "Segment", "UnipenDataset", "read_split"]

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Segment:
    """One labelled piece of writing.

    Attributes:
        label: the text, unescaped, blanks collapsed.
        level: character, word or text.
        strokes: float32 (N, 2) each, x to the right, y downwards, ``UNIT`` to the file's x-height.
        writer: one person, as the split table names him.
        source: three letters that name the contributor.
        file: pen file, relative to include/.
        style: CURSIVE, MIXED, PRINTED or empty where the writer's file does not say.
        stand: baseline, x-height and slope of this piece.
        first, last: numbers of the first and last component: how texts, words and characters nest.
        one_row: False for a text that runs over several rows (and for what is not a text: True).
    """

    label: str
    level: Level
    strokes: tuple[Points, ...]
    writer: str
    source: str
    file: str
    style: str
    stand: Stand
    first: int
    last: int
    one_row: bool


class UnipenDataset:
    """Labelled pen strokes of one split.

    Args:
        root: the unpacked ``train_r01_v07`` with ``include`` and ``data``, or None if the cache exists.
        split: "train", "validation" or "test"; writers of the others cannot be reached.
        cache: folder for the parsed strokes.
        split_file: table of pen file, writer, split (tab separated, with a header).
        workers: processes that parse.
        progress: called with (files done, files in all) while parsing.

    Raises:
        ConfigError: no such split.
        DataError: no cache, and the source is missing or incomplete.
    """

    def __init__(
        self,
        root: Path | str | None,
        split: str = "train",
        *,
        cache: Path | str,
        split_file: Path | str,
        workers: int = 1,
        progress: Progress | None = None,
    ) -> None:
        if split not in SPLITS:
            raise ConfigError(f"UNIPEN has no split {split!r}; use one of {', '.join(SPLITS)}.")
        self.split = split
        folder = cache_folder(Path(cache), split, Path(split_file))
        if not folder.is_dir():
            if root is None:
                raise DataError(f"There are no parsed UNIPEN strokes in {cache}; give the unpacked source.")
            files = read_split(Path(split_file), split)
            save_table(folder, parse(Path(root), files, workers, progress))
        self.table = load_table(folder)

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, number: int) -> Segment:
        """Return the segment numbered ``number``."""
        table = self.table
        file = int(table.file[number])
        name = table.files[file]
        return Segment(
            label=table.label(number),
            level=LEVELS[int(table.level[number])],
            strokes=table.strokes(number),
            writer=table.writers[file],
            source=name.split("/", 1)[0],
            file=name,
            style=table.styles[file],
            stand=Stand(*(float(value) for value in table.stand[number])),
            first=int(table.components[number, 0]),
            last=int(table.components[number, 1]),
            one_row=bool(table.one_row[number]),
        )

    def numbers(self, level: Level | None = None) -> npt.NDArray[np.int64]:
        """Return the numbers of all segments, or of those of one level."""
        if level is None:
            return np.arange(len(self.table))
        if level not in LEVELS:
            raise ConfigError(f"UNIPEN has no level {level!r}; use one of {', '.join(LEVELS)}.")
        return np.flatnonzero(self.table.level == LEVELS.index(level))

    def segments(self, level: Level | None = None) -> Iterator[Segment]:
        """Yield the segments of this split, in the order of the files, or those of one level."""
        for number in self.numbers(level):
            yield self[int(number)]


def read_split(split_file: Path, split: str) -> dict[str, str]:
    """Return pen file -> writer for one split of the table ``split_file``."""
    try:
        rows = split_file.read_text(encoding="utf-8").splitlines()[1:]
    except OSError as error:
        raise DataError(f"The split table {split_file} cannot be read: {error.strerror}.") from error
    fields = [row.split("\t") for row in rows if row]
    return {name: writer for name, writer, of in fields if of == split}
