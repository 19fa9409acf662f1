"""``ExperimentConfig``: what is trained on what, from JSON, YAML and dotted overrides, checked by name.

Every key is looked for before any data are opened: one that there is not is an error that names the
nearest right one, down to the arguments of the data set and of the network.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import yaml

from inkread.datasets.names import arguments_of, did_you_mean, find_dataset
from inkread.errors import ConfigError
from inkread.training.fitting import FitSettings
from inkread.training.models.names import find_model
from inkread.training.models.optimisation import Optimisation
from inkread.training.named import check_arguments
from inkread.training.networks.names import check_fit, find_network

_ALIASES = {"subsample_function": "subsample_fraction"}  # as the original's README has it
_OURS = {"steps"}  # follows from the epochs
_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text", dict: "a mapping"}


@dataclass(frozen=True)
class ExperimentConfig:
    """An experiment: these keys are those of its JSON or YAML.

    Attributes:
        dataset: class name of a data set, or the dotted path of one of your own.
        model: class name of a model, or a dotted path.
        network: name of a network, or a dotted path; the model's own choice without it.
        dataset_args: for the data set, such as ``subsample_fraction`` or ``max_length``.
        network_args: for the network, such as ``layer_size`` or ``window_width``.
        train_args: fields of ``FitSettings`` and ``Optimisation``, such as ``batch_size``.
        experiment_group: a name that joins experiments, for Weights & Biases.
    """

    dataset: str
    model: str
    network: str = ""
    dataset_args: dict[str, Any] = field(default_factory=dict)
    network_args: dict[str, Any] = field(default_factory=dict)
    train_args: dict[str, Any] = field(default_factory=dict)
    experiment_group: str | None = None

    @classmethod
    def from_mapping(cls, settings: Mapping[str, Any]) -> ExperimentConfig:
        """Check settings and return them as a configuration.

        Raises:
            ConfigError: a name or key that there is not, or a value of the wrong kind.
        """
        _check_keys(settings, [entry.name for entry in dataclasses.fields(cls)], "An experiment")
        missing = [key for key in ("dataset", "model") if not settings.get(key)]
        if missing:
            raise ConfigError(f"The experiment names no {' and no '.join(missing)}; add the key.")
        values = {key: value for key, value in settings.items() if value is not None}
        values = {key: _coerce(key, value, get_type_hints(cls)[key]) for key, value in values.items()}
        config = cls(**values)
        if not config.network:
            config = dataclasses.replace(config, network=find_model(config.model).default_network())
        return config._checked()

    def _checked(self) -> ExperimentConfig:
        """Return the configuration with its arguments under their right names and of their right kinds."""
        find_model(self.model)
        dataset = dict(self.dataset_args)
        for old, new in _ALIASES.items():
            if old in dataset and new in dataset:
                raise ConfigError(f"{old} and {new} are the same; give one of them.")
            if old in dataset:
                dataset[new] = dataset.pop(old)
        known = arguments_of(find_dataset(self.dataset))
        _check_keys(dataset, known, self.dataset)
        lacking = [key for key, default in known.items() if default is inspect.Parameter.empty]
        lacking = [key for key in lacking if key not in dataset]
        if lacking:
            raise ConfigError(f"{self.dataset} needs {' and '.join(lacking)}; add it to dataset_args.")
        check_fit(self.model, self.network)
        check_arguments(find_network(self.network), self.network_args, f"network {self.network}")
        hints = {**get_type_hints(FitSettings), **get_type_hints(Optimisation)}
        names = [entry.name for kind in (FitSettings, Optimisation) for entry in dataclasses.fields(kind)]
        _check_keys(self.train_args, [name for name in names if name not in _OURS], "train_args")
        train = {k: _coerce(f"train_args.{k}", v, hints[k]) for k, v in self.train_args.items()}
        fitting, optimisation = split_train_args(train)
        devices = fitting.get("devices", ())
        if isinstance(devices, int) and not isinstance(devices, bool) and devices > 0:
            devices = range(devices)  # so many free ones
        (
            FitSettings(**{**fitting, "devices": devices}),
            Optimisation(**optimisation),
        )  # which check their ranges
        return dataclasses.replace(self, dataset_args=dataset, train_args=train)

    @property
    def label(self) -> str:
        """``Model_Dataset_network``, the name of its weights; of a dotted path the last part."""
        return "_".join(name.rpartition(".")[2] for name in (self.model, self.dataset, self.network))

    def as_dict(self) -> dict[str, Any]:
        """Return the keys and values, ready for JSON."""
        return dataclasses.asdict(self)


def load_config(source: str | Path, overrides: Iterable[str] = ()) -> ExperimentConfig:
    """Read a configuration.

    Args:
        source: JSON text (it begins with a brace), or the path of a JSON or YAML file.
        overrides: ``key=value`` each, dotted for a key of a key: ``train_args.batch_size=64``;
            the value is JSON, or else a text.

    Raises:
        ConfigError: no such file, no JSON or YAML, or whatever ``from_mapping`` finds.
    """
    settings = read_settings(source)
    for override in overrides:
        override_setting(settings, override)
    return ExperimentConfig.from_mapping(settings)


def read_settings(source: str | Path) -> dict[str, Any]:
    """Read JSON text, a JSON or a YAML file, unchecked.

    Raises:
        ConfigError: as ``load_config`` does.
    """
    text, what = str(source).strip(), "The text"
    if not text.startswith("{"):
        what = f"The file {source}"
        try:
            text = Path(source).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The experiment {source} cannot be read ({error}); "
                "name a JSON or YAML file, or give JSON text in quotes."
            ) from None
    try:
        is_yaml = text is not str(source).strip() and Path(source).suffix.lower() != ".json"
        settings = yaml.load(text, _Loader) if is_yaml else json.loads(text)
    except (ValueError, yaml.YAMLError) as error:
        kind, reason = "YAML" if is_yaml else "JSON", " ".join(str(error).split())
        raise ConfigError(f"{what} is no {kind} ({reason}); correct it.") from None
    if not isinstance(settings, dict):
        raise ConfigError(f"{what} is no experiment; it must hold keys such as dataset, model and network.")
    if "sources" in settings and "dataset" not in settings:
        raise ConfigError(
            f"{source} is a recipe of the page reader's; run inkread train {source} --out FOLDER."
        )
    return settings


def override_setting(settings: dict[str, Any], override: str) -> None:
    """Set one dotted key in place.

    Raises:
        ConfigError: no ``=``, or a key below something that is no mapping.
    """
    path, equals, text = override.partition("=")
    *parents, last = path.strip().lstrip("-").split(".")
    if not equals or not last:
        raise ConfigError(f"{override!r} overrides nothing; write key=value, as in train_args.batch_size=64.")
    place = settings
    for parent in parents:
        place = place.setdefault(parent, {})
        if not isinstance(place, dict):
            raise ConfigError(f"{override!r} reaches into {parent}, which is no mapping; correct the key.")
    try:
        place[last] = json.loads(text)
    except ValueError:
        place[last] = text


def split_train_args(train_args: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arguments of ``FitSettings`` and those of ``Optimisation``."""
    fit = {entry.name for entry in dataclasses.fields(FitSettings)}
    return (
        {key: value for key, value in train_args.items() if key in fit},
        {key: value for key, value in train_args.items() if key not in fit},
    )


class _Loader(yaml.SafeLoader):
    """YAML in which 1e-3 is a number, as in JSON and in YAML 1.2."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9][0-9_]*(\.[0-9]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def _check_keys(given: Iterable[str], known: Iterable[str], what: str) -> None:
    known = list(known)
    for key in given:
        if key not in known:
            choices = f"use one of {', '.join(known)}" if known else "it takes none"
            raise ConfigError(f"{what} has no key {key!r}; {did_you_mean(str(key), known)}{choices}.")


def _coerce(key: str, value: Any, hint: Any) -> Any:
    """Return a value as the kind its field has; a float without fraction passes for a whole number."""
    kinds = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    kinds = tuple(get_origin(kind) or kind for kind in kinds)
    if value is None and NoneType in kinds:
        return None
    for kind in kinds:
        if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if kind is int and isinstance(value, float) and value.is_integer():
            return int(value)
        if kind not in _KINDS or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
            return value
    names = " or ".join(_KINDS[kind] for kind in kinds if kind in _KINDS)
    raise ConfigError(f"{key} is {names}, not {value!r}; correct it.")
