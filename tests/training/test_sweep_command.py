"""``inkread sweep`` and ``training/run_sweep.py`` as a user, or an agent of W&B, runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from inkread.cli import main
from inkread.errors import ConfigError

pytest.importorskip("optuna")
pytest.importorskip("torch")

from inkread.training.sweep_agent import experiment_command, read_chosen

ROOT = Path(__file__).parents[2]
TINY = "tests.training.tiny_data.TinyCharacters"
FILE = f"""
method: grid
metric: {{name: val_loss, goal: minimize}}
parameters:
  dataset: {{value: {TINY}}}
  model: {{value: CharacterModel}}
  network: {{value: mlp}}
  network_args.layer_size: {{values: [8, 16]}}
  train_args: {{parameters: {{epochs: {{value: 2}}, batch_size: {{value: 8}}, workers: {{value: 0}}}}}}
"""


@pytest.fixture
def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def invoke(text: str, *arguments: str) -> Result:
        Path("mine.yaml").write_text(text, encoding="utf-8")
        return CliRunner().invoke(
            main, ["sweep", "mine.yaml", "--gpu=cpu", *arguments], catch_exceptions=False
        )

    return invoke


def test_a_grid_gives_a_table_a_csv_and_a_picture_and_leaves_test_alone(sweep, tmp_path: Path) -> None:
    done = sweep(FILE, "--storage", "study.log")
    assert done.exit_code == 0, done.output
    out = tmp_path / "runs" / "sweeps" / "mine"
    assert (out / "results.csv").read_text().splitlines()[0].startswith("trial,state,val_loss,seconds")
    assert (out / "parallel.png").stat().st_size > 1000
    assert "trial 2 of 2: val_loss" in done.output and "layer_size" in done.output
    scores = json.loads((out / "trial-0001" / "score.json").read_text())
    assert "val_loss" in scores and not any(name.startswith("test_") for name in scores)
    assert (out / "trial-0002" / "last.ckpt").exists()
    again = sweep(FILE, "--storage", "study.log")
    assert again.exit_code == 0 and "trial 1 of 2" not in again.output


def test_a_list_of_experiments_is_run_with_its_test_scores(sweep, tmp_path: Path) -> None:
    experiment = {
        "dataset": TINY, "model": "CharacterModel", "network": "mlp", "network_args": {"layer_size": 8},
        "train_args": {"epochs": 1, "batch_size": 8, "workers": 0},
    }  # fmt: skip
    done = sweep(json.dumps({"experiments": [experiment]}), "--out", "here")
    assert done.exit_code == 0, done.output
    assert "test_accuracy" in json.loads((tmp_path / "here" / "trial-0001" / "score.json").read_text())


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        (["network_args.layer_sise=3"], "layer_sise"),
        (["train_args.batchsize=3"], "batch_size"),
        (["network=mpl"], "mlp"),
        (["train_args.epochs=many"], "epochs"),
    ],
)
def test_a_wrong_name_or_value_is_refused_before_the_first_trial(settings, what, sweep, tmp_path) -> None:
    done = sweep(FILE, *(word for setting in settings for word in ("--set", setting)))
    assert done.exit_code == 2 and what in done.output and "trial 1" not in done.output
    assert not (tmp_path / "runs").exists()


def test_what_an_agent_gives_becomes_an_experiment() -> None:
    given = [
        "--dataset=EmnistDataset",
        "--train_args.epochs=2",
        "--network_args.bias=True",
        "--gpu=-1",
        "--save",
    ]
    experiment, text, *options = experiment_command(given)
    assert experiment == "experiment" and options == ["--gpu=-1", "--save"]
    expected = {"dataset": "EmnistDataset", "train_args": {"epochs": 2}, "network_args": {"bias": True}}
    assert json.loads(text) == expected
    spaced = ["--dataset", "EmnistDataset", "train_args.epochs=2", '{"network_args": {"bias": true}}']
    assert json.loads(experiment_command(spaced)[1]) == expected
    with pytest.raises(ConfigError, match="needs settings"):
        experiment_command(["--gpu", "-1"])


def test_what_an_agent_keeps_in_a_file_is_used_without_arguments(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("wandb_version: 1\nnetwork: {value: mlp}\ntrain_args.epochs: {value: 2}\n")
    assert read_chosen(path) == {"network": "mlp", "train_args.epochs": 2}
    assert read_chosen(None) is None and read_chosen(tmp_path / "none.yaml") is None
    given = experiment_command(["--gpu=cpu"], read_chosen(path))
    assert json.loads(given[1]) == {"network": "mlp", "train_args": {"epochs": 2}} and given[2] == "--gpu=cpu"


@pytest.mark.slow
def test_the_program_of_an_agent_trains_and_leaves_a_run_that_can_be_synced(tmp_path: Path) -> None:
    pytest.importorskip("wandb")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]), "WANDB_MODE": "offline",
        "WANDB_SWEEP_ID": "abc12345", "WANDB_RUN_ID": "run12345", "INKREAD_RUNS_DIR": str(tmp_path / "runs"),
        "INKREAD_DATA_DIR": str(tmp_path / "data"),
    }  # fmt: skip
    settings = ["--model=CharacterModel", "--network=mlp", "--network_args.layer_size=8", "--gpu=cpu"]
    settings += ["--train_args.epochs=1", "--train_args.batch_size=8", "--train_args.workers=0"]
    command = [sys.executable, str(ROOT / "training" / "run_sweep.py"), f"--dataset={TINY}", *settings]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "val_loss" in done.stdout
    assert list(tmp_path.rglob("offline-run-*"))
