"""``fit``: train a model on a data set, from its last checkpoint if it was stopped.

A run killed at any step ends with the weights of one that was not: each batch is a function of
(seed, epoch, number), dropout of (seed, step), the schedule is driven by step, and the checkpoint
holds the weights, their average and the optimiser's state. The test split is not touched here.
"""

from __future__ import annotations

import math
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.loggers import Logger

from inkread.datasets.dataset import Dataset
from inkread.datasets.names import did_you_mean
from inkread.errors import ConfigError
from inkread.training.example_data import ExampleData
from inkread.training.models.base import Model
from inkread.training.trainer import BEST, LAST, KeepLast, keep_best, make_trainer

PRECISIONS = (
    "32-true", "16-mixed", "bf16-mixed", "16-true", "bf16-true", "64-true", "32", "16", "bf16", "64",
    "transformer-engine", "transformer-engine-float16",
)  # fmt: skip
"""Lightning's names."""

_LEAST = {
    "batch_size": 1, "epochs": 1, "validate_every": 1, "checkpoint_every": 1, "processes": 1, "nodes": 1,
    "workers": 0, "seed": 0,
}  # fmt: skip


@dataclass(frozen=True)
class FitSettings:
    """How a model is fitted; how its weights move is said by ``Optimisation``.

    Attributes:
        batch_size: examples a step, of each process that trains.
        epochs: how often the training examples are gone through.
        seed: of the order of the examples and of dropout.
        workers: processes that make batches, for each process that trains; 0 for none.
        threads: of the network's arithmetic, for each process that trains; PyTorch's choice
            without it.
        precision: Lightning's name, such as ``bf16-mixed``.
        clip: largest norm of the gradient.
        validate_every: epochs from one validation to the next.
        checkpoint_every: steps from one writing of ``last.ckpt`` to the next; an epoch at most.
        devices: numbers of the GPUs; none for the CPU.
        processes: that train side by side on the CPU.
        nodes: hosts that train together.

    Raises:
        ConfigError: a value out of its range.
    """

    batch_size: int = 64
    epochs: int = 10
    seed: int = 1
    workers: int = 2
    threads: int | None = None
    precision: str = "32-true"
    clip: float = 5.0
    validate_every: int = 1
    checkpoint_every: int = 200
    devices: Sequence[int] = ()
    processes: int = 1
    nodes: int = 1

    def __post_init__(self) -> None:
        least = _LEAST if self.threads is None else {**_LEAST, "threads": 1}
        for name, low in least.items():
            value = getattr(self, name)
            if not _is_count(value) or value < low:
                raise ConfigError(f"{name} is a whole number, {low} or more, not {value!r}; correct it.")
        if self.seed >= 2**32:
            raise ConfigError(f"seed is below 2 to the power of 32, not {self.seed}; correct it.")
        if self.precision not in PRECISIONS:
            raise ConfigError(
                f"There is no precision {self.precision!r}; {did_you_mean(str(self.precision), PRECISIONS)}"
                f"use one of {', '.join(PRECISIONS)}."
            )
        if not isinstance(self.clip, int | float) or not math.isfinite(self.clip) or self.clip < 0:
            raise ConfigError(f"clip is a number, 0 or more, not {self.clip!r}; correct it.")
        numbers = isinstance(self.devices, Sequence) and all(_is_count(n) and n >= 0 for n in self.devices)
        if not numbers:
            raise ConfigError(
                f"devices are numbers of GPUs, such as [0, 1], not {self.devices!r}; correct it."
            )

    @property
    def world(self) -> int:
        """Processes that train, on all hosts."""
        return (len(self.devices) or self.processes) * self.nodes


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@dataclass(frozen=True)
class FitResult:
    """What came of a run.

    Attributes:
        best: checkpoint of the validation whose score was best; the last where there was none.
        last: the last checkpoint.
        scores: of the best checkpoint's validation, ``loss`` among them; empty where there was none.
        steps: optimiser steps of the run.
    """

    best: Path
    last: Path
    scores: dict[str, float]
    steps: int


def fit_settings(values: Mapping[str, Any]) -> FitSettings:
    """Return settings by name.

    Raises:
        ConfigError: one that there is not (the nearest is named), or out of its range.
    """
    known = [entry.name for entry in fields(FitSettings)]
    for name in values:
        if name not in known:
            raise ConfigError(
                f"Fitting has no setting {name!r}; {did_you_mean(name, known)}use one of {', '.join(known)}."
            )
    return FitSettings(**values)


def fit(
    model: Model,
    dataset: Dataset,
    settings: FitSettings,
    out: str | Path | None = None,
    callbacks: Sequence[Callback] = (),
    loggers: Sequence[Logger] = (),
    resume: bool = False,
) -> FitResult:
    """Train ``model`` on the training split, choose by the validation split.

    The model is left with the best checkpoint's weights. ``model.optimisation.steps`` becomes the
    run's.

    Args:
        model: a fresh model; of a run that goes on, built as it was then.
        dataset: of the model's task.
        settings: how.
        out: takes ``last.ckpt`` and ``best.ckpt``; a temporary folder without it.
        callbacks, loggers: Lightning's, told of every step and validation.
        resume: go on from ``last.ckpt``; where there is none yet, begin.

    Raises:
        ConfigError: model and data set do not fit; ``out`` holds a run and ``resume`` is False, or
            one whose checkpoint is damaged.
        DataError: data that are missing or damaged.
    """
    if out is None:
        with tempfile.TemporaryDirectory(prefix="inkread-") as folder:
            return fit(model, dataset, settings, folder, callbacks, loggers)
    out = Path(out)
    last, best = out / LAST, out / BEST
    if last.exists() and not resume:
        raise ConfigError(f"{out} holds a run already; resume it, or name another folder.")
    if dataset.task != model.task:
        raise ConfigError(
            f"{type(model).__name__} is for {model.task}, not {dataset.task}; choose another data set."
        )
    if last.exists():
        read_checkpoint(last)  # damaged, it is told before anything is begun
    out.mkdir(parents=True, exist_ok=True)
    if settings.threads:
        torch.set_num_threads(settings.threads)
    lightning.seed_everything(settings.seed, verbose=False)
    model.check(dataset)
    data = ExampleData(
        model,
        dataset.split("train"),
        dataset.split("validation"),
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        seed=settings.seed,
        workers=settings.workers,
        world=settings.world,
    )
    model.optimisation = replace(model.optimisation, steps=data.steps)
    model.steps_per_epoch = data.order.batches
    validate_every: int | None = settings.validate_every * data.order.batches
    keeping: list[Callback] = []
    if len(dataset.split("validation")) < settings.world:
        validate_every = None
    else:
        score, better = model.better
        keeping.append(keep_best(out, f"val_{score}", better))
    keeping.append(KeepLast(out, min(settings.checkpoint_every, data.order.batches), validate_every))
    trainer = make_trainer(
        out,
        steps=data.steps,
        validate_every=validate_every,
        callbacks=[*keeping, *callbacks],
        loggers=loggers,
        precision=settings.precision,
        clip=settings.clip,
        devices=settings.devices,
        processes=settings.processes,
        nodes=settings.nodes,
    )
    trainer.fit(model, data, ckpt_path=str(last) if last.exists() else None)
    trainer.save_checkpoint(last)
    chosen = read_checkpoint(best if best.exists() else last)
    model.load_state_dict(chosen["state_dict"])
    return FitResult(
        best if best.exists() else last, last, chosen["scores"] if best.exists() else {}, data.steps
    )


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Return what a checkpoint holds, ``state_dict`` among it, on the CPU.

    Raises:
        ConfigError: it is missing or damaged.
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=False)
    except (OSError, EOFError, LookupError, RuntimeError, ValueError, pickle.UnpicklingError):
        found = None
    if not isinstance(found, dict) or "state_dict" not in found:
        raise ConfigError(f"The checkpoint {path} is missing or damaged; remove the file, or begin anew.")
    return found
