"""The learning curve of a run: a row of figures at each validation, and its picture."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from lightning.pytorch.callbacks import Callback

_COLOURS = ((40, 90, 200), (200, 80, 40), (40, 150, 70), (140, 60, 160))


class LearningCurve(Callback):
    """Write ``curve.csv``: step, samples, seconds of this process, mean loss, and CERs.

    Args:
        path: the file; rows are appended, so that a resumed run goes on in it.
        batch_size: samples a step.
        print_every: steps between plain lines on standard output.
    """

    def __init__(self, path: Path, batch_size: int, print_every: int = 50) -> None:
        self._path = path
        self._batch_size = batch_size
        self._print_every = print_every
        self._began = time.monotonic()
        self._losses: list[float] = []

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, *_: Any) -> None:
        """Keep the loss; print a plain line now and then."""
        self._losses.append(float(outputs["loss"]))
        if trainer.is_global_zero and trainer.global_step % self._print_every == 0:
            recent = np.mean(self._losses[-self._print_every :])
            seconds = time.monotonic() - self._began
            print(f"step {trainer.global_step}  loss {recent:.4f}  {seconds:.0f} s", flush=True)

    def on_validation_end(self, trainer: Any, *_: Any) -> None:
        """Append a row and print it."""
        if not trainer.is_global_zero:
            return
        row: dict[str, float] = {
            "step": trainer.global_step,
            "samples": trainer.global_step * self._batch_size,
            "seconds": round(time.monotonic() - self._began),
            "loss": round(float(np.mean(self._losses)) if self._losses else 0.0, 5),
        }
        row |= {k: round(float(v), 5) for k, v in trainer.callback_metrics.items() if k.startswith("cer")}
        self._losses = []
        new = not self._path.exists()
        with self._path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            if new:
                writer.writeheader()
            writer.writerow(row)
        print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)


def draw_curve(path: str | Path, width: int = 900, height: int = 480) -> np.ndarray:
    """Draw the CERs of a ``curve.csv`` over the samples seen.

    Returns:
        uint8 (height, width, 3), RGB: a line a validation set, CER in per cent upwards.
    """
    with Path(path).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name.startswith("cer_")]
    samples = np.array([float(row["samples"]) for row in rows])
    rates = {name: 100.0 * np.array([float(row[name]) for row in rows]) for name in names}
    top = 5.0 * np.ceil(max(values.max() for values in rates.values()) / 5.0)
    left, right, over, under = 60, width - 170, 30, height - 50
    picture = np.full((height, width, 3), 255, np.uint8)

    def place(count: float, rate: float) -> tuple[int, int]:
        return (
            round(left + (right - left) * count / max(samples.max(), 1.0)),
            round(under - (under - over) * rate / top),
        )

    def write(text: str, at: tuple[int, int], colour: tuple[int, int, int] = (60, 60, 60)) -> None:
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)

    for rate in np.linspace(0, top, 6):
        row = place(0, rate)[1]
        cv2.line(picture, (left, row), (right, row), (225, 225, 225), 1)
        write(f"{rate:.0f} %", (12, row + 5))
    for share in np.linspace(0, 1, 5):
        column = place(share * samples.max(), 0)[0]
        write(f"{share * samples.max() / 1000:.0f} k", (column - 12, under + 20))
    write("lines seen", ((left + right) // 2 - 40, height - 10))
    write("CER, greedy", (12, 18))
    for colour, (name, values) in zip(_COLOURS * 2, rates.items(), strict=False):
        points = np.array([place(s, r) for s, r in zip(samples, values, strict=True)], np.int32)
        cv2.polylines(picture, [points.reshape(-1, 1, 2)], False, colour, 2, cv2.LINE_AA)
        write(f"{name[4:]} {values[-1]:.1f} %", (right + 10, int(points[-1][1]) + 5), colour)
    return picture
