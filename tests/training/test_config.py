"""Configurations: where they come from, what changes them, and what each mistake is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inkread.errors import ConfigError
from inkread.training.config import ExperimentConfig, load_config, override_setting, split_train_args

TINY = "tests.training.tiny_data.TinyCharacters"
PLAIN: dict[str, Any] = {"dataset": TINY, "model": "CharacterModel", "network": "mlp"}
YAML = f"""
dataset: {TINY}
model: CharacterModel
network: mlp
network_args: {{num_layers: 2}}
train_args:
  learning_rate: 1e-3
"""


def test_text_and_files_of_both_kinds_give_the_same(tmp_path: Path) -> None:
    settings = PLAIN | {"network_args": {"num_layers": 2}, "train_args": {"learning_rate": 1e-3}}
    (tmp_path / "a.yaml").write_text(YAML)
    (tmp_path / "a.json").write_text(json.dumps(settings))
    configs = [
        load_config(tmp_path / "a.yaml"),
        load_config(str(tmp_path / "a.json")),
        load_config(json.dumps(settings)),
    ]
    assert configs[0] == configs[1] == configs[2]
    assert configs[0].train_args == {"learning_rate": 0.001}
    assert configs[0].label == "CharacterModel_TinyCharacters_mlp"
    assert ExperimentConfig.from_mapping(configs[0].as_dict()) == configs[0]


def test_overrides_set_keys_of_keys() -> None:
    config = load_config(
        json.dumps(PLAIN),
        [
            "train_args.batch_size=64",
            "dataset_args.subsample_fraction=0.5",
            "network=lenet",
            "experiment_group=mine",
        ],
    )
    assert config.train_args == {"batch_size": 64}
    assert config.dataset_args == {"subsample_fraction": 0.5}
    assert (config.network, config.experiment_group) == ("lenet", "mine")


def test_the_model_s_own_network_is_taken_where_none_is_named() -> None:
    assert load_config(json.dumps({"dataset": TINY, "model": "CharacterModel"})).network == "mlp"


def test_the_readme_s_name_of_subsample_fraction_is_understood() -> None:
    config = ExperimentConfig.from_mapping(PLAIN | {"dataset_args": {"subsample_function": 0.25}})
    assert config.dataset_args == {"subsample_fraction": 0.25}
    with pytest.raises(ConfigError, match="are the same"):
        both = {"subsample_function": 0.25, "subsample_fraction": 0.5}
        ExperimentConfig.from_mapping(PLAIN | {"dataset_args": both})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"netwrok": "mlp"}, r"'netwrok'.*'network'"),
        ({"dataset_args": {"subsample_fracton": 1}}, r"'subsample_fracton'.*'subsample_fraction'"),
        ({"network_args": {"layersize": 8}}, r"'layersize'.*'layer_size'"),
        ({"train_args": {"batchsize": 8}}, r"'batchsize'.*'batch_size'"),
        ({"train_args": {"learning_rat": 8}}, r"'learning_rat'.*'learning_rate'"),
        ({"train_args": {"steps": 8}}, r"no key 'steps'"),
        ({"dataset": "EmnistDatset"}, r"'EmnistDatset'.*'EmnistDataset'"),
        ({"model": "CharModel"}, r"'CharModel'.*'CharacterModel'"),
        ({"network": "lennet"}, r"'lennet'.*'lenet'"),
        ({"dataset": ""}, r"names no dataset"),
        ({"train_args": {"batch_size": "many"}}, r"train_args.batch_size is a whole number, not 'many'"),
        ({"train_args": {"batch_size": 2.5}}, r"train_args.batch_size is a whole number, not 2.5"),
        ({"train_args": {"batch_size": True}}, r"train_args.batch_size is a whole number, not True"),
        ({"train_args": {"learning_rate": "high"}}, r"train_args.learning_rate is a number"),
        ({"train_args": [1]}, r"train_args is a mapping"),
        ({"train_args": {"batch_size": 0}}, r"batch_size is a whole number, 1 or more"),
        ({"train_args": {"augment": 1}}, r"train_args.augment is true or false"),
        ({"train_args": {"precision": "foo"}}, r"no precision 'foo'"),
        ({"train_args": {"precision": "bf16mixed"}}, r"did you mean 'bf16-mixed'"),
        ({"train_args": {"workers": -1}}, r"workers is a whole number, 0 or more, not -1"),
        ({"train_args": {"threads": -1}}, r"threads is a whole number, 1 or more, not -1"),
        ({"train_args": {"seed": -1}}, r"seed is a whole number, 0 or more, not -1"),
        ({"train_args": {"seed": 2**32}}, r"seed is below 2 to the power of 32"),
        ({"train_args": {"clip": -1}}, r"clip is a number, 0 or more, not -1"),
        ({"train_args": {"devices": "x"}}, r"devices are numbers of GPUs.*not 'x'"),
        ({"train_args": {"devices": 0}}, r"devices are numbers of GPUs.*not 0"),
        ({"train_args": {"learning_rate": 1e9999}}, r"learning_rate is a number of 0 or more, not inf"),
        ({"train_args": {"ema": 2}}, r"ema is a number from 0 to 1, not 2"),
        ({"network": "fcn"}, r"fcn does not fit CharacterModel; use mlp or lenet or character_cnn"),
        ({"network": "json.decoder"}, r"json.decoder is no network"),
        ({"dataset": "FolderLinesDataset"}, r"FolderLinesDataset needs path; add it to dataset_args"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named) as raised:
        ExperimentConfig.from_mapping(PLAIN | change)
    assert "\n" not in str(raised.value)


def test_another_name_of_a_network_fits_and_devices_may_be_a_count_or_numbers() -> None:
    lines = {"dataset": "tests.training.tiny_data.TinyLines", "model": "LineModelCtc", "network": "lstm"}
    for devices in (2, [0, 3]):
        config = ExperimentConfig.from_mapping(lines | {"train_args": {"devices": devices}})
        assert config.train_args["devices"] == devices


def test_a_whole_float_is_a_whole_number_and_an_int_a_number() -> None:
    config = ExperimentConfig.from_mapping(
        PLAIN | {"train_args": {"batch_size": 64.0, "clip": 5, "threads": None}}
    )
    assert config.train_args == {"batch_size": 64, "clip": 5.0, "threads": None}
    assert isinstance(config.train_args["batch_size"], int)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{'dataset': 1}", "is no JSON"),
        ("missing.yaml", "cannot be read"),
        ("list.yaml", "is no experiment"),
        ("broken.yaml", "is no YAML"),
        ("broken.json", "is no JSON"),
        ("reader.yaml", "run inkread train reader.yaml"),
    ],
)
def test_what_is_no_configuration_is_one_sentence(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.yaml").write_text("- 1\n- 2\n")
    (tmp_path / "broken.yaml").write_text("a: [1\nb: 2")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "reader.yaml").write_text("name: a\nsources: []\noptimisation: {steps: 1}\n")
    with pytest.raises(ConfigError, match=message) as raised:
        load_config(text)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("override", ["train_args", "=3", "network.x=3"])
def test_an_override_that_sets_nothing_is_told(override: str) -> None:
    with pytest.raises(ConfigError, match=r"override|reaches into"):
        override_setting(dict(PLAIN), override)


def test_train_args_are_split_by_what_they_belong_to() -> None:
    fitting, optimisation = split_train_args({"batch_size": 8, "learning_rate": 0.1, "epochs": 2, "ema": 0.9})
    assert fitting == {"batch_size": 8, "epochs": 2}
    assert optimisation == {"learning_rate": 0.1, "ema": 0.9}
