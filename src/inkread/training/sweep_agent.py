"""What an agent of W&B hands to ``training/run_sweep.py``, as a command of ``inkread experiment``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inkread.errors import ConfigError
from inkread.training.sweep_file import parse_setting
from inkread.training.sweep_space import nested

_OPTIONS = ("gpu", "data", "runs", "out", "weights")
_FLAGS = ("save", "nowandb", "resume")


def experiment_command(given: Sequence[str], chosen: Mapping[str, Any] | None = None) -> list[str]:
    """Return the arguments of ``inkread experiment`` for a trial.

    Args:
        given: the program's arguments: ``--key=value``, ``key=value`` or ``--key value`` with dotted
            keys, one JSON object (W&B's ``${args_json}``), and options of ``inkread experiment``.
        chosen: settings from W&B's configuration, used where ``given`` has none.

    Raises:
        ConfigError: an argument that is none of these, or no settings at all.
    """
    settings: dict[str, Any] = {}
    options: list[str] = []
    rest = list(given)
    while rest:
        word = rest.pop(0)
        name = word.removeprefix("--")
        if name in _FLAGS:
            options.append(word)
            continue
        if word.startswith("{"):
            settings |= json.loads(word)
            continue
        if "=" not in word and word.startswith("--") and rest:
            name = f"{name}={rest.pop(0)}"
        if name.partition("=")[0] in _OPTIONS:
            options.append(f"--{name}")
        else:
            key, value = parse_setting(name)
            settings[key] = value
    settings = settings or dict(chosen or {})
    if not settings:
        raise ConfigError(
            "A trial needs settings; the agent of wandb sweep gives them, as --train_args.batch_size=64."
        )
    return ["experiment", json.dumps(nested(settings), ensure_ascii=False), *options]


def read_chosen(path: str | Path | None) -> dict[str, Any] | None:
    """Read the settings that an agent keeps in a file (``WANDB_SWEEP_PARAM_PATH``); None without one."""
    import yaml

    if not path or not Path(path).is_file():
        return None
    content = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
    return {key: about["value"] for key, about in content.items() if isinstance(about, dict)}
