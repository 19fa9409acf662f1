"""``Sweep``: a search space, how to go through it, and the configuration that each point of it makes.

Parameters are flat: ``train_args.batch_size`` names a key of a key. A list of experiments is a grid
over the number of the experiment.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inkread.errors import ConfigError

if TYPE_CHECKING:
    from optuna.pruners import BasePruner
    from optuna.trial import Trial

EXPERIMENT = "experiment"
"""Name of the one parameter of a list of experiments."""


@dataclass(frozen=True)
class Parameter:
    """One key of the configuration and the values it may take: ``values``, or from ``low`` to ``high``.

    ``whole`` ranges give integers, ``log`` ones are even in the logarithm, ``step`` rounds to its multiples.
    """

    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    log: bool = False
    step: float | None = None

    @property
    def labels(self) -> list[Any]:
        """The values as Optuna keeps them: a list or mapping becomes its JSON text."""
        return [value if _is_plain(value) else json.dumps(value, sort_keys=True) for value in self.values]

    def suggest(self, trial: Trial, name: str) -> Any:
        """Ask a trial for a value."""
        if self.values:
            labels = self.labels
            return self.values[labels.index(trial.suggest_categorical(name, labels))]
        if self.whole:
            value: float = trial.suggest_int(name, int(self.low), int(self.high), log=self.log)
        else:
            value = trial.suggest_float(name, self.low, self.high, log=self.log)
        if self.step:
            value = min(max(round(value / self.step) * self.step, self.low), self.high)
        return value

    def samples(self) -> tuple[Any, ...]:
        """Values to check a configuration with: all of them, or both ends."""
        if self.values:
            return self.values
        return (int(self.low), int(self.high)) if self.whole else (self.low, self.high)


@dataclass(frozen=True)
class Sweep:
    """A search: ``method`` grid, random or bayes over ``parameters``, for the best ``metric``.

    Attributes:
        name: of the study.
        goal: "minimize" or "maximize".
        early: W&B's ``early_terminate`` without its type, None for no pruning.
        run_cap: the most trials, None where the file says nothing.
        experiments: of a list; then the parameter is the number of one.
        fixed: dotted keys set for every trial over all else.
    """

    name: str
    method: str
    metric: str
    goal: str
    parameters: Mapping[str, Parameter]
    early: Mapping[str, int] | None = None
    run_cap: int | None = None
    experiments: tuple[Mapping[str, Any], ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int | None:
        """The number of points of the grid; None for another method."""
        if self.method != "grid":
            return None
        return math.prod(len(parameter.values) for parameter in self.parameters.values())

    @property
    def columns(self) -> list[str]:
        """Names of what differs between trials."""
        if not self.experiments:
            return [name for name, p in self.parameters.items() if len(p.values) != 1]
        configs = [flat(experiment) for experiment in self.experiments]
        names = {name: None for config in configs for name in config}
        differ = [name for name in names if any(c.get(name) != configs[0].get(name) for c in configs)]
        return [EXPERIMENT, *differ]

    def row(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what differs between trials for one of them; what an experiment leaves out is left out."""
        if self.experiments:
            values = {**flat(self.experiments[values[EXPERIMENT]]), **values}
        return {name: values[name] for name in self.columns if name in values}

    def suggest(self, trial: Trial) -> dict[str, Any]:
        """Ask a trial for the value of each parameter."""
        return {name: parameter.suggest(trial, name) for name, parameter in self.parameters.items()}

    def config(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the configuration of an experiment with these values."""
        if not self.experiments:
            return nested({**values, **self.fixed})
        return nested({**flat(self.experiments[values[EXPERIMENT]]), **self.fixed})

    def configs_to_check(self) -> Iterator[dict[str, Any]]:
        """Yield configurations that hold each value of each parameter at least once."""
        first = {name: parameter.samples()[0] for name, parameter in self.parameters.items()}
        yield self.config(first)
        for name, parameter in self.parameters.items():
            for value in parameter.samples()[1:]:
                yield self.config({**first, name: value})

    def pruner(self) -> BasePruner:
        """Return the pruner that ``early_terminate`` asks for; its resource is the epoch, from 1."""
        from optuna.pruners import HyperbandPruner, NopPruner

        if self.early is None:
            return NopPruner()
        eta, most = self.early.get("eta", 3), self.early.get("max_iter")
        least = self.early.get("min_iter") or max((most or 1) // eta ** self.early.get("s", 1), 1)
        return HyperbandPruner(least, most or "auto", eta)

    def described(self) -> dict[str, Any]:
        """Return all that decides the trials, as JSON values: a study goes on with the same sweep only."""
        parts = (self.method, self.metric, self.goal, self.early and dict(self.early))
        space = {name: vars(parameter) for name, parameter in self.parameters.items()}
        whole = [parts, space, [dict(e) for e in self.experiments], dict(self.fixed)]
        return {"sweep": json.loads(json.dumps(whole, sort_keys=True))}


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn ``{"a.b": 1}`` into ``{"a": {"b": 1}}``."""
    result: dict[str, Any] = {}
    for name, value in values.items():
        *levels, last = name.split(".")
        place = result
        for level in levels:
            place = place.setdefault(level, {})
            if not isinstance(place, dict):
                raise ConfigError(f"{name} and {level} are both set; keep one of them.")
        if isinstance(value, Mapping) and isinstance(place.get(last), dict):
            place[last].update(value)
        else:
            place[last] = dict(value) if isinstance(value, Mapping) else value
    return result


def flat(values: Mapping[str, Any], under: str = "") -> dict[str, Any]:
    """Turn ``{"a": {"b": 1}}`` into ``{"a.b": 1}``."""
    result: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            result |= flat(value, f"{under}{name}.")
        else:
            result[under + name] = value
    return result


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)
