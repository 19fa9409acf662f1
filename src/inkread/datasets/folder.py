"""A folder of line images with their texts: ``index.tsv``, or a ``.txt`` beside each image.

``index.tsv`` has a row for each line: image path, tab, text; then, if known, a tab and the writer,
and a tab and the split (train, validation, test). With a first row of names (``image``, ``text``,
``writer``, ``split``) the columns may stand in any order, and more of them. Without an index each
image has its text beside it in a ``.txt`` of the same name; images may lie in sub-folders, one for
each writer. ``split.tsv`` (name of an image or of a writer, tab, split) gives the splits in
either case.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from PIL import Image

from inkread.datasets.base import LineSample
from inkread.datasets.dataset import Split
from inkread.datasets.own_lines import OwnLine, OwnLinesDataset
from inkread.datasets.splits import OnFault, as_split, raise_fault, read_split_file
from inkread.errors import GroundTruthError, ImageError
from inkread.images.line import to_grey
from inkread.images.open import SUFFIXES, open_page

IMAGES = SUFFIXES - {".pdf"}
_COLUMNS = {"image": 0, "text": 1, "writer": 2, "split": 3}
_TURNED = (5, 6, 7, 8)  # EXIF orientations that swap width and height
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a folder: its image, text, writer ("" if not known), split, and where that is said."""

    image: Path
    text: str
    writer: str
    split: Split | None
    source: Path
    number: int


def read_known_text(path: Path) -> str:
    """Return the content of a text file in UTF-8, with or without a byte order mark.

    Raises:
        GroundTruthError: it cannot be read, or is in another encoding.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GroundTruthError(f"{path} cannot be read ({error.strerror}); check it.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise GroundTruthError(
            f"{path} is not text in UTF-8 (see line {line}); save it in that encoding."
        ) from None


def read_rows(folder: str | Path, fault: OnFault = raise_fault) -> list[Row]:
    """Return the lines of a folder, in its own order.

    Args:
        folder: laid out as the module says.
        fault: is told of every row that is at fault, which is then left out. By default the first
            is raised.

    Raises:
        GroundTruthError: no such folder, nothing in it, a row that is at fault, or a text that is
            not UTF-8.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise GroundTruthError(f"{folder} is no folder; name the folder of your lines.")
    index = folder / "index.tsv"
    rows = _from_index(index, fault) if index.is_file() else _from_texts(folder, fault)
    if not rows and index.is_file():
        raise GroundTruthError(f"{index} holds no lines; write a row for each: image path, tab, text.")
    if not rows and index.exists():
        raise GroundTruthError(f"{index} is no file; put a text file with a row for each line there.")
    if not rows:
        raise GroundTruthError(
            f"{folder} holds no lines; put an index.tsv there, or a .txt beside each image."
        )
    splits = folder / "split.tsv"
    return _with_splits(folder, rows, read_split_file(splits, fault)) if splits.is_file() else rows


def read_index(folder: str | Path) -> list[tuple[Path, str]]:
    """Return (image path, text) of every line of a folder, in its own order; errors as ``read_rows``."""
    return [(row.image, row.text) for row in read_rows(folder)]


def open_line(path: Path) -> npt.NDArray[np.uint8]:
    """Open a line image as uint8 (H, W) grey, turned as its EXIF says.

    Raises:
        GroundTruthError: the image is not there or cannot be read.
    """
    try:
        return to_grey(open_page(path).image)
    except ImageError as error:
        raise GroundTruthError(f"{path} cannot be opened as an image: {error}") from None


class FolderLines:
    """The lines of a folder as samples, in the folder's order."""

    def __init__(self, folder: str | Path) -> None:
        self.name = Path(folder).name
        self._rows = read_index(folder)

    def __len__(self) -> int:
        return len(self._rows)

    def sample(self, index: int, rng: np.random.Generator | None = None) -> LineSample:
        """Return line ``index`` (round and round); ``rng`` is not used.

        Raises:
            GroundTruthError: the image cannot be read.
        """
        path, text = self._rows[index % len(self)]
        return LineSample(open_line(path), text, f"{self.name}/{path.stem}")


class FolderLinesDataset(OwnLinesDataset):
    """The lines of a folder; see the module for its layout, and ``OwnLinesDataset`` for the arguments.

    Splits are those that ``index.tsv`` or ``split.tsv`` gives; the others are carved, by writer
    where three writers are named.
    """

    folder: ClassVar[str] = "folder_lines"

    def find_lines(self) -> Sequence[OwnLine]:
        """Return the lines of the folder, in its order."""
        return [
            OwnLine(
                text=row.text,
                group=row.writer,
                split=row.split,
                key=name_in(row.image, self.path),
                stamp=_stamp(row.image),
                open=partial(open_line, row.image),
                size=partial(_size, row.image),
            )
            for row in read_rows(self.path)
        ]


def _from_index(index: Path, fault: OnFault) -> list[Row]:
    rows: list[Row] = []
    columns: Mapping[str, int] = _COLUMNS
    for number, line in _decoded(index, fault):
        if line is None:
            continue
        cells = line.split("\t")
        if number == 1 and {"image", "text"} <= set(cells):
            columns = {name: cells.index(name) for name in _COLUMNS if name in cells}
            continue
        if not line.strip():
            continue
        found = {name: cells[place] if place < len(cells) else None for name, place in columns.items()}
        split = as_split(found.get("split") or "")
        if not found["image"] or found["text"] is None:
            fault(index, number, "write the image's path, a tab, and the text.")
        elif "\0" in found["image"]:
            fault(index, number, "the image's path holds a NUL character; correct it.")
        elif found.get("split") and split is None:
            fault(index, number, f"there is no split {found['split']!r}; use train, validation or test.")
        else:
            image = index.parent / found["image"]
            rows.append(Row(image, found["text"], found.get("writer") or "", split, index, number))
    return rows


def _decoded(path: Path, fault: OnFault) -> Iterator[tuple[int, str | None]]:
    """Yield the lines of a text file with their numbers; None for one that is not UTF-8."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GroundTruthError(f"{path} cannot be read ({error.strerror}); check it.") from None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        fault(path, 1, "this is not text in UTF-8 but in UTF-16; save the file as UTF-8.")
        yield 1, None
        return
    for number, line in enumerate(content.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        try:
            yield number, line.decode("utf-8").removesuffix("\r")
        except UnicodeDecodeError:
            fault(path, number, "this is not text in UTF-8; save the file in that encoding.")
            yield number, None


def _from_texts(folder: Path, fault: OnFault) -> list[Row]:
    rows: list[Row] = []
    for image in find_images(folder):
        text = image.with_suffix(".txt")
        if text.is_file():
            writer = image.parent.relative_to(folder).as_posix() if image.parent != folder else ""
            lines = [line for _, line in _decoded(text, fault)]
            if None not in lines:
                content = "\n".join(line for line in lines if line is not None).strip()
                rows.append(Row(image, content, writer, None, text, 1))
    return rows


def find_images(folder: Path) -> list[Path]:
    """Return the images of a folder and of its folders, sorted by path; hidden ones are left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in IMAGES
        and not any(part[0] == "." for part in path.relative_to(folder).parts)
    )


def name_in(path: Path, folder: Path) -> str:
    """Return a path as it is seen from ``folder``; one outside of it stays whole."""
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def _with_splits(folder: Path, rows: list[Row], splits: Mapping[str, Split]) -> list[Row]:
    """Give each row its split by the path, name or stem of its image, or by its writer."""
    found = []
    for row in rows:
        path = name_in(row.image, folder)
        names = (path, row.image.name, row.image.stem, row.writer)
        split = next((splits[name] for name in names if name in splits), row.split)
        found.append(Row(row.image, row.text, row.writer, split, row.source, row.number))
    return found


def _stamp(path: Path) -> str:
    try:
        about = path.stat()
    except OSError:
        raise GroundTruthError(
            f"{path} cannot be opened; correct the index or add the image (`inkread data check` names all)."
        ) from None
    return f"{about.st_size} {about.st_mtime_ns}"


def _size(path: Path) -> tuple[int, int]:
    """Return rows and columns of an image by its header."""
    try:
        with Image.open(path) as image:
            width, height = image.size
            turned = image.getexif().get(_ORIENTATION) in _TURNED
    except (OSError, ValueError, Image.DecompressionBombError):  # HEIC, or damaged: decoding tells
        height, width = open_line(path).shape
        turned = False
    return (width, height) if turned else (height, width)
