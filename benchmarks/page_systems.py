"""The systems compared on whole pages: from image files to texts and to where the lines were read.

Rivals are imported when asked for, see systems.py for how to install them. Each runs in a process of
its own; of Tesseract, which reads all pages in one run, the start is counted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
from apart import answer, ask, rapidocr_engine, run_tesseract, timed

Place = list[list[float]]


@dataclass(frozen=True)
class PageReading:
    """The text of a page in the system's own order; polygon, baseline and words of each line, in pixels.

    ``baselines`` is empty where a system does not tell them; ``words`` belong to ``polygons``, each a
    text with its place (a system that does not tell of words gives each line as one).
    """

    text: str = ""
    polygons: Sequence[Place] = ()
    baselines: Sequence[Place] = ()
    words: Sequence[Sequence[tuple[str, Place]]] = ()


@dataclass(frozen=True)
class PageRun:
    """Readings of the pages in order, seconds of reading (loading apart), the process's peak memory."""

    readings: list[PageReading]
    seconds: float
    megabytes: float


Timed = tuple[list[PageReading], float]


def inkread(images: Sequence[Path], language: str, threads: int) -> Timed:
    """The bundle that users run; ``language`` is ``none`` for greedy decoding."""
    from inkread import Reader

    reader = Reader(threads=threads, language=language)

    def read(image: Path) -> PageReading:
        lines = reader.read(image).lines
        polygons = [[list(point) for point in line.polygon] for line in lines]
        baselines = [[list(point) for point in line.baseline] for line in lines]
        words = [
            [(word.text, [list(point) for point in word.polygon]) for word in line.words] for line in lines
        ]
        return PageReading(" ".join(line.text for line in lines), polygons, baselines, words)

    return timed(read, images, PageReading(), 1)


def rapidocr(images: Sequence[Path], language: str, threads: int) -> Timed:
    """PP-OCRv6 small as the rapidocr wheel runs it, complete."""
    engine = rapidocr_engine(threads)

    def read(image: Path) -> PageReading:
        found = engine(cv2.imread(str(image)))
        boxes = [] if found.boxes is None else [box.tolist() for box in found.boxes]
        texts = list(found.txts or ())
        words = [[(text, box)] for text, box in zip(texts, boxes, strict=True)]
        return PageReading(" ".join(texts), boxes, words=words)

    return timed(read, images, PageReading(), 1)


def tesseract(images: Sequence[Path], language: str, psm: int) -> Timed:
    """Tesseract with ``--psm``: 3 finds the layout by itself, 6 takes the page for one block of text."""
    printed, seconds = run_tesseract(images, language, psm, "tsv")
    return pages_of_tsv(printed, len(images)), seconds


def pages_of_tsv(table: str, count: int) -> list[PageReading]:
    """Return the pages of Tesseract's TSV: lines are its rows of level 4, words those of level 5."""
    pages: list[tuple[list[list[tuple[str, Place]]], list[Place]]] = [([], []) for _ in range(count)]
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if not row["page_num"].isdigit():
            continue  # the header, written again
        lines, boxes = pages[int(row["page_num"]) - 1]
        left, top, width, height = (float(row[name]) for name in ("left", "top", "width", "height"))
        right, bottom = left + width, top + height
        place = [[left, top], [right, top], [right, bottom], [left, bottom]]
        if row["level"] == "4":
            boxes.append(place)
            lines.append([])
        elif row["level"] == "5":
            if not lines:  # a word on its own
                lines.append([])
            lines[-1].append((row["text"], place))
    texts = [" ".join(text for line in lines for text, _ in line) for lines, _ in pages]
    return [
        PageReading(" ".join(text.split()), boxes, words=lines)
        for text, (lines, boxes) in zip(texts, pages, strict=True)
    ]


PAGE_SYSTEMS: dict[str, Callable[[Sequence[Path], str, int], Timed]] = {
    "inkread-greedy": lambda images, language, threads: inkread(images, "none", threads),
    "inkread": lambda images, language, threads: inkread(images, "auto", threads),
    "rapidocr": rapidocr,
    "tesseract-3": lambda images, language, threads: tesseract(images, language, 3),
    "tesseract-6": lambda images, language, threads: tesseract(images, language, 6),
}


def run_pages(system: str, images: Sequence[Path], language: str, threads: int) -> PageRun:
    """Run one system in a process of its own, held to the first ``threads`` of the cores it may use."""
    found = ask(__file__, {"system": system, "language": language}, images, threads)
    return PageRun([PageReading(**page) for page in found["readings"]], found["seconds"], found["megabytes"])


def _work(task: dict[str, Any], images: list[Path], threads: int) -> dict[str, Any]:
    """Do a task of ``run_pages``."""
    readings, seconds = PAGE_SYSTEMS[task["system"]](images, task["language"], threads)
    return {"readings": [asdict(reading) for reading in readings], "seconds": seconds}


if __name__ == "__main__":
    answer(_work)
