"""Runs a system apart from the others: in a process of its own, timed, held to some of the cores.

A script of systems asks for one by ``ask``, which starts the same script anew; there, ``answer`` does it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import cv2

T = TypeVar("T")

_TESSERACT = {"en": "eng", "fr": "fra"}


def timed(read: Callable[[Path], T], images: Sequence[Path], empty: T, warm_up: int) -> tuple[list[T], float]:
    """Read each image alone, in order, and the first ``warm_up`` before; what fails counts as ``empty``.

    Returns:
        What was read, and the seconds without the warm-up.
    """

    def careful(image: Path) -> T:
        try:
            return read(image)
        except Exception as error:  # a system that gives up on an image has read nothing
            print(f"{image.name}: {error}", file=sys.stderr)
            return empty

    for image in images[:warm_up]:
        careful(image)
    start = time.perf_counter()
    found = [careful(image) for image in images]
    return found, time.perf_counter() - start


def rapidocr_engine(threads: int) -> Any:
    """Return RapidOCR with its PP-OCRv6 small models, on ``threads`` threads."""
    from rapidocr import RapidOCR

    settings = {
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return RapidOCR(params=settings)


def run_tesseract(images: Sequence[Path], language: str, psm: int, *output: str) -> tuple[str, float]:
    """Run Tesseract once over all images; return what it printed, and the seconds, its start among them."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listing:
        listing.write("".join(f"{image.resolve()}\n" for image in images))
        listing.flush()
        command = ["tesseract", listing.name, "-", "--psm", str(psm)]
        command += ["-l", _TESSERACT.get(language, language), *output]
        start = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
        return done.stdout, time.perf_counter() - start


def ask(script: str, task: Mapping[str, Any], images: Sequence[Path], threads: int) -> dict[str, Any]:
    """Have ``script`` do a task in a process of its own, held to the first ``threads`` cores it may use."""
    limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS")}
    whole = {**task, "images": [str(image) for image in images], "threads": threads}
    done = subprocess.run(
        [sys.executable, str(Path(script).resolve())],
        input=json.dumps(whole),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | limits,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def answer(work: Callable[[dict[str, Any], list[Path], int], dict[str, Any]]) -> None:
    """Do the task on standard input; write what comes of it, and the peak memory as ``megabytes``."""
    task = json.load(sys.stdin)
    threads = task["threads"]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    cv2.setNumThreads(threads)
    found = work(task, [Path(image) for image in task["images"]], threads)
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({**found, "megabytes": max(peaks) / 1024}))
