"""A recipe is a YAML file; what it trains shows in its keys: ``sources`` of lines, or marked ``pages``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from inkread.errors import ConfigError
from inkread.training import layout_experiment, reader_experiment
from inkread.training.experiment_file import read_yaml, settings_of
from inkread.training.fitting import FitSettings
from inkread.training.layout_experiment import LayoutExperiment
from inkread.training.models.optimisation import Optimisation
from inkread.training.named import check_arguments
from inkread.training.reader_experiment import Experiment

Recipe = Experiment | LayoutExperiment


def load_recipe(path: str | Path) -> Recipe:
    """Read a recipe: the line reader's, or the line finder's where it has ``pages``.

    Raises:
        ConfigError: the file is missing, is not YAML, or has settings that there are not.
    """
    settings = read_yaml(path)
    if isinstance(settings, Mapping) and "pages" in settings:
        return settings_of(LayoutExperiment, settings, path)
    return settings_of(Experiment, settings, path)


def run_recipe(recipe: Recipe, data: Path, out: Path, gpu: int | None = None) -> Path:
    """Train as a recipe says; see ``reader_experiment.run`` and ``layout_experiment.run``.

    Raises:
        ConfigError: a setting out of its range, or a GPU that there is not.
    """
    check_arguments(Optimisation, recipe.optimisation, "optimisation")
    Optimisation(**recipe.optimisation)
    FitSettings(
        batch_size=recipe.batch_size,
        seed=recipe.seed,
        workers=recipe.workers,
        threads=recipe.threads,
        precision=recipe.precision,
        clip=recipe.clip,
        validate_every=recipe.validate_every,
        checkpoint_every=recipe.checkpoint_every,
    )
    if gpu is not None and not 0 <= gpu < torch.cuda.device_count():
        raise ConfigError(f"There is no GPU {gpu} here that PyTorch can use; leave --gpu out, or correct it.")
    if isinstance(recipe, LayoutExperiment):
        return layout_experiment.run(recipe, data, out, gpu)
    return reader_experiment.run(recipe, data, out, gpu)


def export_recipe(recipe: Recipe, checkpoint: Path, path: Path, note: str = "", half: bool = True) -> Path:
    """Make a bundle of a recipe's checkpoint."""
    if isinstance(recipe, LayoutExperiment):
        return layout_experiment.export_checkpoint(recipe, checkpoint, path, note, half)
    return reader_experiment.export_checkpoint(recipe, checkpoint, path, note, half)
