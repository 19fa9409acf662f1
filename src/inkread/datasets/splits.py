"""Which example belongs to which split: as a file says, or carved by seed, whole groups at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from inkread.datasets.base import sample_rng
from inkread.datasets.dataset import SPLITS, Split
from inkread.errors import GroundTruthError

OnFault = Callable[[Path, int, str], None]
"""Called with a file, the line in it (from 1; 0 for all of it), and what is wrong there."""

_LEAST_GROUPS = 3


def raise_fault(path: Path, line: int, fault: str) -> None:
    """Raise a fault as ``GroundTruthError``: what reading does with it; a check collects them."""
    raise GroundTruthError(f"{path}, line {line}: {fault}" if line else f"{path} {fault}")


def carve(
    groups: Sequence[str], given: Sequence[Split | None], validation: float, test: float, seed: int
) -> list[Split]:
    """Return the split of every example.

    Splits that are given stay. Where no example is given to validation (or to test), it is carved
    out of those that are given to no split or to train: whole groups (writers, pages) in an order
    that the seed decides, until the share is reached. Where there are fewer than three groups to
    choose from, single examples are drawn instead, and all splits have the same hands.

    Args:
        groups: the group of each example.
        given: its split, None where nothing says so.
        validation: share of validation, from 0.
        test: share of test, from 0; both together below 1.
        seed: of the order.
    """
    splits: list[Split] = [split or "train" for split in given]
    free = [number for number, split in enumerate(splits) if split == "train"]
    named = [groups[number] for number in free]
    if len(set(named)) < _LEAST_GROUPS:
        named = [str(number) for number in range(len(free))]
    sizes = Counter(named)
    order = [sorted(sizes)[number] for number in sample_rng(seed, 0).permutation(len(sizes))]
    wanted: tuple[tuple[Split, float], ...] = (("test", test), ("validation", validation))
    taken: dict[str, Split] = {}
    for split, share in wanted:
        if split in given or not share:
            continue
        count, goal = 0, max(round(share * len(free)), 1)
        while count < goal and len(order) > 1:  # the last group stays for training
            group = order.pop()
            taken[group] = split
            count += sizes[group]
    for number, group in zip(free, named, strict=True):
        splits[number] = taken.get(group, "train")
    return splits


def read_split_file(path: Path, fault: OnFault = raise_fault) -> dict[str, Split]:
    """Return the split by name out of a table: name, tab, ``train``, ``validation`` or ``test``.

    With a first row of column names the split stands in the column ``split``, wherever that is;
    the name stands in the first column.

    Raises:
        GroundTruthError: it cannot be read (or what ``fault`` does with faults of rows).
    """
    try:
        rows = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GroundTruthError(f"{path} cannot be read as text in UTF-8 ({error}); check it.") from None
    head = rows[0].split("\t") if rows else []
    column = head.index("split") if "split" in head else 1
    found: dict[str, Split] = {}
    for number, row in enumerate(rows, start=1):
        cells = row.split("\t")
        if not row.strip() or (number == 1 and "split" in head):
            continue
        split = as_split(cells[column] if len(cells) > column else "")
        if split is None:
            fault(path, number, "write a name, a tab, and train, validation or test.")
        elif found.setdefault(cells[0], split) != split:
            fault(path, number, f"{cells[0]} is in {found[cells[0]]} already; give it one split.")
    return found


def as_split(name: str) -> Split | None:
    """Return a split by its name, None where it is none."""
    return next((split for split in SPLITS if split == name.strip()), None)
