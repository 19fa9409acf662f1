"""A training's YAML file -> its settings as one dataclass, every key checked by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import yaml

from inkread.errors import ConfigError

Kind = TypeVar("Kind")


def read_yaml(path: str | Path) -> Any:
    """Read a YAML file, unchecked.

    Raises:
        ConfigError: the file is missing or is not YAML.
    """
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"The experiment {path} cannot be read ({error}); correct the file.") from None


def settings_of(kind: type[Kind], settings: Any, path: str | Path) -> Kind:
    """Return what a file held as the dataclass ``kind``.

    Raises:
        ConfigError: no mapping, settings that there are not, or some that are lacking.
    """
    known = {entry.name for entry in fields(kind)}  # type: ignore[arg-type]
    if not isinstance(settings, Mapping) or set(settings) - known:
        extra = ", ".join(sorted(set(settings) - known)) if isinstance(settings, Mapping) else "no mapping"
        raise ConfigError(f"The experiment {path} has settings that there are not: {extra}; remove them.")
    try:
        return kind(**settings)
    except TypeError as error:
        raise ConfigError(f"The experiment {path} is incomplete: {error}.") from None
