"""The systems compared on whole pages: from image files to texts and to where the lines were read.

Rivals are imported when asked for, see systems.py for how to install them. Each runs in a process of
its own; of Tesseract, which reads all pages in one run, the start is counted.
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2

Place = list[list[float]]


@dataclass(frozen=True)
class PageReading:
    """The text of a page in the system's own order; polygon and baseline of each line, in pixels.

    ``baselines`` is empty where a system does not tell them.
    """

    text: str = ""
    polygons: Sequence[Place] = ()
    baselines: Sequence[Place] = ()


@dataclass(frozen=True)
class PageRun:
    """Readings of the pages in order, seconds of reading (loading apart), the process's peak memory."""

    readings: list[PageReading]
    seconds: float
    megabytes: float


Timed = tuple[list[PageReading], float]


def _timed(read: Callable[[Path], PageReading], images: Sequence[Path]) -> Timed:
    """Read each page alone, in order, after the first as a warm-up; what fails counts as read empty."""

    def careful(image: Path) -> PageReading:
        try:
            return read(image)
        except Exception as error:  # a system that gives up on a page has read nothing
            print(f"{image.name}: {error}", file=sys.stderr)
            return PageReading()

    careful(images[0])
    start = time.perf_counter()
    readings = [careful(image) for image in images]
    return readings, time.perf_counter() - start


def inkread(images: Sequence[Path], language: str, threads: int) -> Timed:
    """The bundle that users run; ``language`` is ``none`` for greedy decoding."""
    from inkread import Reader

    reader = Reader(threads=threads, language=language)

    def read(image: Path) -> PageReading:
        lines = reader.read(image).lines
        polygons = [[list(point) for point in line.polygon] for line in lines]
        baselines = [[list(point) for point in line.baseline] for line in lines]
        return PageReading(" ".join(line.text for line in lines), polygons, baselines)

    return _timed(read, images)


def rapidocr(images: Sequence[Path], language: str, threads: int) -> Timed:
    """PP-OCRv6 small as the rapidocr wheel runs it, complete."""
    from rapidocr import RapidOCR

    settings = {
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    engine: Any = RapidOCR(params=settings)

    def read(image: Path) -> PageReading:
        found = engine(cv2.imread(str(image)))
        boxes = [] if found.boxes is None else [box.tolist() for box in found.boxes]
        return PageReading(" ".join(found.txts or ()), boxes)

    return _timed(read, images)


def tesseract(images: Sequence[Path], language: str, psm: int) -> Timed:
    """Tesseract with ``--psm``: 3 finds the layout by itself, 6 takes the page for one block of text."""
    names = {"en": "eng", "fr": "fra"}
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listing:
        listing.write("".join(f"{image.resolve()}\n" for image in images))
        listing.flush()
        command = [
            "tesseract",
            listing.name,
            "-",
            "--psm",
            str(psm),
            "-l",
            names.get(language, language),
            "tsv",
        ]
        start = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
        seconds = time.perf_counter() - start
    return pages_of_tsv(done.stdout, len(images)), seconds


def pages_of_tsv(table: str, count: int) -> list[PageReading]:
    """Return the pages of Tesseract's TSV: lines are its rows of level 4, words those of level 5."""
    pages: list[tuple[list[str], list[Place]]] = [([], []) for _ in range(count)]
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if not row["page_num"].isdigit():
            continue  # the header, written again
        words, boxes = pages[int(row["page_num"]) - 1]
        left, top, width, height = (float(row[name]) for name in ("left", "top", "width", "height"))
        if row["level"] == "4":
            right, bottom = left + width, top + height
            boxes.append([[left, top], [right, top], [right, bottom], [left, bottom]])
        elif row["level"] == "5":
            words.append(row["text"])
    return [PageReading(" ".join(" ".join(words).split()), boxes) for words, boxes in pages]


PAGE_SYSTEMS: dict[str, Callable[[Sequence[Path], str, int], Timed]] = {
    "inkread-greedy": lambda images, language, threads: inkread(images, "none", threads),
    "inkread": lambda images, language, threads: inkread(images, "auto", threads),
    "rapidocr": rapidocr,
    "tesseract-3": lambda images, language, threads: tesseract(images, language, 3),
    "tesseract-6": lambda images, language, threads: tesseract(images, language, 6),
}


def run_pages(system: str, images: Sequence[Path], language: str, threads: int) -> PageRun:
    """Run one system in a process of its own, held to the first ``threads`` of the cores it may use."""
    limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS")}
    task = {"system": system, "images": [str(path) for path in images], "language": language}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve())],
        input=json.dumps(task | {"threads": threads}),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | limits,
        check=True,
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    return PageRun(
        [PageReading(**page) for page in answer["readings"]], answer["seconds"], answer["megabytes"]
    )


def _work() -> None:
    """Read a task from standard input, run it, write the ``PageRun`` to standard output."""
    task = json.load(sys.stdin)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: task["threads"]])
    cv2.setNumThreads(task["threads"])
    images = [Path(image) for image in task["images"]]
    readings, seconds = PAGE_SYSTEMS[task["system"]](images, task["language"], task["threads"])
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps(asdict(PageRun(readings, seconds, max(peaks) / 1024))))


if __name__ == "__main__":
    _work()
