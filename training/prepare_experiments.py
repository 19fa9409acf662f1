#!/usr/bin/env python
"""Print the command of each experiment in a list, one a line: training/prepare_experiments.py FILE.

The list is JSON: ``{"experiment_group": ..., "experiments": [configuration, ...]}``. Each command waits
for a free GPU, so they may all be started at once: ``... | parallel -j4``; ``inkread sweep FILE`` runs
them without GNU parallel.
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import click

from inkread.errors import ConfigError, InkreadError
from inkread.training.config import ExperimentConfig, read_settings
from inkread.training.experiment_list import read_experiments

COMMAND = "training/run_experiment.py --gpu=-1"


def commands(path: str | Path) -> list[str]:
    """Return the command of each experiment.

    Raises:
        ConfigError: no such file, or an experiment that cannot be run as it is written.
    """
    lines = []
    for number, experiment in enumerate(read_experiments(read_settings(path), path), 1):
        try:
            ExperimentConfig.from_mapping(experiment)
        except ConfigError as error:
            raise ConfigError(f"Experiment {number} of {path}: {error}") from None
        lines.append(f"{COMMAND} {shlex.quote(json.dumps(experiment))}")
    return lines


@click.command()
@click.argument("file")
def main(file: str) -> None:
    """Print the command of each experiment in FILE, one a line."""
    try:
        click.echo("\n".join(commands(file)))
    except InkreadError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
