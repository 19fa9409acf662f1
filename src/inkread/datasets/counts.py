"""How many examples, writers and classes a data set has, as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from inkread.datasets.dataset import Dataset, Examples, Split

_SHOWN = 12
_MAPS = 50
_COLUMNS = 3


def describe_counts(dataset: Dataset, splits: Mapping[Split, Examples]) -> Iterator[str]:
    """Yield lines of text: counts per split, then per class."""
    yield f"{type(dataset).__name__}: {dataset.task}, {len(dataset.classes)} classes, input {_size(dataset)}"
    if dataset.task == "characters":
        yield from _characters(dataset.classes, splits)
    elif dataset.task == "lines":
        yield from _lines(splits)
    else:
        yield from _regions(dataset.classes, splits)


def _size(dataset: Dataset) -> str:
    return " x ".join(str(side) for side in dataset.input_shape)


def _characters(classes: Sequence[str], splits: Mapping[Split, Examples]) -> Iterator[str]:
    counts = {
        split: np.bincount(np.asarray(examples.targets, dtype=np.int64), minlength=len(classes)).tolist()
        for split, examples in splits.items()
    }
    rows = [
        (split, len(examples), _writers(examples), sum(map(bool, counts[split])))
        for split, examples in splits.items()
    ]
    yield from _table(("split", "examples", "writers", "classes"), rows)
    yield f"per class ({' / '.join(splits)}):"
    cells = [
        f"{_named(name):>5} {' / '.join(str(counts[split][number]) for split in splits)}"
        for number, name in enumerate(classes)
        if any(counts[split][number] for split in splits)
    ]
    yield from _columns(cells)
    empty = [
        _named(name) for number, name in enumerate(classes) if not any(c[number] for c in counts.values())
    ]
    if empty:
        yield f"classes without examples: {' '.join(empty)}"


def _lines(splits: Mapping[Split, Examples]) -> Iterator[str]:
    texts = {split: [str(target) for target in examples.targets] for split, examples in splits.items()}
    rows = [
        (
            split,
            len(examples),
            _writers(examples),
            sum(map(len, texts[split])),
            len(set("".join(texts[split]))),
            max(map(len, texts[split]), default=0),
        )
        for split, examples in splits.items()
    ]
    yield from _table(("split", "lines", "writers", "characters", "distinct", "longest"), rows)
    characters = Counter("".join(text for some in texts.values() for text in some)).most_common()
    frequent, rare = characters[:_SHOWN], characters[_SHOWN:][-_SHOWN:]
    for what, some in (("most frequent", frequent), ("least frequent", rare)):
        if some:
            yield f"{what}: {', '.join(f'{_named(name)} {count}' for name, count in some)}"


def _regions(classes: Sequence[str], splits: Mapping[Split, Examples]) -> Iterator[str]:
    yield from _table(
        ("split", "examples", "writers"),
        [(split, len(examples), _writers(examples)) for split, examples in splits.items()],
    )
    for split, examples in splits.items():
        pixels = np.zeros(len(classes), dtype=np.int64)
        some = examples.targets[:_MAPS] if len(examples) <= _MAPS else examples.take(range(_MAPS)).targets
        for target in some:
            flat = np.asarray(target, dtype=np.int64).ravel()
            pixels += np.bincount(flat, minlength=len(classes))[: len(classes)]
        if pixels.any():
            shares = 100.0 * pixels / pixels.sum()
            told = ", ".join(f"{name} {share:.1f} %" for name, share in zip(classes, shares, strict=True))
            of = f" (of the first {_MAPS})" if len(examples) > _MAPS else ""
            yield f"pixels of {split}{of}: {told}"


def _writers(examples: Examples) -> int | str:
    return len(set(examples.writers) - {""}) or "-"


def _named(character: str) -> str:
    return {" ": "space", "": "none"}.get(character, character)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    for row in (head, *rows):
        first, *others = (f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row)
        yield f"  {first:12}" + "".join(f"{cell:>12}" for cell in others)


def _columns(cells: Sequence[str]) -> Iterator[str]:
    """Yield cells in columns, read downwards."""
    rows = -(-len(cells) // _COLUMNS)
    for row in range(rows):
        yield "".join(f"{cell:30}" for cell in cells[row::rows]).rstrip()
