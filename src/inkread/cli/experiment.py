"""``inkread experiment``: train a model on a data set as a configuration says, and test it."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkread.cli import stopped
from inkread.errors import ConfigError

if TYPE_CHECKING:
    from inkread.training.config import ExperimentConfig

_FOUND = "INKREAD_EXPERIMENT"  # tells further processes of the same run what the first one chose


@click.command("experiment")
@click.argument("config")
@click.argument("overrides", nargs=-1)
@click.option("--gpu", default="-1", show_default=True, metavar="N|cpu",
              help="Number of the GPU, several as 0,1, -1 for a free one (waits), or cpu.")  # fmt: skip
@click.option("--save", is_flag=True, help="Save the best weights, by model, data set and network.")
@click.option("--nowandb", is_flag=True, help="Do not track the run at Weights & Biases.")
@click.option(
    "--resume", is_flag=True, help="Go on with the last run of this configuration, or that in --out."
)
@click.option("--data", envvar="INKREAD_DATA_DIR", type=click.Path(path_type=Path), default=Path("data"),
              show_default=True, show_envvar=True, help="The data folder.")  # fmt: skip
@click.option("--runs", envvar="INKREAD_RUNS_DIR", type=click.Path(path_type=Path), default=Path("runs"),
              show_default=True, show_envvar=True, help="Folder of all runs.")  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="The run's own folder, instead of one in --runs."
)
@click.option(
    "--weights", type=click.Path(path_type=Path), help="Where --save puts weights; RUNS/weights without it."
)
def command(
    config: str,
    overrides: tuple[str, ...],
    gpu: str,
    save: bool,
    nowandb: bool,
    resume: bool,
    data: Path,
    runs: Path,
    out: Path | None,
    weights: Path | None,
) -> None:
    """Train and test as CONFIG says: JSON text, or a JSON or YAML file.

    OVERRIDES change it, as in train_args.batch_size=64. A killed run goes on with --resume to the
    weights that it would have had.
    """
    try:
        from inkread.training.config import load_config
        from inkread.training.experiment import run_experiment
        from inkread.training.run_log import hush_lightning
    except ImportError as error:
        raise ConfigError(
            f"Training needs {error.name}; install the training half: pip install 'inkread[train]'."
        ) from None
    hush_lightning()
    settings = load_config(config, overrides)
    with _place(settings, gpu, runs, out, resume) as (folder, gpus):
        try:
            scores = run_experiment(
                settings,
                folder,
                data=data,
                gpu=gpus,
                resume=resume,
                weights=(weights or runs / "weights") if save else None,
                use_wandb=not nowandb,
                say=lambda line: click.echo(line),
            )
        except (KeyboardInterrupt, SystemExit):  # Ctrl-C; Lightning makes the latter of it
            raise stopped(f"--resume goes on from {folder}" if folder.exists() else "begin again") from None
        if scores:
            click.echo("  ".join(f"{name} {value:.4f}" for name, value in scores.items()))


@contextmanager
def _place(
    config: ExperimentConfig, gpu: str, runs: Path, out: Path | None, resume: bool
) -> Iterator[tuple[Path, list[int]]]:
    """Choose the run's folder and hold its GPUs; further processes of a run take what the first one chose."""
    if _FOUND in os.environ and os.environ.get("LOCAL_RANK", "0") != "0":
        found = json.loads(os.environ[_FOUND])
        yield Path(found["out"]), found["gpus"]
        return
    from inkread.training.gpus import hold_gpus

    if config.train_args.get("nodes", 1) > 1 and out is None:
        raise ConfigError("Several hosts share one run: name its folder, which all of them see, by --out.")
    folder = out or _folder(config, runs, resume)
    devices = config.train_args.get("devices", 1)
    if not isinstance(devices, int) and devices and gpu == "-1":
        gpu, devices = ",".join(str(number) for number in devices), len(devices)
    with hold_gpus(gpu, devices, click.echo) as gpus:
        os.environ[_FOUND] = json.dumps({"out": str(folder), "gpus": gpus})
        try:
            yield folder, gpus
        finally:
            os.environ.pop(_FOUND, None)


def _folder(config: ExperimentConfig, runs: Path, resume: bool) -> Path:
    """Return ``runs/Model_Dataset_network/<time>-<hash of the configuration>``; to resume, the last such."""
    content = json.dumps(config.as_dict(), sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    if resume:
        begun = sorted((runs / config.label).glob(f"*-{digest}"))
        if not begun:
            raise ConfigError(
                f"There is no run of this configuration in {runs / config.label} to resume; "
                "leave --resume out, or name its folder by --out."
            )
        return begun[-1]
    return runs / config.label / f"{datetime.datetime.now():%Y%m%d-%H%M%S}-{digest}"
