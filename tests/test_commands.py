"""The commands that train, as a user gives them: all that goes together, kills, and several processes."""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result

from inkread.cli import main
from inkread.training.run_log import read_rows
from tests.datasets.conftest import write_unipen
from tests.datasets.fake_iam import fake_iam
from tests.datasets.test_emnist import write_idx
from tests.datasets.test_ground_truth_lines import page_folder
from tests.training import tiny_data

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "training" / "run_experiment.py"
LETTERS = "mine.tiny_data.TinyCharacters"
FRAGILE = """
import os, signal
from inkread.training.models.character import CharacterModel

class FragileModel(CharacterModel):
    def on_train_batch_start(self, *given):
        super().on_train_batch_start(*given)
        if str(self.trainer.global_step) == os.environ.get("KILL_AT"):
            os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working folder with raw data of every kind and a package of the user's own."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "mine").mkdir()
    (folder / "mine" / "__init__.py").touch()
    shutil.copy(str(tiny_data.__file__), folder / "mine")
    (folder / "mine" / "fragile.py").write_text(FRAGILE)
    data = folder / "data"
    write_idx(data / "raw/emnist/files", "mnist")
    write_idx(data / "raw/emnist/files", "balanced")
    fake_iam(data)
    _, table = write_unipen(data / "raw/unipen/files")
    table.rename(data / "raw/unipen/split.tsv")
    pages, lines = folder / "pages", folder / "lines"
    pages.mkdir(), lines.mkdir()
    for number, text in enumerate(("one", "two", "three", "four")):
        page_folder(pages, [text, f"{text} more"], f"page{number}")
        cv2.imwrite(str(lines / f"{text}.png"), draw_line(text))
        (lines / f"{text}.txt").write_text(text)
    with contextlib.chdir(folder):
        yield folder


def draw_line(text: str) -> np.ndarray:
    image = np.full((40, 20 * len(text) + 20), 240, np.uint8)
    return cv2.putText(image, text, (10, 28), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2)


def experiment(settings: dict[str, Any], *options: str) -> Result:
    """Give the command in this process."""
    return CliRunner().invoke(main, ["experiment", json.dumps(settings), "--gpu=cpu", "--nowandb", *options])


def script(settings: dict[str, Any], *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Give the command as a program of its own, as the original's README has it."""
    paths = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, str(SCRIPT), json.dumps(settings), *options],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": paths, **environment},
    )


def letters(**train_args: Any) -> dict[str, Any]:
    training = {"batch_size": 8, "epochs": 3, "workers": 0, **train_args}
    return {"dataset": LETTERS, "model": "CharacterModel", "network": "mlp", "train_args": training}


def weights_of(checkpoint: Path) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(checkpoint, weights_only=False)["state_dict"]
    return state


EMNIST = {"version": "mnist", "subsample_fraction": 0.2}
LINES = {"characters_args": {"version": "balanced"}, "max_length": 4, "num_train": 8, "num_test": 4}
IAM = {"width": 320, "max_length": 40}
PLAIN = {"layer_size": 48, "dropout_amount": 0.0}
NARROW = {"layer_size": 32, "window_width": 8, "window_stride": 4, "dropout_amount": 0.0}
TOGETHER: list[tuple[str, dict[str, Any], str, str, dict[str, Any], int]] = [
    ("EmnistDataset", EMNIST, "CharacterModel", "mlp", PLAIN, 20),
    ("EmnistDataset", EMNIST, "CharacterModel", "lenet", PLAIN, 16),
    ("UnipenCharactersDataset", {}, "CharacterModel", "mlp", PLAIN, 12),
    ("UnipenCharactersDataset", {}, "CharacterModel", "lenet", PLAIN, 12),
    ("UnipenCharactersDataset", {"size": 32}, "CharacterModel", "character_cnn", {}, 12),
    ("EmnistLinesDataset", LINES, "LineModel", "cnn", PLAIN, 40),
    ("EmnistLinesDataset", LINES, "LineModelCtc", "lstm", PLAIN, 40),
    ("IamLinesDataset", IAM, "LineModelCtc", "line_lstm_ctc", NARROW, 32),
    ("IamLinesDataset", IAM, "LineModel", "line_cnn_all_conv", NARROW, 32),
    (
        "IamParagraphsDataset",
        {"size": 64},
        "LineDetectorModel",
        "fcn",
        {"layer_size": 8, "num_rounds": 1},
        30,
    ),
    ("FolderLinesDataset", {"path": "lines"}, "LineModelCtc", "lstm", NARROW, 20),
    ("GroundTruthDataset", {"path": "pages"}, "LineModel", "cnn", NARROW, 20),
]


@pytest.mark.parametrize(
    ("dataset", "dataset_args", "model", "network", "network_args", "epochs"),
    TOGETHER,
    ids=[f"{row[0]}-{row[2]}-{row[3]}" for row in TOGETHER],
)
def test_what_goes_together_trains_and_its_loss_falls(
    place: Path,
    tmp_path: Path,
    dataset: str,
    dataset_args: dict[str, Any],
    model: str,
    network: str,
    network_args: dict[str, Any],
    epochs: int,
) -> None:
    settings = {
        "dataset": dataset,
        "dataset_args": dataset_args,
        "model": model,
        "network": network,
        "network_args": network_args,
        "train_args": {
            "batch_size": 24, "epochs": epochs, "workers": 0, "learning_rate": 5e-3, "ema": 0.9,
            "validate_every": max(epochs // 4, 1),
        },
    }  # fmt: skip
    done = experiment(settings, "--out", str(tmp_path / "run"), "--save", "--weights", str(tmp_path))
    assert done.exit_code == 0, done.output
    rows = read_rows(tmp_path / "run" / "metrics.csv")
    assert rows[-1]["loss"] < 0.7 * rows[0]["loss"], rows
    assert {path.name for path in (tmp_path / "run").iterdir()} >= {
        "config.json", "versions.json", "metrics.csv", "curves.png", "examples.png", "last.ckpt", "score.json"
    }  # fmt: skip
    assert len(list(tmp_path.glob(f"{model}_{dataset}_*_weights.safetensors"))) == 1


def test_a_run_killed_by_kill_9_ends_in_the_weights_of_an_unbroken_one(place: Path, tmp_path: Path) -> None:
    settings = letters(epochs=2, checkpoint_every=2, workers=1, threads=1) | {
        "model": "mine.fragile.FragileModel"
    }
    killed = script(settings, "--nowandb", "--out", str(tmp_path / "killed"), "--gpu=1", KILL_AT="5")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout.splitlines()[0] == "There is no GPU here that PyTorch can use: training on the CPU."
    assert not (tmp_path / "killed" / "score.json").exists()

    done = experiment(settings, "--out", str(tmp_path / "killed"), "--resume")
    assert done.exit_code == 0, done.output
    assert experiment(settings, "--out", str(tmp_path / "unbroken")).exit_code == 0
    scores = [json.loads((tmp_path / run / "score.json").read_text()) for run in ("killed", "unbroken")]
    assert scores[0] == scores[1]
    for name in ("last.ckpt", "best.ckpt"):
        one, other = (weights_of(tmp_path / run / name) for run in ("killed", "unbroken"))
        assert all(torch.equal(one[key], other[key]) for key in other)


def test_two_processes_have_the_loss_curve_of_one_with_the_doubled_batch(place: Path, tmp_path: Path) -> None:
    network = {"network_args": {"dropout_amount": 0.0}}
    two = script(
        letters(epochs=2, batch_size=4, processes=2) | network, "--nowandb", "--out", str(tmp_path / "two")
    )
    assert two.returncode == 0, two.stderr
    assert sum(line.startswith("epoch ") for line in two.stdout.splitlines()) == 2  # one of them speaks
    assert (
        experiment(letters(epochs=2, batch_size=8) | network, "--out", str(tmp_path / "one")).exit_code == 0
    )
    rows = [read_rows(tmp_path / run / "metrics.csv") for run in ("two", "one")]
    for name in ("step", "loss", "val_loss"):
        assert [row[name] for row in rows[0]] == pytest.approx([row[name] for row in rows[1]], rel=1e-4)


def test_runs_lie_by_what_they_are_and_the_last_one_is_resumed(place: Path, tmp_path: Path) -> None:
    runs = ("--runs", str(tmp_path))
    none = experiment(letters(), *runs, "--resume")
    assert none.exit_code == 2 and "There is no run of this configuration" in none.stderr
    done = experiment(letters(epochs=1), *runs)
    (folder,) = (tmp_path / "CharacterModel_TinyCharacters_mlp").iterdir()
    assert done.exit_code == 0 and str(folder) in done.output
    again = experiment(letters(epochs=1), *runs, "--resume")
    assert "This run is finished" in again.output
    assert again.output.splitlines()[-1] == done.output.splitlines()[-1]
    other = experiment(letters(epochs=2), *runs, "--resume")
    assert other.exit_code == 2


def test_a_file_and_overrides_and_what_they_made(place: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"dataset: {LETTERS}\nmodel: CharacterModel\ntrain_args: {{workers: 0}}\n")
    overrides = ["train_args.epochs=1", "dataset_args.subsample_function=0.5"]
    given = ["experiment", str(file), *overrides, "--nowandb", "--gpu=cpu", "--out", str(tmp_path / "run")]
    assert CliRunner().invoke(main, given).exit_code == 0
    kept = json.loads((tmp_path / "run" / "config.json").read_text())
    assert kept["train_args"] == {"workers": 0, "epochs": 1} and kept["network"] == "mlp"
    assert kept["dataset_args"] == {"subsample_fraction": 0.5}


def test_a_mistake_is_one_line_and_leaves_nothing(place: Path, tmp_path: Path) -> None:
    wrong = experiment(letters(batchsize=8), "--runs", str(tmp_path))
    assert wrong.exit_code == 2 and wrong.stderr.count("\n") == 1
    assert "'batchsize'" in wrong.stderr and "'batch_size'" in wrong.stderr
    recipe = CliRunner().invoke(main, ["experiment", str(ROOT / "training/experiments/reader.yaml")])
    assert recipe.exit_code == 2 and "inkread train" in recipe.stderr
    lines = letters() | {"dataset": "IamLinesDataset", "model": "LineModelCtc", "network": "lstm"}
    missing = experiment(lines, "--data", str(tmp_path), "--runs", str(tmp_path))
    assert missing.exit_code == 1 and missing.stderr.count("\n") == 1
    assert not list(tmp_path.rglob("config.json"))


def test_offline_tracking_of_a_run(place: Path, tmp_path: Path) -> None:
    pytest.importorskip("wandb")
    done = script(
        letters(epochs=1), "--out", str(tmp_path / "run"), "--gpu=cpu", WANDB_MODE="offline", WANDB_API_KEY=""
    )
    assert done.returncode == 0, done.stderr
    assert "Weights & Biases" not in done.stdout
    (record,) = (tmp_path / "run" / "wandb").glob("offline-run-*/*.wandb")
    content = record.read_bytes()
    for part in (b"TinyCharacters", b"val_accuracy", b"test_accuracy", b"media/images/examples"):
        assert part in content


def test_the_sample_experiments_are_printed_one_a_line() -> None:
    sample = ROOT / "training/experiments/sample.json"
    program = runpy.run_path(str(ROOT / "training/prepare_experiments.py"))["main"]
    done = CliRunner().invoke(program, [str(sample)])
    assert done.exit_code == 0, done.output
    listed = json.loads(sample.read_text())
    lines = [shlex.split(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(listed["experiments"])
    for words, given in zip(lines, listed["experiments"], strict=True):
        assert words[:2] == ["training/run_experiment.py", "--gpu=-1"]
        assert json.loads(words[2]) == given | {"experiment_group": listed["experiment_group"]}


@pytest.mark.parametrize("name", ["run_experiment.py", "prepare_experiments.py"])
def test_the_scripts_are_programs(name: str) -> None:
    path = ROOT / "training" / name
    assert path.read_text().startswith("#!/usr/bin/env python\n") and os.access(path, os.X_OK)
