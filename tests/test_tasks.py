"""The scripts in ``tasks/``: sound shell, from any folder, further arguments passed on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TASKS = sorted((ROOT / "tasks").glob("*.sh"))
TINY = ("dataset=tests.training.tiny_data.TinyCharacters", "train_args.epochs=1", "train_args.batch_size=8",
        "train_args.workers=0")  # fmt: skip


def run(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a task from another folder, with this Python in front."""
    environment = os.environ | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "VIRTUAL_ENV": sys.prefix,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        "INKREAD_RUNS_DIR": str(folder / "runs"),
        "INKREAD_DATA_DIR": str(folder / "data"),
    }
    command = [str(ROOT / "tasks" / name), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)


def test_all_the_tasks_of_the_original_are_here() -> None:
    names = {path.name for path in TASKS}
    trained = {"character_predictor", "lstm_line_predictor", "lstm_line_predictor_on_iam", "line_detector"}
    assert {f"train_{name}.sh" for name in trained} <= names
    others = {"prepare_sample_experiments.sh", "lint.sh", "test_functionality.sh", "test_validation.sh"}
    assert others <= names


def test_the_tasks_run_every_test_once() -> None:
    scripts = [ROOT / "tasks" / f"test_{name}.sh" for name in ("functionality", "api", "browser")]
    run = {
        word for script in scripts for word in re.findall(r"tests/\S+", script.read_text(encoding="utf-8"))
    }
    left_out = re.search(
        r"others=\((.*?)\)", (ROOT / "tasks/test_units.sh").read_text(encoding="utf-8"), re.S
    )
    assert left_out and set(left_out[1].split()) == run
    assert all((ROOT / path).exists() for path in run)


@pytest.mark.parametrize("name", [".circleci/config.yml", ".github/workflows/ci.yml"])
def test_continuous_integration_shows_every_step_once(name: str) -> None:
    steps = re.search(r"^steps=\((.*)\)$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.M)
    assert steps
    assert re.findall(r"bash \.ci/run (\w+)", (ROOT / name).read_text(encoding="utf-8")) == steps[1].split()


@pytest.mark.parametrize(
    "name", [".circleci/config.yml", ".github/workflows/ci.yml", ".github/workflows/release.yml"]
)
def test_a_workflow_file_is_yaml(name: str) -> None:
    yaml = pytest.importorskip("yaml")
    jobs = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["jobs"]
    assert jobs and all("steps" in job or "uses" in job for job in jobs.values())


def test_a_step_that_is_not_there_is_refused() -> None:
    done = subprocess.run(["bash", str(ROOT / ".ci/run"), "lunt"], capture_output=True, text=True)
    assert done.returncode == 2 and "lunt" in done.stderr and "lint" in done.stderr


@pytest.mark.parametrize("path", TASKS, ids=lambda path: path.stem)
def test_a_task_is_strict_shell_that_may_be_run_and_passes_arguments_on(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert os.access(path, os.X_OK) and text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text
    assert (
        'cd "$(dirname "$0")/.."' in text or path.name == "run_api_docker.sh"
    )  # which reads no file of ours
    assert '"$@"' in text or path.name in ("lint.sh", "check_wheel.sh")
    assert subprocess.run(["bash", "-n", str(path)]).returncode == 0


def test_shellcheck_finds_nothing() -> None:
    beside = Path(sys.executable).parent / "shellcheck"
    command = str(beside) if beside.exists() else shutil.which("shellcheck")
    if command is None:
        pytest.skip("shellcheck is not here")
    done = subprocess.run(
        [command, *map(str, TASKS), str(ROOT / ".ci" / "run")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_the_evaluation_tests_are_run_from_any_folder(tmp_path: Path) -> None:
    done = run("test_validation.sh", "--only", "Copiste test", "--data", str(tmp_path), "--results",
               str(tmp_path / "results.csv"), folder=tmp_path)  # fmt: skip
    assert done.returncode == 0 and "passed over" in done.stdout, done.stderr


@pytest.mark.slow
def test_the_prediction_tests_are_found(tmp_path: Path) -> None:
    done = run("test_functionality.sh", "--collect-only", folder=tmp_path)
    assert done.returncode == 0 and "test_prediction.py" in done.stdout


@pytest.mark.slow
def test_the_sample_experiments_are_printed_one_a_line(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    done = run("prepare_sample_experiments.sh", folder=tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and len(lines) >= 3, done.stderr
    assert all(line.startswith("training/run_experiment.py --gpu=-1 '{") for line in lines)


@pytest.mark.slow
def test_a_task_trains_and_saves_weights(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    done = run("train_character_predictor.sh", *TINY, "--gpu=cpu", "--nowandb", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs/weights/CharacterModel_TinyCharacters_mlp_weights.safetensors").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.name for path in TASKS if path.name.startswith("train_")])
def test_a_wrong_key_is_told_by_every_training_task(name: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    done = run(name, "train_args.batchsize=3", "--gpu=cpu", folder=tmp_path)
    assert done.returncode == 2 and "batch_size" in done.stderr
