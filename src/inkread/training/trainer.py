"""The one way a Lightning trainer is set up here, for endless streams and for finite data sets alike.

Training is one epoch of ``steps`` batches, which begin wherever the trainer's step says: that is
what lets a run that was killed go on in the middle as if it had not been.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import lightning
from lightning.pytorch.callbacks import Callback, Checkpoint, ModelCheckpoint
from lightning.pytorch.loggers import Logger

_PROCESSOR = Path("/proc/cpuinfo")

LAST, BEST = "last.ckpt", "best.ckpt"


def make_trainer(
    out: Path,
    *,
    steps: int,
    validate_every: int | None,
    callbacks: Sequence[Callback] = (),
    loggers: Sequence[Logger] = (),
    precision: str = "32-true",
    clip: float = 5.0,
    devices: Sequence[int] = (),
    processes: int = 1,
    nodes: int = 1,
) -> lightning.Trainer:
    """Return a trainer that logs nothing of its own accord.

    Args:
        out: folder of the run.
        steps: optimiser steps of the whole run.
        validate_every: steps from one validation to the next; None for none.
        callbacks, loggers: what else it tells.
        precision: Lightning's name, such as ``bf16-mixed``.
        clip: largest norm of the gradient.
        devices: numbers of the GPUs; none for the CPU.
        processes: that train side by side on the CPU (gloo).
        nodes: hosts that train together, each with these devices or processes.
    """
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)  # no tips, no "max_steps reached"
    warnings.filterwarnings("ignore", message="Checkpoint directory .* exists", category=UserWarning)
    warnings.filterwarnings("ignore", message=".*treespec, LeafSpec")
    first = os.environ.get("LOCAL_RANK", "0") == "0"
    if first and not devices and precision.startswith("bf16") and _lacks_bfloat16():
        print(
            f"This processor does not compute in bfloat16, so {precision} is several times slower here than "
            "precision: 32-true.",
            flush=True,
        )
    several = nodes > 1 or (len(devices) if devices else processes) > 1
    return lightning.Trainer(
        accelerator="gpu" if devices else "cpu",
        devices=list(devices) if devices else processes,
        num_nodes=nodes,
        strategy="ddp" if several else "auto",
        precision=precision,  # type: ignore[arg-type]
        max_steps=steps,
        max_epochs=-1,
        gradient_clip_val=clip,
        val_check_interval=validate_every,
        check_val_every_n_epoch=None if validate_every else 1,
        limit_val_batches=1.0 if validate_every else 0,
        num_sanity_val_steps=0,
        callbacks=[EndAtOnce(), *callbacks],
        logger=list(loggers) or False,
        log_every_n_steps=10,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=out,
        use_distributed_sampler=False,
    )


def _lacks_bfloat16() -> bool:
    """Tell whether this is an x86 processor without arithmetic for it, as far as Linux says."""
    try:
        found = re.search(r"^flags\s*:(.*)$", _PROCESSOR.read_text(encoding="utf-8"), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        return False
    return found is not None and not {"avx512_bf16", "amx_bf16"} & set(found.group(1).split())


class EndAtOnce(Callback):
    """Let SIGTERM end the process at once, as SIGKILL does.

    Lightning would end it in its own time, and never where several processes wait for each other;
    nothing is lost, since ``last.ckpt`` is whole at any moment.
    """

    def on_train_start(self, *_: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def keep_best(out: Path, score: str, better: Literal["max", "min"]) -> ModelCheckpoint:
    """Return a callback that writes ``best.ckpt`` at the validation whose score is best."""
    return ModelCheckpoint(
        out, filename=Path(BEST).stem, monitor=score, mode=better, enable_version_counter=False
    )


class KeepLast(Checkpoint):
    """Write ``last.ckpt`` every so many steps, at each validation once its scores are known, and at the end.

    It must stand behind ``keep_best`` among the callbacks, whose state it keeps.

    Args:
        out: the folder.
        every: steps.
        validate_every: steps from one validation to the next, or None.
    """

    def __init__(self, out: Path, every: int, validate_every: int | None) -> None:
        self._path = out / LAST
        self._every = every
        self._validate_every = validate_every
        self._written = -1

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: Any) -> None:
        step = trainer.global_step
        validated = self._validate_every and step % self._validate_every == 0
        if step % self._every == 0 and not validated:
            self._write(trainer)

    def on_validation_end(self, trainer: lightning.Trainer, *_: Any) -> None:
        self._write(trainer)

    def on_train_end(self, trainer: lightning.Trainer, *_: Any) -> None:
        if self._written != trainer.global_step:
            self._write(trainer)

    def _write(self, trainer: lightning.Trainer) -> None:
        trainer.save_checkpoint(self._path)
        self._written = trainer.global_step
