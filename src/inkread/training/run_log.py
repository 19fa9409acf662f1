"""``RunLog``: the figures of a run, a row an epoch in ``metrics.csv``, the same if it was stopped between."""

from __future__ import annotations

import csv
import json
import logging
import os
import platform
import subprocess
import time
import warnings
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.callbacks import Callback

Row = dict[str, float]
_COUNTS = ("epoch", "step")
_WORKED_WITH = ("inkread", "torch", "lightning", "numpy", "opencv-python-headless", "pyarrow")


class RunLog(Callback):
    """Write a row after each validation (each epoch, where there is none); say something in between.

    A row holds ``epoch`` (epochs done), ``step``, ``seconds`` of training, ``loss`` (mean since
    the last row), ``learning_rate``, and all that the model logs as ``val_...``. What the rows
    are made of is kept in the checkpoints; rows after the one gone on from are written anew.

    Args:
        path: the CSV file.
        report: told each row; what it raises ends the run.
        say: told a line of progress.
        every: seconds between lines within an epoch.
    """

    def __init__(
        self,
        path: Path,
        report: Callable[[Row], None] = lambda row: None,
        say: Callable[[str], object] = print,
        every: float = 30.0,
    ) -> None:
        self._path = path
        self._report = report
        self._say = say
        self._every = every
        self._sum, self._count, self._seconds = 0.0, 0, 0.0
        self._clock = self._said = time.monotonic()

    def state_dict(self) -> dict[str, Any]:
        """Keep what the next row is made of."""
        self._tick()
        return {"sum": self._sum, "count": self._count, "seconds": self._seconds}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with it."""
        self._sum, self._count, self._seconds = state["sum"], state["count"], state["seconds"]

    def on_train_start(self, trainer: Any, *_: Any) -> None:
        """Forget the rows that were written after the checkpoint."""
        self._clock = self._said = time.monotonic()
        if trainer.is_global_zero and self._path.exists():
            write_rows(
                self._path, [row for row in read_rows(self._path) if row["step"] <= trainer.global_step]
            )

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, *_: Any) -> None:
        """Count the loss; say so now and then."""
        loss = float(outputs["loss"])
        self._sum, self._count = self._sum + loss, self._count + 1
        now = time.monotonic()
        if now - self._said > self._every and trainer.is_global_zero:
            self._said = now
            steps = f"step {trainer.global_step} of {trainer.max_steps}"
            self._say(f"{steps}  loss {self._sum / self._count:.4f}")
        if trainer.limit_val_batches == 0 and trainer.global_step % module.steps_per_epoch == 0:
            self.on_validation_end(trainer, module)

    def on_validation_end(self, trainer: Any, module: Any) -> None:
        """Write the row, its loss the mean of all processes'."""
        self._tick()
        own = torch.tensor(self._sum / max(self._count, 1), device=module.device)
        mean = trainer.strategy.reduce(own, reduce_op="mean")
        row: Row = {
            "epoch": trainer.global_step // module.steps_per_epoch,
            "step": trainer.global_step,
            "seconds": round(self._seconds, 1),
            "loss": float(mean),
            "learning_rate": trainer.optimizers[0].param_groups[0]["lr"],
        }
        row |= {k: float(v) for k, v in trainer.callback_metrics.items() if k.startswith("val_")}
        self._sum, self._count = 0.0, 0
        if not trainer.is_global_zero:
            return
        known = read_rows(self._path) if self._path.exists() else []
        write_rows(self._path, [old for old in known if old["epoch"] < row["epoch"]] + [row])
        figures = "  ".join(f"{k} {v:.4g}" for k, v in row.items() if k == "loss" or k.startswith("val_"))
        epochs = trainer.max_steps // module.steps_per_epoch
        self._say(f"epoch {row['epoch']} of {epochs}  {figures}  {row['seconds']:.0f} s")
        self._said = time.monotonic()
        self._report(row)

    def _tick(self) -> None:
        now = time.monotonic()
        self._seconds, self._clock = self._seconds + now - self._clock, now


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a ``metrics.csv``; a figure that a row lacks is left out of it."""
    with path.open(newline="", encoding="utf-8") as file:
        return [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(file)]


def write_rows(path: Path, rows: list[Row]) -> None:
    """Write rows, beside their place first."""
    draft = path.with_name(path.name + ".draft")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)), restval="")
        writer.writeheader()
        writer.writerows({k: int(v) if k in _COUNTS else v for k, v in row.items()} for row in rows)
    os.replace(draft, path)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON, beside its place first."""
    draft = path.with_name(path.name + ".draft")
    draft.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(draft, path)


def versions() -> dict[str, str]:
    """Return the versions of all that a run depends on, and the commit of our own code where git knows it."""
    found = {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    for package in _WORKED_WITH:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        answer = subprocess.run([*command, "--exclude=*"], capture_output=True, text=True, timeout=10)
        if answer.returncode == 0:
            found["commit"] = answer.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        pass
    return found


def hush_lightning() -> None:
    """Keep Lightning's remarks on what it found, and what else to install, out of a command's output."""
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")
    warnings.filterwarnings("ignore", message="Using padding='same'")
