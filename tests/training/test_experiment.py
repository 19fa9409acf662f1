"""An experiment from beginning to end on tiny data: its folder, its scores, and going on after a stop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from inkread.datasets.dataset import Dataset
from inkread.errors import ConfigError
from inkread.training.config import ExperimentConfig
from inkread.training.experiment import read_scores, run_experiment
from inkread.training.models.names import open_weights
from inkread.training.run_log import hush_lightning, read_rows

hush_lightning()
TRAINING: dict[str, Any] = {"batch_size": 8, "epochs": 4, "workers": 0, "learning_rate": 3e-3}


def config_of(**changes: Any) -> ExperimentConfig:
    plain = {
        "dataset": "tests.training.tiny_data.TinyCharacters",
        "model": "CharacterModel",
        "network": "mlp",
        "network_args": {"layer_size": 64, "num_layers": 2},
        "train_args": TRAINING,
    }
    return ExperimentConfig.from_mapping(plain | changes)


def weights_of(checkpoint: Path) -> Mapping[str, torch.Tensor]:
    state: Mapping[str, torch.Tensor] = torch.load(checkpoint, weights_only=False)["state_dict"]
    return state


def assert_same_weights(one: Path, other: Path) -> None:
    first, second = weights_of(one), weights_of(other)
    assert first.keys() == second.keys()
    for name in first:
        assert torch.equal(first[name], second[name]), name


def splits_asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that takes the name of every split opened from now on."""
    asked: list[str] = []
    split = Dataset.split

    def spy(self: Dataset, name: Any) -> Any:
        asked.append(name)
        return split(self, name)

    monkeypatch.setattr(Dataset, "split", spy)
    return asked


def test_the_folder_holds_all_that_a_run_was(tmp_path: Path) -> None:
    out, said = tmp_path / "run", []
    scores = run_experiment(
        config_of(experiment_group="mine"), out, data=tmp_path, weights=tmp_path / "weights", say=said.append
    )
    assert {path.name for path in out.iterdir()} == {
        "config.json", "versions.json", "metrics.csv", "curves.png", "examples.png", "confusion.png",
        "classes.csv", "best.ckpt", "last.ckpt", "score.json",
    }  # fmt: skip
    assert ExperimentConfig.from_mapping(json.loads((out / "config.json").read_text())) == config_of(
        experiment_group="mine"
    )
    assert {"python", "torch", "numpy"} <= json.loads((out / "versions.json").read_text()).keys()
    rows = read_rows(out / "metrics.csv")
    assert [(row["epoch"], row["step"]) for row in rows] == [(1, 3), (2, 6), (3, 9), (4, 12)]
    assert rows[-1]["loss"] < rows[0]["loss"] and {"val_loss", "val_accuracy", "seconds"} <= rows[0].keys()
    assert (out / "metrics.csv").read_text().splitlines()[1].startswith("1,3,")
    assert scores == read_scores(out)
    assert scores.keys() == {"val_loss", "val_accuracy", "test_loss", "test_accuracy"}
    assert scores["val_accuracy"] == pytest.approx(max(row["val_accuracy"] for row in rows))
    header, *classes = (out / "classes.csv").read_text().splitlines()
    assert header == "class,count,precision,recall" and [row[0] for row in classes] == list("abcdef")
    assert sum(int(row.split(",")[1]) for row in classes) == 8
    for name in ("curves", "examples", "confusion"):
        assert np.ptp(np.asarray(Image.open(out / f"{name}.png"))) > 0
    (saved,) = (tmp_path / "weights").glob("CharacterModel_TinyCharacters_mlp_weights.safetensors")
    averaged = {
        k[16:]: v for k, v in weights_of(out / "best.ckpt").items() if k.startswith("averaged.module.")
    }
    for name, value in open_weights(saved).network.state_dict().items():
        assert torch.equal(value, averaged[name])
    assert len([line for line in said if line.startswith("epoch ")]) == 4


def test_the_test_split_is_opened_once_at_the_end_or_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = splits_asked_for(monkeypatch)
    seen: list[tuple[int, set[str]]] = []

    def report(epoch: int, row: Mapping[str, float]) -> None:
        assert "test" not in asked
        seen.append((epoch, set(row)))

    scores = run_experiment(config_of(), tmp_path / "a", data=tmp_path, test=False, report=report)
    assert "test" not in asked and not any(name.startswith("test") for name in scores)
    assert [epoch for epoch, _ in seen] == [1, 2, 3, 4]
    assert all({"loss", "val_loss", "val_accuracy"} <= names for _, names in seen)
    run_experiment(config_of(), tmp_path / "b", data=tmp_path, report=report)
    assert "test" in asked


@pytest.mark.parametrize("stop", [1, 3])
def test_a_stopped_run_goes_on_to_the_same_weights_and_rows(stop: int, tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def report(epoch: int, _: Mapping[str, float]) -> None:
        if epoch == stop:
            raise Stop

    unbroken = run_experiment(config_of(), tmp_path / "a", data=tmp_path)
    with pytest.raises(Stop):
        run_experiment(config_of(), tmp_path / "b", data=tmp_path, report=report)
    assert not (tmp_path / "b" / "score.json").exists()
    resumed = run_experiment(config_of(), tmp_path / "b", data=tmp_path, resume=True)
    assert resumed == unbroken
    for name in ("last.ckpt", "best.ckpt"):
        assert_same_weights(tmp_path / "a" / name, tmp_path / "b" / name)
    rows = [read_rows(tmp_path / run / "metrics.csv") for run in "ab"]
    for one, other in zip(*rows, strict=True):
        one.pop("seconds"), other.pop("seconds")
        assert one == other


def test_a_finished_run_gives_its_scores_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = run_experiment(config_of(), tmp_path / "run", data=tmp_path)
    asked = splits_asked_for(monkeypatch)
    assert run_experiment(config_of(), tmp_path / "run", data=tmp_path, resume=True) == scores
    assert asked == []


def test_a_finished_run_still_saves_its_weights(tmp_path: Path) -> None:
    run_experiment(config_of(), tmp_path / "run", data=tmp_path)
    run_experiment(config_of(), tmp_path / "run", data=tmp_path, resume=True, weights=tmp_path / "weights")
    (saved,) = (tmp_path / "weights").glob("*.safetensors")
    best = weights_of(tmp_path / "run" / "best.ckpt")
    for name, value in open_weights(saved).network.state_dict().items():
        assert torch.equal(value, best[f"averaged.module.{name}"])


@pytest.mark.parametrize("name", ["last.ckpt", "config.json", "score.json"])
def test_a_damaged_file_is_named(name: str, tmp_path: Path) -> None:
    out = tmp_path / "run"
    run_experiment(config_of(), out, data=tmp_path)
    (out / name).write_bytes((out / name).read_bytes()[:20])
    if name == "last.ckpt":
        (out / "score.json").unlink()
    with pytest.raises(ConfigError, match=f"{name} is (missing or )?damaged; remove the file"):
        run_experiment(config_of(), out, data=tmp_path, resume=True)


@pytest.mark.parametrize("settings", [{"layer_size": "x"}, {"num_layers": -5}, {"dropout_amount": 7}])
def test_a_setting_of_the_network_out_of_range_leaves_no_folder(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=f"{next(iter(settings))} is a "):
        run_experiment(config_of(network_args=settings), tmp_path / "run", data=tmp_path)
    assert not (tmp_path / "run").exists()


def test_a_subsample_fraction_is_a_number(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="subsample_fraction is above 0 and at most 1, not 'x'"):
        run_experiment(config_of(dataset_args={"subsample_fraction": "x"}), tmp_path / "run", data=tmp_path)


def test_a_folder_with_a_run_is_not_written_over(tmp_path: Path) -> None:
    run_experiment(config_of(), tmp_path / "run", data=tmp_path, test=False)
    before = (tmp_path / "run" / "last.ckpt").read_bytes()
    with pytest.raises(ConfigError, match="add --resume"):
        run_experiment(config_of(), tmp_path / "run", data=tmp_path)
    with pytest.raises(ConfigError, match="begun with another network_args and train_args"):
        changed = config_of(network_args={"layer_size": 8}, train_args=TRAINING | {"epochs": 5})
        run_experiment(changed, tmp_path / "run", data=tmp_path, resume=True)
    assert (tmp_path / "run" / "last.ckpt").read_bytes() == before


def test_data_and_model_that_do_not_fit_leave_no_folder(tmp_path: Path) -> None:
    config = config_of(model="LineModelCtc", network="line_lstm_ctc", network_args={})
    with pytest.raises(ConfigError, match="LineModelCtc is for lines"):
        run_experiment(config, tmp_path / "run", data=tmp_path)
    assert not (tmp_path / "run").exists()
