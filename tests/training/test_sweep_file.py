"""Sweep files in W&B's format, lists of experiments and lines of commands, as a search."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from inkread.errors import ConfigError
from inkread.training.experiment_list import read_experiments
from inkread.training.sweep_file import load_sweep, parse_setting
from inkread.training.sweep_space import flat, nested

TRAINING = Path(__file__).parents[2] / "training"
START = "method: random\nparameters:\n  network: {value: mlp}\n"


def read(folder: Path, text: str, *fixed: str):
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return load_sweep(path, fixed)


@pytest.mark.parametrize("name", ["sweep_emnist.yaml", "sweep_iam.yaml"])
def test_the_sweep_files_of_the_original_are_grids_of_experiments(name: str) -> None:
    sweep = load_sweep(TRAINING / name)
    assert sweep.method == "grid" and sweep.metric == "val_loss" and sweep.goal == "minimize"
    configs = list(sweep.configs_to_check())
    assert sweep.size and sweep.size > 1 and len(configs) > 2
    assert all({"dataset", "model", "network"} <= set(config) for config in configs)


def test_values_ranges_and_nested_parameters_become_flat_settings(tmp_path: Path) -> None:
    sweep = read(
        tmp_path,
        """
        method: bayes
        metric: {name: val_accuracy, goal: maximize}
        run_cap: 7
        parameters:
          dataset: EmnistDataset
          network_args: {parameters: {layer_size: {values: [64, 128]}, depth: {min: 1, max: 4}}}
          train_args.learning_rate: {min: 1e-4, max: 0.1, distribution: log_uniform_values}
          train_args.ema: {min: -3, max: 0, distribution: log_uniform}
        """,
    )
    assert (sweep.goal, sweep.run_cap, sweep.size) == ("maximize", 7, None)
    rate, depth = sweep.parameters["train_args.learning_rate"], sweep.parameters["network_args.depth"]
    assert rate.log and rate.low == 1e-4 and depth.whole and depth.samples() == (1, 4)
    assert sweep.parameters["train_args.ema"].low == pytest.approx(math.exp(-3))
    config = next(sweep.configs_to_check())
    assert config["network_args"] == {"layer_size": 64, "depth": 1} and config["dataset"] == "EmnistDataset"
    assert "network_args.layer_size" in sweep.columns and "dataset" not in sweep.columns


def test_a_setting_takes_the_place_of_a_parameter(tmp_path: Path) -> None:
    text = "parameters: {network: {values: [mlp, lenet]}, train_args.epochs: {values: [1, 2]}}"
    sweep = read(tmp_path, text, "network=lenet", "dataset_args.num_train=5")
    assert sweep.size == 2
    assert list(sweep.configs_to_check()) == [
        {"network": "lenet", "train_args": {"epochs": n}, "dataset_args": {"num_train": 5}} for n in (1, 2)
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("metod: grid\nparameters: {a: {value: 1}}", "did you mean 'method'"),
        ("method: gird\nparameters: {a: {value: 1}}", "did you mean 'grid'"),
        ("method: grid", "no parameters"),
        ("method: grid\nparameters: {a: {min: 0.0, max: 1.0}}", "list them, or use random"),
        (START + "  a: {min: 1}", "needs value, values, or numbers min and max"),
        (START + "  a: {values: []}", "must be a list"),
        (START + "  a: {min: 0, max: 1, distribution: normal}", "not a distribution"),
        (START + "  a: {min: 0.0, max: 1.0, distribution: log_uniform_values}", "above 0"),
        (START + "early_terminate: {type: hyperband}", "needs min_iter or max_iter"),
        (START + "early_terminate: {type: envelope}", "not a type of early_terminate"),
        (START + "early_terminate: {type: hyperband, min_iter: 0}", "above 0"),
        (START + "early_terminate: {type: hyperband, min_iter: true}", "above 0"),
        (START + "early_terminate: 3", "early_terminate must hold keys"),
        (START + "run_cap: x", "run_cap must be a whole number above 0"),
        (START + "run_cap: 0", "run_cap must be a whole number above 0"),
        (START + "metric: val_loss", "metric must hold keys"),
        (START + "  a: {parameters: 3}", "parameters of a must hold keys"),
        ("method: grid\nparameters: [1]", "parameters must hold keys"),
        ("metric: {goal: smallest}\nparameters: {a: 1}", "not a goal"),
        ("a: [", "not YAML"),
        ("just text", "no sweep"),
        ('{"experiments": []}', "lists no experiments"),
        ('{"experiments": [1]}', "must be a list of configurations"),
        ("training/run_experiment.py --gpu=1", "no JSON configuration"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(text: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=what):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_sweep(tmp_path / "none.yaml")


def test_epochs_bound_the_pruning_that_names_no_end(tmp_path: Path) -> None:
    early = "\nearly_terminate: {type: hyperband, min_iter: 2, eta: 2, strict: true}"
    sweep = read(tmp_path, START + "  train_args.epochs: {value: 16}" + early)
    assert sweep.early == {"min_iter": 2, "eta": 2, "max_iter": 16}


def test_a_list_of_experiments_and_its_commands_are_the_same_search(tmp_path: Path) -> None:
    experiments = [{"network": "mlp", "network_args": {"num_layers": n}} for n in (2, 4)]
    content = {"experiment_group": "Ours", "experiments": [*experiments, {"network": "lenet"}]}
    (tmp_path / "list.json").write_text(json.dumps(content), encoding="utf-8")
    listed = load_sweep(tmp_path / "list.json", ["train_args.epochs=1"])
    assert listed.size == 3
    assert listed.config({"experiment": 1}) == {
        "experiment_group": "Ours", "network": "mlp", "network_args": {"num_layers": 4},
        "train_args": {"epochs": 1},
    }  # fmt: skip
    assert listed.columns == ["experiment", "network", "network_args.num_layers"]
    assert listed.row({"experiment": 2}) == {"experiment": 2, "network": "lenet"}
    lines = [f"training/run_experiment.py --gpu=-1 '{json.dumps(e)}'\n" for e in listed.experiments]
    (tmp_path / "list.sh").write_text("# three\n" + "".join(lines), encoding="utf-8")
    assert load_sweep(tmp_path / "list.sh", ["train_args.epochs=1"]).experiments == listed.experiments


def test_an_experiment_s_own_group_wins_over_its_list_s() -> None:
    listed = {"experiment_group": "Ours", "experiments": [{"network": "mlp"}, {"experiment_group": "Mine"}]}
    assert [one["experiment_group"] for one in read_experiments(listed, "x")] == ["Ours", "Mine"]


def test_settings_are_json_or_python_or_text() -> None:
    read = [parse_setting(s) for s in ("--a.b=1e-3", "c=True", "d=None", "e=mlp", 'f={"g": [1]}')]
    assert dict(read) == {"a.b": 1e-3, "c": True, "d": None, "e": "mlp", "f": {"g": [1]}}
    with pytest.raises(ConfigError, match="key=value"):
        parse_setting("--save")


def test_nested_and_flat_undo_each_other() -> None:
    values = {"a": 1, "b.c": 2, "b.d.e": [3]}
    assert flat(nested(values)) == values
    assert nested({"b": {"c": 1}, "b.d": 2}) == {"b": {"c": 1, "d": 2}}
    with pytest.raises(ConfigError, match="both set"):
        nested({"b": 1, "b.c": 2})
