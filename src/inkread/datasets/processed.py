"""Processed data as Parquet: one file a split, images as PNG bytes inside, whole or not at all.

A folder ``<hash>`` holds ``train.parquet``, ``validation.parquet``, ``test.parquet`` and
``arguments.json``. It is made beside its place and renamed when it is whole. The one file that
imports pyarrow, when data are written or read.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkread.datasets.dataset import SPLITS, Example, Examples, Split
from inkread.datasets.png import encode
from inkread.datasets.progress import Report, counted, report_line
from inkread.datasets.stored import Blobs, StoredExamples
from inkread.errors import ConfigError, DataError

_ROWS = 8192
_BYTES = 32 << 20


def load(
    folder: str | Path,
    arguments: Mapping[str, Any],
    make: Callable[[], Mapping[Split, Iterable[Example]]],
    report: Report = report_line,
) -> dict[Split, Examples]:
    """Open the processed data in ``folder``, making them first if they are not there.

    Of several processes that want the same data one makes them and the others wait for it. A
    process that is killed leaves nothing in ``folder``; what it left beside it is removed by the
    next one that makes the data.

    Args:
        folder: named after a hash of ``arguments`` (see ``Dataset.processed``).
        arguments: what decides the data, kept beside them as ``arguments.json``.
        make: gives the examples of each split; called only if there is no ``folder``.
        report: is told now and then how far the making is.

    Raises:
        DataError: processed data that are damaged; or whatever ``make`` raises.
        ConfigError: pyarrow is not installed.
    """
    folder = Path(folder)
    if not folder.is_dir():
        _pyarrow()
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder, report) as alone:
            if not folder.is_dir():
                _make(folder, arguments, make, report, alone)
    try:
        return {split: read_examples(folder / f"{split}.parquet") for split in SPLITS}
    except DataError as error:
        raise DataError(
            f"The processed data are damaged: {error} Delete the folder {folder} first."
        ) from None


def _make(
    folder: Path,
    arguments: Mapping[str, Any],
    make: Callable[[], Mapping[Split, Iterable[Example]]],
    report: Report,
    alone: bool,
) -> None:
    prefix = f".{folder.name}.making-"
    if alone:
        for left in folder.parent.glob(f"{prefix}*"):
            shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        splits = make()
        for split in SPLITS:
            what = f"{folder.parent.name}, {split} examples made"
            write_examples(scratch / f"{split}.parquet", counted(splits.get(split, ()), what, report))
        content = json.dumps(dict(arguments), indent=2, sort_keys=True, ensure_ascii=False)
        (scratch / "arguments.json").write_text(content + "\n", encoding="utf-8")
        scratch.chmod(0o755)
        try:
            os.rename(scratch, folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _alone(folder: Path, report: Report) -> Iterator[bool]:
    """Hold the lock of ``folder``, which ends with its process; yield whether there is one."""
    with (folder.parent / f".{folder.name}.lock").open("a") as file:
        try:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                report(f"{folder.parent.name}: another process makes these data; waiting for it.")
                fcntl.flock(file, fcntl.LOCK_EX)
        except (ImportError, OSError):  # no locks here: the first to finish wins, which is as right
            yield False
            return
        yield True


def write_examples(path: str | Path, examples: Iterable[Example]) -> int:
    """Write examples into one Parquet file, whole or not at all, and return how many there are.

    Args:
        path: the file to write; its folder is made if need be.
        examples: gone through once; targets all of one kind (int, str, or uint8 (H, W)).

    Raises:
        ConfigError: pyarrow is not installed.
    """
    pa, parquet = _pyarrow()
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    writer, count = None, 0
    try:
        for rows in _batches(examples):
            if writer is None:
                schema = _schema(pa, rows[0][1] if rows else 0)
                writer = parquet.ParquetWriter(
                    part, schema, compression="zstd", use_dictionary=["writer"], write_page_checksum=True
                )
            columns = zip(*rows, strict=True) if rows else ((), (), (), ())
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(rows)
        if writer is not None:
            writer.close()
        os.replace(part, path)
    finally:
        if writer is not None:
            writer.close()
        part.unlink(missing_ok=True)
    return count


def _schema(pa: Any, target: int | str | bytes) -> Any:
    """Return the columns of a file whose targets are of the kind of ``target``."""
    kinds = {int: pa.int64(), str: pa.large_string(), bytes: pa.large_binary()}
    text = pa.large_string()
    types = {"image": pa.large_binary(), "target": kinds[type(target)], "writer": text, "key": text}
    return pa.schema(types)


def _batches(examples: Iterable[Example]) -> Iterator[list[tuple[bytes, int | str | bytes, str, str]]]:
    """Yield rows of the file in batches of a size that fits memory; at least one batch, if empty."""
    rows: list[tuple[bytes, int | str | bytes, str, str]] = []
    size, begun = 0, False
    for example in examples:
        target = example.target
        kept = encode(target) if isinstance(target, np.ndarray) else target
        image = encode(example.image)
        rows.append((image, kept, example.writer, example.key))
        size += len(image)
        if len(rows) >= _ROWS or size >= _BYTES:
            yield rows
            rows, size, begun = [], 0, True
    if rows or not begun:
        yield rows


def read_examples(path: str | Path) -> StoredExamples:
    """Open a Parquet file that ``write_examples`` wrote; images stay encoded until they are asked for.

    Raises:
        DataError: the file is missing, damaged, or not of this kind.
        ConfigError: pyarrow is not installed.
    """
    pa, parquet = _pyarrow()
    path = Path(path)
    kinds: dict[str, int | str | bytes] = {"class": 0, "text": "", "map": b""}
    try:
        with parquet.ParquetFile(path, page_checksum_verification=True) as file:
            schema = file.schema_arrow
            kind = next((kind for kind, like in kinds.items() if _schema(pa, like).equals(schema)), None)
            if kind is None:
                raise ValueError("it has other columns than image, target, writer and key")
            image, target, keys = _Gathered(), _Gathered(), _Gathered()
            classes: list[npt.NDArray[np.int64]] = [np.zeros(0, np.int64)]
            writers, names = [np.zeros(0, np.int64)], dict[str, int]()
            for group in range(file.num_row_groups):
                batch = file.read_row_group(group).combine_chunks()
                image.add(_only(batch, "image"), file.metadata.num_rows)
                keys.add(_only(batch, "key"), file.metadata.num_rows)
                if kind == "class":
                    classes.append(_only(batch, "target").to_numpy())
                else:
                    target.add(_only(batch, "target"), file.metadata.num_rows)
                writer = _only(batch, "writer").dictionary_encode()
                local = [names.setdefault(name, len(names)) for name in writer.dictionary.to_pylist()]
                writers.append(np.array(local, np.int64)[writer.indices.to_numpy()])
    except FileNotFoundError:
        raise DataError(f"{path} is missing; make it again.") from None
    except (OSError, ValueError, pa.ArrowException) as error:
        what = (str(error).strip().splitlines() or [""])[0]
        raise DataError(f"{path} is damaged or holds no examples ({what}); make it again.") from None
    targets = np.concatenate(classes) if kind == "class" else target.finish()
    numbers = np.arange(len(image.finish()))
    return StoredExamples(
        path, image.finish(), targets, kind, np.concatenate(writers), list(names), keys.finish(), numbers
    )


def _only(table: Any, name: str) -> Any:
    return table.column(name).chunk(0)


class _Gathered:
    """Gathers arrays of bytes or text (64-bit offsets) into one block, touching its memory once."""

    def __init__(self) -> None:
        self._content = np.empty(0, np.uint8)
        self._edges = [np.zeros(1, np.int64)]

    def add(self, array: Any, rows: int) -> None:
        """Add an array to a column that will have ``rows`` in all."""
        _, edges, content = array.buffers()
        places = np.frombuffer(edges, np.int64)[array.offset : array.offset + len(array) + 1]
        begin, size = int(self._edges[-1][-1]), int(places[-1] - places[0])
        if begin + size > len(self._content):
            share = (begin + size) * rows / (sum(map(len, self._edges)) - 1 + len(array) or 1)
            grown = np.empty(int(1.02 * max(share, begin + size)), np.uint8)
            grown[:begin] = self._content[:begin]
            self._content = grown
        if size:
            self._content[begin : begin + size] = np.frombuffer(content, np.uint8)[places[0] : places[-1]]
        self._edges.append(places[1:] + (begin - places[0]))

    def finish(self) -> Blobs:
        edges = np.concatenate(self._edges)
        return Blobs(self._content[: edges[-1]], edges)


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ConfigError("Processed data need pyarrow; run pip install 'inkread[train]'.") from None
    return pyarrow, parquet
