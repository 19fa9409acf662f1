"""Models by name: what a configuration's ``model`` stands for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from inkread.errors import ConfigError
from inkread.training.models import weights_file
from inkread.training.models.base import Model
from inkread.training.named import find

_HERE = "inkread.training.models"

MODELS: Mapping[str, str] = MappingProxyType(
    {
        "CharacterModel": f"{_HERE}.character.CharacterModel",
        "LineModel": f"{_HERE}.line.LineModel",
        "LineModelCtc": f"{_HERE}.line_ctc.LineModelCtc",
        "LineDetectorModel": f"{_HERE}.line_detector.LineDetectorModel",
    }
)
"""Dotted path of each model's class, by name."""


def find_model(name: str) -> type[Model]:
    """Return the class of a model.

    Args:
        name: one of ``MODELS``, or the dotted path of a subclass of ``Model`` of your own.

    Raises:
        ConfigError: there is none (the message gives the nearest name), or it lacks hooks.
    """
    model = find(name, MODELS, "model")
    if not (isinstance(model, type) and issubclass(model, Model)):
        raise ConfigError(f"{name} is no model; derive the class from inkread.training.models.base.Model.")
    if missing := sorted(model.__abstractmethods__):
        raise ConfigError(
            f"{name} lacks {', '.join(missing)}; define them, or derive it from one of {', '.join(MODELS)}."
        )
    return model


def open_weights(path: str | Path) -> Model:
    """Build the model of a file of weights, and give it them.

    Args:
        path: a ``..._weights.safetensors`` that ``Model.save_weights`` wrote, its JSON beside it.

    Raises:
        BundleError: a file is missing or damaged, or of another network.
        ConfigError: its model or network cannot be found.
    """
    description, weights = weights_file.read(path)
    model = find_model(description.model).build(description)
    model.take_weights(weights, path)
    return model
