"""Name every fault of a folder of a user's own lines or pages, before any training starts.

Works on the base install. Nothing is changed; what is found is told by file and line, how far it
is on standard error.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from inkread.alphabet import READER_ALPHABET, Alphabet
from inkread.datasets.check_pages import check_pages
from inkread.datasets.dataset import Split
from inkread.datasets.faults import Checked
from inkread.datasets.folder import Row, find_images, open_line, read_rows
from inkread.datasets.ground_truth import holds_pages
from inkread.datasets.progress import counted
from inkread.errors import GroundTruthError
from inkread.images.line import HEIGHT

_NO_LINE = re.compile(r"readme|licen[cs]e|index|notice|alphabet", re.IGNORECASE)


def check_folder(folder: str | Path, alphabet: Alphabet = READER_ALPHABET, height: int = HEIGHT) -> Checked:
    """Check a folder of line images with their texts, or of transcribed pages (ALTO, PAGE-XML).

    Args:
        folder: laid out as ``FolderLinesDataset`` or ``GroundTruthDataset`` take it.
        alphabet: the characters that texts may hold.
        height: rows of a line as the network gets it.

    Raises:
        GroundTruthError: there is no such folder, or nothing in it to check.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise GroundTruthError(f"{folder} is no folder; name the folder of your lines or pages.")
    checked = Checked(alphabet, height)
    if holds_pages(folder):
        check_pages(folder, checked)
    else:
        _check_lines(folder, checked)
    return checked


def _check_lines(folder: Path, checked: Checked) -> None:
    rows: list[Row] = []
    images = find_images(folder)
    try:
        rows = read_rows(folder, checked.row)
    except GroundTruthError:
        if not checked.faults and not images:
            raise
    checked.examples = len(rows)
    for row in counted(rows, "lines checked"):
        _check_row(row, checked)
    _check_writers(rows, checked)
    _check_left_over(folder, images, rows, checked)


def _check_row(row: Row, checked: Checked) -> None:
    where = (row.source, row.number)
    checked.text(*where, row.text)
    name = row.image.name
    try:
        content = row.image.read_bytes()
    except OSError:
        checked.add(*where, "missing image", f"the image {name} is not there; add it, or remove the line.")
        return
    checked.duplicate(*where, content, row.text.strip(), name)
    try:
        image = open_line(row.image)
    except GroundTruthError as error:
        reason = str(error).partition("an image: ")[2]
        checked.add(*where, "unreadable image", f"the image {name} cannot be opened: {reason}")
        return
    checked.width(*where, image, row.text)


def _check_writers(rows: list[Row], checked: Checked) -> None:
    """Check that no writer is in two of the splits that the data give."""
    known: dict[str, Split] = {}
    for row in rows:
        if row.writer and row.split and known.setdefault(row.writer, row.split) != row.split:
            checked.add(
                row.source,
                row.number,
                "writer in two splits",
                f"the writer {row.writer} is in {known[row.writer]} and in {row.split}; keep to one.",
            )


def _check_left_over(folder: Path, images: list[Path], rows: list[Row], checked: Checked) -> None:
    """Check that every image has its text, and every text its image."""
    used = {os.path.realpath(row.image) for row in rows}
    told = {Path(fault.path) for fault in checked.faults}
    index = (folder / "index.tsv").is_file()
    for image in images:
        text = image.with_suffix(".txt")
        if os.path.realpath(image) not in used and text not in told:
            missing = "it is not in index.tsv" if index else f"{text.name} is not there"
            checked.add(image, 0, "missing text", f"the image has no text: {missing}; write it.")
    if index:
        return
    stems = {image.with_suffix("") for image in images}
    for text in sorted(folder.rglob("*.txt")):
        if text.with_suffix("") not in stems and not _NO_LINE.match(text.name):
            checked.add(text, 0, "missing image", "the text has no image beside it; add it.")
