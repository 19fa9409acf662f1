"""Parsed strokes as a folder of flat arrays, mapped into memory and shared by all processes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkread.errors import DataError
from inkread.ink.strokes import Points, Stand

VERSION = 3

_ARRAYS = {
    "points": np.int16,
    "stroke_ends": np.int32,
    "segment_ends": np.int32,
    "origin": np.float32,
    "stand": np.float32,
    "components": np.int32,
    "level": np.uint8,
    "one_row": np.bool_,
    "file": np.int32,
    "label_bytes": np.uint8,
    "label_ends": np.int32,
}


@dataclass(frozen=True)
class StrokeTable:
    """N segments in flat arrays.

    Attributes:
        points: int16 (P, 2), relative to the segment's origin, y downwards.
        stroke_ends: int32 (S,), where each stroke ends in ``points``.
        segment_ends: int32 (N,), where each segment ends in ``stroke_ends``.
        origin: float32 (N, 2), place of the segment in its file.
        stand: float32 (N, 3), baseline, x-height and slope, relative to the origin.
        components: int32 (N, 2), first and last component in the file.
        level: uint8 (N,), 0 character, 1 word, 2 text.
        one_row: bool (N,).
        file: int32 (N,), index into ``files``, ``writers`` and ``styles``.
        label_bytes, label_ends: the labels in UTF-8, and where each ends.
    """

    points: npt.NDArray[np.int16]
    stroke_ends: npt.NDArray[np.int32]
    segment_ends: npt.NDArray[np.int32]
    origin: npt.NDArray[np.float32]
    stand: npt.NDArray[np.float32]
    components: npt.NDArray[np.int32]
    level: npt.NDArray[np.uint8]
    one_row: npt.NDArray[np.bool_]
    file: npt.NDArray[np.int32]
    label_bytes: npt.NDArray[np.uint8]
    label_ends: npt.NDArray[np.int32]
    files: list[str]
    writers: list[str]
    styles: list[str]

    def __len__(self) -> int:
        return len(self.level)

    def label(self, number: int) -> str:
        """Return the text of segment ``number``."""
        begin = int(self.label_ends[number - 1]) if number else 0
        return bytes(self.label_bytes[begin : int(self.label_ends[number])]).decode("utf-8")

    def strokes(self, number: int) -> tuple[Points, ...]:
        """Return the strokes of segment ``number``, float32 (N, 2) each, relative to its origin."""
        begin = int(self.segment_ends[number - 1]) if number else 0
        ends = self.stroke_ends[begin : int(self.segment_ends[number])]
        start = int(self.stroke_ends[begin - 1]) if begin else 0
        points = np.asarray(self.points[start : int(ends[-1])]).astype(np.float32)
        return tuple(np.split(points, ends[:-1] - start))

    @staticmethod
    def builder() -> TableBuilder:
        """Return an empty table to be filled file by file."""
        return TableBuilder()


@dataclass
class TableBuilder:
    """Collects segments and joins them into a ``StrokeTable``."""

    files: list[str] = field(default_factory=list)
    writers: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    _points: list[npt.NDArray[np.int16]] = field(default_factory=list)
    _counts: list[int] = field(default_factory=list)
    _strokes: list[int] = field(default_factory=list)
    _rows: list[tuple[int, int, int, bool, int]] = field(default_factory=list)
    _places: list[tuple[float, float, float, float, float]] = field(default_factory=list)
    _labels: list[bytes] = field(default_factory=list)

    def add_file(
        self,
        name: str,
        writer: str,
        style: str,
        pieces: Sequence[tuple[int, str, list[Points], Stand, int, int, bool]],
    ) -> None:
        """Add the pieces of one pen file: level, label, strokes, stand, first and last component, one row."""
        number = len(self.files)
        self.files.append(name)
        self.writers.append(writer)
        self.styles.append(style)
        for level, label, strokes, stand, first, last, one_row in pieces:
            joined = np.concatenate(strokes)
            origin = joined.min(axis=0)
            self._points.append(np.rint(joined - origin).astype(np.int16))
            self._counts.extend(len(stroke) for stroke in strokes)
            self._strokes.append(len(strokes))
            self._rows.append((level, first, last, one_row, number))
            baseline = stand.baseline - float(origin[1])
            self._places.append((float(origin[0]), float(origin[1]), baseline, stand.x_height, stand.slope))
            self._labels.append(label.encode("utf-8"))

    def finish(self) -> StrokeTable:
        """Join what was added."""
        places = np.array(self._places, np.float32).reshape(-1, 5)
        rows = np.array(self._rows, np.int32).reshape(-1, 5)
        return StrokeTable(
            points=np.concatenate(self._points) if self._points else np.zeros((0, 2), np.int16),
            stroke_ends=np.cumsum(self._counts, dtype=np.int32),
            segment_ends=np.cumsum(self._strokes, dtype=np.int32),
            origin=places[:, :2].copy(),
            stand=places[:, 2:].copy(),
            components=rows[:, 1:3].copy(),
            level=rows[:, 0].astype(np.uint8),
            one_row=rows[:, 3].astype(np.bool_),
            file=rows[:, 4].copy(),
            label_bytes=np.frombuffer(b"".join(self._labels), np.uint8),
            label_ends=np.cumsum([len(label) for label in self._labels], dtype=np.int32),
            files=self.files,
            writers=self.writers,
            styles=self.styles,
        )


def cache_folder(cache: Path, split: str, split_file: Path) -> Path:
    """Return the folder that holds (or will hold) the strokes of ``split`` as ``split_file`` cuts it."""
    try:
        cut = split_file.read_bytes()
    except OSError as error:
        raise DataError(f"The split table {split_file} cannot be read: {error.strerror}.") from error
    digest = hashlib.sha256(f"{VERSION}:{split}:".encode() + cut).hexdigest()[:12]
    return cache / f"{split}-{digest}"


def save_table(folder: Path, table: StrokeTable) -> None:
    """Write ``table`` to ``folder`` in one step: a folder that is there is complete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder.parent))
    try:
        for name in _ARRAYS:
            np.save(scratch / f"{name}.npy", getattr(table, name))
        names = {"files": table.files, "writers": table.writers, "styles": table.styles}
        (scratch / "files.json").write_text(json.dumps(names), encoding="utf-8")
        scratch.chmod(0o755)
        try:
            os.replace(scratch, folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def load_table(folder: Path) -> StrokeTable:
    """Map the arrays of ``folder`` into memory.

    Raises:
        DataError: a file is missing or damaged.
    """
    try:
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS}
        names = json.loads((folder / "files.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"The parsed strokes in {folder} are damaged; delete that folder.") from error
    return StrokeTable(**arrays, **names)
