"""One trial of a sweep: an experiment scored on validation alone, for test is not there to choose by."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

from inkread.training.config import ExperimentConfig
from inkread.training.experiment import run_experiment
from inkread.training.gpus import hold_gpus
from inkread.training.run_log import hush_lightning
from inkread.training.sweep import Report
from inkread.training.sweep_space import Sweep

_held = ExitStack()


def check_sweep(sweep: Sweep) -> None:
    """Check every name and value of a sweep, so that no trial begins in vain.

    Raises:
        ConfigError: a key or name that there is not, or a value of the wrong kind.
    """
    for config in sweep.configs_to_check():
        ExperimentConfig.from_mapping(config)


def run_trial(
    config: dict[str, Any],
    out: Path,
    report: Report,
    *,
    data: Path,
    gpu: str = "cpu",
    test: bool = False,
    use_wandb: bool = False,
) -> Mapping[str, float]:
    """Run one experiment, going on with what ``out`` holds; an ``Objective`` once data and GPU are given.

    Args:
        config: the experiment's keys.
        out: its run folder.
        report: called after each validation.
        data: the data folder.
        gpu: number of a GPU, -1 for one that is free, or cpu.
        test: score the test split too, for a list of experiments that nothing is chosen from.
        use_wandb: track it at Weights & Biases.
    """
    hush_lightning()
    return run_experiment(
        ExperimentConfig.from_mapping(config),
        out,
        data=data,
        gpu=_gpus(gpu),
        resume=True,
        use_wandb=use_wandb,
        test=test,
        report=report,
        say=lambda line: None,
    )


@cache  # for the whole process: its own memory would make a GPU look taken
def _gpus(choice: str) -> list[int] | None:
    return _held.enter_context(hold_gpus(choice, 1, print))
