"""Sweep files in Weights & Biases' format, lists of experiments, and commands, read into a ``Sweep``.

W&B's nested ``parameters: {train_args: {parameters: {batch_size: ...}}}`` becomes the flat
``train_args.batch_size``; what the format has and we do not is refused by name, never ignored.
"""

from __future__ import annotations

import ast
import json
import math
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from inkread.datasets.names import did_you_mean
from inkread.errors import ConfigError
from inkread.training.experiment_list import read_experiments
from inkread.training.sweep_space import EXPERIMENT, Parameter, Sweep

_KEYS = ("program", "method", "metric", "parameters", "early_terminate", "name", "description", "project",
         "entity", "command", "run_cap")  # fmt: skip
_IGNORED_IN_EARLY = ("type", "strict")
_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")
_RANGES = ("uniform", "int_uniform", "q_uniform", "log_uniform_values", "q_log_uniform_values", "log_uniform")


def load_sweep(path: str | Path, fixed: Iterable[str] = ()) -> Sweep:
    """Read a sweep file (YAML or JSON), a list of experiments (JSON), or commands, one a line.

    Args:
        path: the file; ``-`` reads standard input.
        fixed: ``key=value`` settings for every trial; a parameter of that name is no longer varied.

    Raises:
        ConfigError: no such file, or what it says cannot be done; the message names the key.
    """
    import yaml

    path = Path(path)
    name = "experiments" if str(path) == "-" else path.stem
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{path} cannot be read; name a sweep file or a list of experiments.") from None
    settings = dict(parse_setting(setting) for setting in fixed)
    commands = _configs_of_commands(text)
    if commands:
        return _list_sweep(name, commands, settings)
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not YAML or JSON; correct it: {' '.join(str(error).split())}") from None
    content = _numbers(content)
    if not isinstance(content, dict):
        raise ConfigError(f"{path} is no sweep; it must hold method, metric and parameters.")
    if "experiments" in content:
        return _list_sweep(name, read_experiments(content, path), settings)
    return _sweep(name, content, settings)


def parse_setting(setting: str) -> tuple[str, Any]:
    """Read ``key=value`` (or ``--key=value``): a JSON or a Python value, else text."""
    name, equals, text = setting.removeprefix("--").partition("=")
    if not equals or not name:
        raise ConfigError(f"{setting!r} is not key=value; write for instance train_args.batch_size=64.")
    for read in (json.loads, ast.literal_eval):
        try:
            return name, read(text)
        except (ValueError, SyntaxError):
            pass
    return name, text


def _numbers(content: Any) -> Any:
    """Make numbers of texts such as 1e-3, which YAML 1.1 takes for texts."""
    if isinstance(content, dict):
        return {key: _numbers(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_numbers(value) for value in content]
    return float(content) if isinstance(content, str) and _NUMBER.fullmatch(content) else content


def _sweep(name: str, content: Mapping[str, Any], fixed: Mapping[str, Any]) -> Sweep:
    for key in content:
        _check_word(key, _KEYS, "a sweep file's key")
    method = content.get("method", "grid")
    _check_word(method, ("grid", "random", "bayes"), "a method")
    metric = _mapping(content, "metric")
    goal = metric.get("goal", "minimize")
    _check_word(goal, ("minimize", "maximize"), "a goal")
    parameters = dict(_parameters(_mapping(content, "parameters")))
    if not parameters:
        raise ConfigError("The sweep has no parameters; name at least dataset, model and network.")
    parameters |= {key: Parameter((value,)) for key, value in fixed.items()}
    if method == "grid":
        ranges = [key for key, parameter in parameters.items() if not parameter.values]
        if ranges:
            raise ConfigError(f"A grid needs values for {ranges[0]}, not a range; list them, or use random.")
    return Sweep(
        name=str(content.get("name", name)),
        method=method,
        metric=str(metric.get("name", "val_loss")),
        goal=goal,
        parameters=parameters,
        early=_early(_mapping(content, "early_terminate"), parameters),
        run_cap=None if content.get("run_cap") is None else _count(content, "run_cap"),
    )


def _mapping(content: Mapping[str, Any], key: str, name: str = "") -> Mapping[str, Any]:
    """Return the keys under ``key``, none where it is missing or empty; ``name`` is for messages."""
    found = content.get(key)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise ConfigError(f"{name or key} must hold keys, each with its value, not {found!r}; correct it.")
    return found


def _count(content: Mapping[str, Any], key: str, of: str = "") -> int:
    found = content[key]
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise ConfigError(f"{key}{of} must be a whole number above 0, not {found!r}; correct it.")
    return found


def _parameters(content: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, Parameter]]:
    for key, about in content.items():
        name = f"{under}{key}"
        if not isinstance(about, Mapping):
            yield name, Parameter((about,))
        elif "parameters" in about:
            yield from _parameters(_mapping(about, "parameters", f"parameters of {name}"), f"{name}.")
        else:
            yield name, _parameter(name, about)


def _parameter(name: str, about: Mapping[str, Any]) -> Parameter:
    if "value" in about:
        return Parameter((about["value"],))
    if "values" in about:
        if not isinstance(about["values"], list) or not about["values"]:
            raise ConfigError(f"values of {name} must be a list that holds at least one.")
        return Parameter(tuple(about["values"]))
    low, high = about.get("min"), about.get("max")
    if not isinstance(low, int | float) or not isinstance(high, int | float) or low > high:
        raise ConfigError(f"{name} needs value, values, or numbers min and max; correct it.")
    whole = isinstance(low, int) and isinstance(high, int)
    kind = about.get("distribution", "int_uniform" if whole else "uniform")
    _check_word(kind, _RANGES, f"a distribution that inkread sweep knows ({name})")
    if kind == "log_uniform":  # W&B gives the exponents of e
        low, high = math.exp(low), math.exp(high)
    log, step = "log" in kind, about.get("q", 1) if kind.startswith("q_") else None
    if log and low <= 0:
        raise ConfigError(f"min of {name} must be above 0 for {kind}; raise it.")
    whole = whole and (kind == "int_uniform" or isinstance(step, int))
    return Parameter((), low, high, whole, log, step)


def _early(content: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> dict[str, int] | None:
    if not content:
        return None
    _check_word(content.get("type"), ("hyperband",), "a type of early_terminate")
    early = {}
    for key in content:
        if key not in _IGNORED_IN_EARLY:
            _check_word(key, ("min_iter", "max_iter", "eta", "s"), "a key of early_terminate")
            early[key] = _count(content, key, " of early_terminate")
    if not {"min_iter", "max_iter"} & set(early):
        raise ConfigError("early_terminate needs min_iter or max_iter, in epochs; add one.")
    epochs = parameters.get("train_args.epochs", Parameter()).values
    if "max_iter" not in early and len(epochs) == 1 and epochs[0] > early["min_iter"]:
        early["max_iter"] = epochs[0]
    return early


def _list_sweep(name: str, experiments: list[dict[str, Any]], fixed: Mapping[str, Any]) -> Sweep:
    numbers = Parameter(tuple(range(len(experiments))))
    return Sweep(
        name, "grid", "val_loss", "minimize", {EXPERIMENT: numbers}, None, None, tuple(experiments), fixed
    )


def _configs_of_commands(text: str) -> list[dict[str, Any]]:
    """Return the JSON of each line that runs ``run_experiment.py``; none if a line is something else."""
    configs: list[dict[str, Any]] = []
    for line in text.splitlines():
        if "run_experiment.py" in line and not line.lstrip().startswith("#"):
            words = [word for word in shlex.split(line) if word.startswith("{")]
            try:
                configs.append(json.loads(words[0]))
            except (IndexError, ValueError):
                raise ConfigError(f"This command has no JSON configuration: {line.strip()}") from None
    return configs


def _check_word(word: Any, known: Iterable[str], what: str) -> None:
    known = list(known)
    if word not in known:
        hint = did_you_mean(str(word), known)
        raise ConfigError(f"{word!r} is not {what}; {hint}use one of {', '.join(known)}.")
