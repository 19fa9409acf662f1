"""UNIPEN train_r01_v07: pen strokes of characters, words and texts, split by writer.

The source is two trees of text files: ``include/`` holds the pen's path, ``data/<category>/`` says which
of its components make which character, word or text. Parsing takes minutes, so that it is done
once: the parsed strokes go to a folder of flat arrays that any number of processes map into memory.
Each split has a folder of its own, so that who asks for training writers opens no other writer's file.

I. Guyon, L. Schomaker, R. Plamondon, M. Liberman, S. Janet: UNIPEN project of on-line data exchange
and recognizer benchmarks, ICPR 1994.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from inkread.datasets.unipen_cache import StrokeTable, cache_folder, load_table, save_table
from inkread.errors import ConfigError, DataError
from inkread.ink.strokes import (
    Points,
    Stand,
    extent,
    simplify,
    smooth,
    stand_of_character,
    stand_of_word,
    usual_x_height,
    zone,
)

Level = Literal["character", "word", "text"]
Progress = Callable[[int, int], None]

LEVELS: tuple[Level, ...] = ("character", "word", "text")
SPLITS = ("train", "validation", "test")
UNIT = 100.0
"""Units of a cached coordinate to the x-height that is usual for the file."""

_CATEGORY = {"2": "character", "7": "word", "8": "text"}
_BLOCK = re.compile(r"^[ \t]*\.(?=[A-Z])", re.MULTILINE)
_SEGMENT = re.compile(r'^\.SEGMENT\s+(\w+)\s+(\S+)\s+(\S+)\s+"((?:[^"\\]|\\.)*)"', re.MULTILINE)
_INCLUDE = re.compile(r"^\.INCLUDE\s+(\S+)", re.MULTILINE)
_UNREADABLE = ("att/data/att0/41412304.dat",)
_TOLERANCE = 1.0
_REACH = 32000.0


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


@dataclass(frozen=True, slots=True)
class _Mark:
    """A ``.SEGMENT`` line: which points are what."""

    level: int
    label: str
    spans: tuple[tuple[int, int | None, int, int | None], ...]


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


def parse(root: Path, files: dict[str, str], workers: int = 1, progress: Progress | None = None) -> StrokeTable:
    """Parse the pen files named in ``files`` (with their writers) under ``root`` into one table.

    Raises:
        DataError: the folders include and data are not there.
    """
    if not (root / "include").is_dir() or not (root / "data").is_dir():
        raise DataError(f"{root} is not an unpacked UNIPEN folder; it must hold include and data.")
    marks = read_marks(root, set(files))
    names = [name for name in sorted(marks) if name not in _UNREADABLE]
    table = StrokeTable.builder()
    work = partial(_parse_file, root)
    jobs = [(name, marks[name]) for name in names]
    done = 0

    def take(name: str, found: _Parsed) -> None:
        nonlocal done
        done += 1
        if found[1]:
            table.add_file(name, files[name], found[0], found[1])
        if progress is not None:
            progress(done, len(names))

    if workers <= 1:
        for name, job in zip(names, jobs, strict=True):
            take(name, work(job))
    else:
        with ProcessPoolExecutor(workers) as pool:
            for name, found in zip(names, pool.map(work, jobs, chunksize=16), strict=True):
                take(name, found)
    return table.finish()


def read_marks(root: Path, files: set[str]) -> dict[str, list[_Mark]]:
    """Read all ``.SEGMENT`` lines of the categories 2, 7 and 8 for the given pen files."""
    marks: dict[str, list[_Mark]] = defaultdict(list)
    for category, level in _CATEGORY.items():
        for path in sorted((root / "data" / category).rglob("*.dat")):
            content = path.read_text(encoding="latin-1")
            pen = [name for name in _INCLUDE.findall(content) if name.endswith(".dat")]
            if len(pen) != 1 or pen[0] not in files:
                continue
            source = pen[0].split("/", 1)[0]
            for _, places, _, label in _SEGMENT.findall(content):
                text = clean_label(label, source)
                spans = tuple(_span(place) for place in places.split(","))
                marks[pen[0]].append(_Mark(LEVELS.index(level), text, spans))  # type: ignore[arg-type]
    return marks


def clean_label(label: str, source: str) -> str:
    """Return a label's text: backslash escapes undone, kai's ligature marks gone, blanks collapsed."""
    if source == "kai":
        label = label.replace("\\@", "")
    return " ".join(re.sub(r"\\(.)", r"\1", label).split())


def _span(place: str) -> tuple[int, int | None, int, int | None]:
    """Parse ``12``, ``12-15`` or ``12:3-15:40`` (component and point numbers, ends inclusive)."""
    ends = place.split("-")
    begin = ends[0].split(":")
    end = ends[-1].split(":")
    first = int(begin[1]) if len(begin) > 1 else None
    last = int(end[1]) if len(end) > 1 else None
    return int(begin[0]), first, int(end[0]), last


_Component = tuple[bool, npt.NDArray[np.float64]]
_Piece = tuple[int, str, list[Points], Stand, int, int, bool]
_Parsed = tuple[str, list[_Piece]]


def read_components(path: Path, ratio: float = 1.0, columns: int = 0) -> tuple[list[_Component], str]:
    """Read the pen's path: every PEN_DOWN or PEN_UP block that holds a point, and the writer's style.

    Args:
        path: a pen file.
        ratio: points an inch of x over those of y.
        columns: numbers a point has; 0 counts them on each block's first line.

    Returns:
        per component whether the pen is down and float64 (N, 2 or more), y still upwards and
        stretched by ``ratio``; and the style as the file says it.
    """
    content = path.read_text(encoding="latin-1")
    components: list[_Component] = []
    style = ""
    for block in _BLOCK.split(content)[1:]:
        if block.startswith("PEN_DOWN") or block.startswith("PEN_UP"):
            down = block.startswith("PEN_D")
            body = block[8 if down else 6 :].strip()
            if not body:
                continue
            width = columns or len(body.split("\n", 1)[0].split())
            numbers = np.fromstring(body, dtype=np.float64, sep=" ")
            if width < 2 or numbers.size < width:
                continue
            points = numbers[: numbers.size // width * width].reshape(-1, width)
            points[:, 1] *= ratio
            components.append((down, points))
        elif block.startswith("STYLE"):
            words = block.split()
            style = words[1] if len(words) > 1 and words[1] in ("CURSIVE", "MIXED", "PRINTED") else ""
    return components, style


_RATIO = re.compile(r"^\.([XY])_POINTS_PER_(?:INCH|MM)\s+([\d.]+)", re.MULTILINE)
_PRESSED = re.compile(r"^\.COORD\s+X\s+Y\s+T\s+P|^\.COORD\s+X\s+Y\s+P", re.MULTILINE)


def _parse_file(root: Path, job: tuple[str, list[_Mark]]) -> _Parsed:
    """Cut one pen file into its labelled, cleaned, measured pieces."""
    name, marks = job
    path = root / "include" / name
    if not path.is_file():
        path = root / "data" / name
    components, style = read_components(path, _aspect(root, name))
    source = name.split("/", 1)[0]
    pieces = []
    for mark in marks:
        strokes = _cut(components, mark.spans, by_pressure=source == "atu", taps=source == "att")
        if mark.label and strokes:
            pieces.append((mark, strokes))
    return style, _measure(pieces)


def _aspect(root: Path, name: str) -> float:
    """Return points an inch of x over those of y, as the source's documents say them (1.0 by default)."""
    parts = Path(name).parts
    folder = root / "include" / parts[0]
    content = "\n".join(path.read_text(encoding="latin-1") for path in sorted(folder.glob("*.doc")))
    found = {axis: float(value) for axis, value in _RATIO.findall(content)}
    return found["X"] / found["Y"] if len(found) == 2 and found["Y"] > 0 else 1.0


def _cut(
    components: list[_Component],
    spans: tuple[tuple[int, int | None, int, int | None], ...],
    by_pressure: bool,
    taps: bool,
) -> list[Points]:
    """Return the pen-down strokes of the spans, y downwards; [] where the file is shorter than they say."""
    strokes: list[Points] = []
    for begin, first, end, last in spans:
        if end >= len(components) or begin > end:
            return []
        for number in range(begin, end + 1):
            down, points = components[number]
            if not down:
                continue
            stop = last + 1 if number == end and last is not None else None
            start = first if number == begin and first is not None else 0
            points = points[start:stop]
            if taps and len(points) <= 1:
                continue
            parts = [points]
            if by_pressure and points.shape[1] > 3:
                pressed = points[:, 3] > 0
                edges = np.flatnonzero(np.diff(pressed.astype(np.int8))) + 1
                parts = [part for part in np.split(points, edges) if len(part) and part[0, 3] > 0]
            for part in parts:
                if len(part):
                    strokes.append((part[:, :2] * (1.0, -1.0)).astype(np.float32))
    return strokes


def _measure(pieces: list[tuple[_Mark, list[Points]]]) -> list[_Piece]:
    """Scale a file's pieces to ``UNIT``, simplify them, find how they stand, and leave out the absurd."""
    heights: dict[int, list[float]] = defaultdict(list)
    texts: dict[int, list[str]] = defaultdict(list)
    for mark, strokes in pieces:
        x0, y0, x1, y1 = extent(strokes)
        if max(x1 - x0, y1 - y0) > 0:
            heights[mark.level].append(y1 - y0)
            texts[mark.level].append(mark.label)
    kept: list[_Piece] = []
    usual = {
        level: usual_x_height(np.array(heights[level], np.float32), texts[level]) for level in heights
    }
    for mark, strokes in pieces:
        level = 1 if mark.level == 2 and 1 in usual else mark.level
        level = 0 if level == 2 and 0 in usual else level
        x_height = usual.get(level, 0.0)
        if x_height <= 0:
            continue
        scaled = [simplify(smooth(stroke * np.float32(UNIT / x_height)), _TOLERANCE) for stroke in strokes]
        piece = _judge(mark, scaled)
        if piece is not None:
            kept.append(piece)
    return kept


def _judge(mark: _Mark, strokes: list[Points]) -> _Piece | None:
    """Return the measured piece, or None where size and label cannot belong together."""
    x0, y0, x1, y1 = extent(strokes)
    top, bottom = zone(mark.label)
    ratio = (y1 - y0) / (UNIT * (top - bottom))
    breadth = (x1 - x0) / (UNIT * max(len(mark.label), 1))
    first, last = mark.spans[0][0], mark.spans[-1][2]
    if max(x1 - x0, y1 - y0) > _REACH:
        return None
    if mark.level == 0:
        alone = mark.label.isalnum()
        if len(mark.label) != 1 or (alone and not 0.35 < ratio < 2.8) or breadth > 5.0 or y1 - y0 > 5.0 * UNIT:
            return None
        return mark.level, mark.label, strokes, stand_of_character(strokes, mark.label, UNIT), first, last, True
    written = any(character.isalnum() for character in mark.label)
    one_row = True
    if mark.level == 1:
        if written and not (0.4 < ratio < 2.5 and 0.12 < breadth < 3.5):
            return None
        if not written and (y1 - y0 > 4.0 * UNIT or breadth > 3.0):
            return None
    stand = stand_of_word(strokes, mark.label, UNIT)
    if mark.level == 2:
        _, rows0, _, rows1 = extent([stroke - _lift(stroke, stand.slope, (x0 + x1) / 2) for stroke in strokes])
        one_row = rows1 - rows0 < 1.7 * UNIT * max(top - bottom, 1.9) and 0.35 < breadth < 5.0
        one_row = one_row and not _returns(strokes)
        if not one_row:
            stand = Stand(y1, UNIT, 0.0)
    return mark.level, mark.label, strokes, stand, first, last, one_row


def _returns(strokes: list[Points]) -> bool:
    """Say whether the pen goes far back to the left for three strokes or more, as a new row begins."""
    reach = np.maximum.accumulate([float(stroke[:, 0].max()) for stroke in strokes])
    width = float(reach[-1]) - min(float(stroke[:, 0].min()) for stroke in strokes)
    back = [float(end) - float(stroke[:, 0].max()) for end, stroke in zip(reach, strokes, strict=True)]
    return sum(way > max(4.0 * UNIT, 0.3 * width) for way in back) >= 3


def _lift(stroke: Points, slope: float, middle: float) -> Points:
    """Return what to take off ``stroke`` so that a baseline of ``slope`` becomes level."""
    lift = np.zeros_like(stroke)
    lift[:, 1] = slope * (stroke[:, 0] - middle)
    return lift
