"""A list of experiments: ``{"experiment_group": ..., "experiments": [configuration, ...]}``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inkread.errors import ConfigError


def read_experiments(content: Mapping[str, Any], path: str | Path) -> list[dict[str, Any]]:
    """Return the configurations of a list, each in the list's group unless it names its own.

    Args:
        content: what the file holds.
        path: the file, for messages.

    Raises:
        ConfigError: ``experiments`` is no list of configurations, or it is empty or missing.
    """
    experiments = content.get("experiments") or []
    if not isinstance(experiments, list) or not all(isinstance(one, dict) for one in experiments):
        raise ConfigError(f"experiments of {path} must be a list of configurations; correct it.")
    if not experiments:
        raise ConfigError(f"{path} lists no experiments; it must hold experiments: [...].")
    group = {key: content[key] for key in ("experiment_group",) if key in content}
    return [group | experiment for experiment in experiments]
