"""A recipe is a YAML file; what it trains shows in its keys: ``sources`` of lines, or marked ``pages``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from inkread.errors import ConfigError
from inkread.training import layout_experiment, reader_experiment
from inkread.training.layout_experiment import LayoutExperiment
from inkread.training.reader_experiment import Experiment

Recipe = Experiment | LayoutExperiment


def load_recipe(path: str | Path) -> Recipe:
    """Read a recipe: the line reader's, or the line finder's where it has ``pages``.

    Raises:
        ConfigError: the file is missing, is not YAML, or has settings that there are not.
    """
    try:
        settings: Any = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"The experiment {path} cannot be read ({error}); correct the file.") from None
    if not isinstance(settings, Mapping) or "pages" not in settings:
        return reader_experiment.load_experiment(path)
    extra = set(settings) - {entry.name for entry in fields(LayoutExperiment)}
    if extra:
        raise ConfigError(
            f"The experiment {path} has settings that there are not: {', '.join(sorted(extra))}; remove them."
        )
    try:
        return LayoutExperiment(**settings)
    except TypeError as error:
        raise ConfigError(f"The experiment {path} is incomplete: {error}.") from None


def run_recipe(recipe: Recipe, data: Path, out: Path, gpu: int | None = None) -> Path:
    """Train as a recipe says; see ``reader_experiment.run`` and ``layout_experiment.run``."""
    if isinstance(recipe, LayoutExperiment):
        return layout_experiment.run(recipe, data, out, gpu)
    return reader_experiment.run(recipe, data, out, gpu)


def export_recipe(recipe: Recipe, checkpoint: Path, path: Path, note: str = "", half: bool = True) -> Path:
    """Make a bundle of a recipe's checkpoint."""
    if isinstance(recipe, LayoutExperiment):
        return layout_experiment.export_checkpoint(recipe, checkpoint, path, note, half)
    return reader_experiment.export_checkpoint(recipe, checkpoint, path, note, half)
