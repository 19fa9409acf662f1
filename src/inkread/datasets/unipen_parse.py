"""Parses UNIPEN's text files into measured pieces of writing.

The source is two trees: ``include/`` holds the pen's path, ``data/<category>/`` says which of its
components make which character, word or text. A component is every PEN_DOWN or PEN_UP block that
holds a point.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from inkread.datasets.unipen_cache import StrokeTable
from inkread.datasets.unipen_measure import Mark, Piece, measure
from inkread.errors import DataError
from inkread.ink.strokes import Points

Level = Literal["character", "word", "text"]
Progress = Callable[[int, int], None]

LEVELS: tuple[Level, ...] = ("character", "word", "text")
_CATEGORY = {"2": "character", "7": "word", "8": "text"}
_BLOCK = re.compile(r"^[ \t]*\.(?=[A-Z])", re.MULTILINE)
_SEGMENT = re.compile(r'^\.SEGMENT\s+(\w+)\s+(\S+)\s+(\S+)\s+"((?:[^"\\]|\\.)*)"', re.MULTILINE)
_INCLUDE = re.compile(r"^\.INCLUDE\s+(\S+)", re.MULTILINE)
_UNREADABLE = ("att/data/att0/41412304.dat",)


def parse(
    root: Path, files: dict[str, str], workers: int = 1, progress: Progress | None = None
) -> StrokeTable:
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


def read_marks(root: Path, files: set[str]) -> dict[str, list[Mark]]:
    """Read all ``.SEGMENT`` lines of the categories 2, 7 and 8 for the given pen files."""
    marks: dict[str, list[Mark]] = defaultdict(list)
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
                marks[pen[0]].append(Mark(LEVELS.index(level), text, spans))
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
_Parsed = tuple[str, list[Piece]]


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


def _parse_file(root: Path, job: tuple[str, list[Mark]]) -> _Parsed:
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
    return style, measure(pieces)


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
