"""Which forms and lines of IAM train, validate and test: the two divisions in use, by their lists.

Both are disjoint by writer. "aachen" names whole forms (747, 116 and 336) and lies in the
repository; "large_writer_independent" is IAM's own task of 6,161, 1,840 (its two validation sets)
and 1,861 lines, whose lists come in IAM's own archive.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from inkread.datasets.dataset import SPLITS, Split
from inkread.datasets.iam_files import IamFiles, read_table
from inkread.errors import ConfigError, DataError

SplitLists = Literal["aachen", "large_writer_independent"]

_TASK = "largeWriterIndependentTextLineRecognitionTask"
_TASK_FILES: dict[Split, tuple[str, ...]] = {
    "train": ("trainset.txt",),
    "validation": ("validationset1.txt", "validationset2.txt"),
    "test": ("testset.txt",),
}


class IamSplits:
    """A division of IAM.

    Args:
        entries: names of forms or of lines of each split.
    """

    def __init__(self, entries: dict[Split, Iterable[str]]) -> None:
        self._splits = {entry: split for split in SPLITS for entry in entries.get(split, ())}
        self._by_line = any(entry.count("-") == 2 for entry in self._splits)
        self._forms = {
            entry.rpartition("-")[0] if entry.count("-") == 2 else entry: split
            for entry, split in self._splits.items()
        }

    @property
    def forms(self) -> dict[str, Split]:
        """The split of each form that is listed, or of which a line is."""
        return self._forms

    def lists(self, line: str) -> bool:
        """Tell whether a line, or its whole form, is listed."""
        return (line if self._by_line else line.rpartition("-")[0]) in self._splits


def read_splits(name: str, files: IamFiles, repository: str | Path) -> IamSplits:
    """Read the lists of a division.

    Args:
        name: "aachen" or "large_writer_independent".
        files: IAM's files; they hold the lists of the second, and may hold those of the first as
            ``aachen_train.txt`` and so on.
        repository: folder of ``aachen.tsv``, data/raw/iam.

    Raises:
        ConfigError: another name.
        DataError: the lists are missing.
    """
    if name not in get_args(SplitLists):
        raise ConfigError(
            f"There are no splits {name!r} of IAM; use one of {', '.join(get_args(SplitLists))}."
        )
    if name == "aachen":
        lists = {split: files.tables.get(f"aachen_{split}.txt") for split in SPLITS}
        if not any(lists.values()):
            return IamSplits(_own_lists(Path(repository) / "aachen.tsv"))
        return IamSplits({split: _entries(path) for split, path in lists.items() if path})
    missing = [table for tables in _TASK_FILES.values() for table in tables if table not in files.tables]
    if missing:
        raise DataError(f"{files.folder} has no {missing[0]}; add IAM's {_TASK}.zip, or use splits='aachen'.")
    return IamSplits(
        {
            split: [entry for table in tables for entry in _entries(files.tables[table])]
            for split, tables in _TASK_FILES.items()
        }
    )


def _entries(path: Path) -> list[str]:
    return [row.strip() for row in read_table(path) if row.strip()]


def _own_lists(path: Path) -> dict[Split, Iterable[str]]:
    if not path.is_file():
        raise DataError(f"{path} is missing; copy data/raw/iam/aachen.tsv of inkread's repository there.")
    rows = [row.split("\t") for row in read_table(path) if "\t" in row]
    return {split: [form for form, where in rows if where == split] for split in SPLITS}
