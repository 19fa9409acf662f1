"""What all trainings of a shipped bundle have in common: the run itself, and the weights it leaves.

The line reader's and the line finder's differ in network, data and score alone.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Literal, Protocol

import lightning
import torch
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from inkread.errors import ConfigError
from inkread.training.curve import LearningCurve
from inkread.training.trainer import BEST, LAST, KeepLast, keep_best, make_trainer

_AVERAGED = "averaged.module."


class RunSettings(Protocol):
    """What a run asks of an experiment; see ``reader_experiment.Experiment`` for what each is."""

    @property
    def batch_size(self) -> int: ...
    @property
    def checkpoint_every(self) -> int: ...
    @property
    def validate_every(self) -> int: ...
    @property
    def precision(self) -> str: ...
    @property
    def clip(self) -> float: ...


def fit(
    experiment: RunSettings,
    model: lightning.LightningModule,
    data: lightning.LightningDataModule,
    out: Path,
    *,
    steps: int,
    score: str,
    better: Literal["max", "min"],
    validated: bool,
    gpu: int | None = None,
    processes: int = 1,
) -> Path:
    """Train, from the last checkpoint in ``out`` if there is one.

    Args:
        experiment: its settings.
        model, data: of the experiment.
        out: takes ``last.ckpt``, ``best.ckpt`` and ``curve.csv``.
        steps: optimiser steps of the whole run.
        score, better: which checkpoint is the best.
        validated: whether there is anything to validate on.
        gpu: number of the GPU, or None for the CPU.
        processes: that train side by side on the CPU.

    Returns:
        the best checkpoint, or the last where nothing was validated.
    """
    validate_every = experiment.validate_every if validated else None
    callbacks: list[Callback] = [
        LearningCurve(out / "curve.csv", experiment.batch_size * processes),
        *([keep_best(out, score, better)] if validated else []),
        KeepLast(out, experiment.checkpoint_every, validate_every),
    ]
    trainer = make_trainer(
        out,
        steps=steps,
        validate_every=validate_every,
        callbacks=callbacks,
        precision=experiment.precision,
        clip=experiment.clip,
        devices=() if gpu is None else (gpu,),
        processes=processes,
    )
    last = out / LAST
    trainer.fit(model, data, ckpt_path=str(last) if last.exists() else None)
    return out / BEST if (out / BEST).exists() else last


def averaged_weights(checkpoint: str | Path) -> dict[str, Tensor]:
    """Return the averaged weights of a checkpoint by name.

    Raises:
        ConfigError: there is no such checkpoint.
    """
    try:
        state = torch.load(checkpoint, map_location="cpu", weights_only=False)["state_dict"]
    except (OSError, RuntimeError, KeyError, TypeError, EOFError, pickle.UnpicklingError) as error:
        raise ConfigError(f"{checkpoint} is no checkpoint of this experiment: {error}.") from None
    return {
        name.removeprefix(_AVERAGED): value for name, value in state.items() if name.startswith(_AVERAGED)
    }
