"""The learning curve of a run: a row of figures at each validation, and their picture."""

from __future__ import annotations

import csv
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
from lightning.pytorch.callbacks import Callback

from inkread.training.plot import Axis, Picture, draw_plot

_SCORES = ("cer", "dice")
_RECENT = 50  # steps whose mean loss is printed


class LearningCurve(Callback):
    """Write ``curve.csv``: step, samples, seconds of this process, mean loss, and the CERs or Dice overlaps.

    Args:
        path: the file; rows are appended, so that a resumed run goes on in it.
        batch_size: samples a step.
        print_every: seconds between plain lines on standard output; the first step has one, too.
    """

    def __init__(self, path: Path, batch_size: int, print_every: float = 60.0) -> None:
        self._path = path
        self._batch_size = batch_size
        self._print_every = print_every
        self._began = time.monotonic()
        self._told = -math.inf
        self._first: tuple[int, float] | None = None
        self._losses: list[float] = []

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, *_: Any) -> None:
        """Keep the loss; print a plain line now and then."""
        self._losses.append(float(outputs["loss"]))
        step, now = trainer.global_step, time.monotonic()
        if self._first is None:
            self._first = step, now
        if not trainer.is_global_zero or now - self._told < self._print_every:
            return
        self._told = now
        recent = np.mean(self._losses[-_RECENT:])
        line = f"step {step} of {trainer.max_steps}  loss {recent:.4f}  {now - self._began:.0f} s"
        done, taken = step - self._first[0], now - self._first[1]
        if done:
            line += f", {_about(taken / done * (trainer.max_steps - step))} to go"
        print(line, flush=True)

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
        row |= {k: round(float(v), 5) for k, v in trainer.callback_metrics.items() if k.startswith(_SCORES)}
        self._losses = []
        new = not self._path.exists()
        with self._path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            if new:
                writer.writeheader()
            writer.writerow(row)
        print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)


def _about(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def draw_curve(path: str | Path) -> Picture:
    """Draw the CERs of a ``curve.csv``, in per cent, over the lines seen.

    Returns:
        uint8 (480, 900, 3), RGB: a curve for each validation set.
    """
    with Path(path).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name.startswith("cer_")]
    curves = {
        name.removeprefix("cer_"): np.array(
            [(float(row["samples"]), 100.0 * float(row[name])) for row in rows]
        )
        for name in names
    }
    return draw_plot(
        curves, Axis("lines seen", ",.0f", whole=True), Axis("CER, greedy", ".3g", " %"), (900, 480)
    )
