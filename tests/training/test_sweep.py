"""A sweep: every trial once, none lost by a kill, the poor ones ended early, the best on top."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inkread.errors import ConfigError, DataError

pytest.importorskip("optuna")

from inkread.training.sweep import find_score, run_sweep
from inkread.training.sweep_picture import draw_parallel
from inkread.training.sweep_results import Result, table, write_results
from inkread.training.sweep_space import Parameter, Sweep
from tests.training.sweep_objective import bowl

SIZES, DROPOUTS = (16, 32, 64), (0.1, 0.3)
ROOT = Path(__file__).parents[2]


def search(method: str = "grid", **more: object) -> Sweep:
    space = {"network_args.layer_size": Parameter(SIZES), "network_args.dropout_amount": Parameter(DROPOUTS)}
    if method != "grid":
        space = {"network_args.layer_size": Parameter((), 16, 256, whole=True, log=True)}
    return Sweep("mine", method, "val_loss", "minimize", space, **more)


def run(sweep: Sweep, folder: Path, objective=bowl, **options: object) -> list[Result]:
    return run_sweep(sweep, folder, objective, storage=folder / "study.log", say=lambda line: None, **options)


def kept(folder: Path) -> list[tuple[int, float]]:
    """What the trials' folders were trained with."""
    configs = (json.loads(path.read_text())["network_args"] for path in folder.glob("trial-*/config.json"))
    return sorted((config["layer_size"], config["dropout_amount"]) for config in configs)


def test_a_grid_is_gone_through_once_the_best_on_top_and_there_is_nothing_left_to_do(tmp_path: Path) -> None:
    rows = run(search(), tmp_path)
    assert kept(tmp_path) == [(size, dropout) for size in SIZES for dropout in DROPOUTS]
    assert [row.score for row in rows] == sorted(row.score for row in rows)
    assert rows[0].values == {"network_args.layer_size": 64, "network_args.dropout_amount": 0.3}
    assert run(search(), tmp_path, objective=None) == rows


def test_a_stopped_sweep_goes_on_with_the_trials_that_are_left(tmp_path: Path) -> None:
    calls = []

    def stops(config, folder, report):
        calls.append(folder.name)
        if len(calls) == 3:
            report(1, {"val_loss": 0.0})
            raise KeyboardInterrupt
        return bowl(config, folder, report)

    with pytest.raises(KeyboardInterrupt):
        run(search(), tmp_path, stops)
    rows = run(search(), tmp_path, stops)
    assert calls == [f"trial-000{n}" for n in (1, 2, 3, 3, 4, 5, 6)]
    assert {row.state for row in rows} == {"COMPLETE"} and len(kept(tmp_path)) == 6
    assert rows[0].number == 3 and rows[0].score == 0.0  # what was reported before the stop counts


def test_kill_9_loses_no_trial_and_repeats_none(tmp_path: Path) -> None:
    code = (
        "import sys; from tests.training.test_sweep import *;"
        "from tests.training.sweep_objective import slow; run(search(), Path(sys.argv[1]), slow)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    running = subprocess.Popen(command, cwd=ROOT, env=environment)

    def begun() -> int:
        return sum(str(running.pid) in path.read_text() for path in tmp_path.glob("trial-*/begun"))

    def asleep() -> bool:  # the trial of size 64 sleeps
        count = begun()
        time.sleep(0.3)
        return count > 0 and count == begun() and len(kept(tmp_path)) == count - 1

    while running.poll() is None and not asleep():
        pass
    running.send_signal(signal.SIGKILL)
    running.wait(timeout=30)
    done = kept(tmp_path)
    rows = run(search(), tmp_path)
    assert len(done) < 6 and {row.state for row in rows} == {"COMPLETE"}
    assert kept(tmp_path) == [(size, dropout) for size in SIZES for dropout in DROPOUTS]
    assert [row.number for row in sorted(rows, key=lambda row: row.number)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("storage", [pytest.param("sweep.db", marks=pytest.mark.slow), "shared.log"])
def test_workers_share_a_grid_without_doing_anything_twice(storage: str, tmp_path: Path) -> None:
    rows = run_sweep(search(), tmp_path, bowl, jobs=2, storage=tmp_path / storage, trials=4)
    assert len(rows) == 4 and {row.state for row in rows} == {"COMPLETE"}
    assert len(set(kept(tmp_path))) == 4
    assert (tmp_path / storage).is_file()


@pytest.mark.parametrize("method", ["random", "bayes"])
def test_a_search_asks_the_same_whether_stopped_or_not(method: str, tmp_path: Path) -> None:
    whole = run(search(method), tmp_path / "whole", trials=8)
    run(search(method), tmp_path / "broken", trials=3)
    broken = run(search(method), tmp_path / "broken", trials=8)
    assert [row.values for row in whole] == [row.values for row in broken]
    assert len({row.values["network_args.layer_size"] for row in whole}) > 5


def test_the_poor_are_pruned(tmp_path: Path) -> None:
    early = {"min_iter": 1, "eta": 2, "max_iter": 4}
    rows = run(search("random", early=early), tmp_path, trials=12)
    states = {row.state for row in rows}
    assert states == {"COMPLETE", "PRUNED"} and rows[0].state == "COMPLETE"


def test_a_trial_that_fails_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    def fails(config, folder, report):
        if config["network_args"]["layer_size"] == 32:
            raise ConfigError("too few windows")
        if config["network_args"]["layer_size"] == 16:
            return {"val_loss": float("nan")}
        return bowl(config, folder, report)

    rows = run(search(), tmp_path, fails)
    assert [row.state for row in rows] == ["COMPLETE"] * 2 + ["FAIL"] * 4
    assert "too few windows" in {row.error.partition(": ")[2] for row in rows}


def test_what_is_wrong_with_every_trial_stops_the_sweep(tmp_path: Path) -> None:
    def no_data(config, folder, report):
        raise DataError("Fetch the data.")

    with pytest.raises(DataError):
        run(search(), tmp_path, no_data)
    with pytest.raises(ConfigError, match="use one of accuracy"):
        run(search(), tmp_path, lambda config, folder, report: {"accuracy": 1.0})
    assert len(run(search(), tmp_path)) == 6


def test_a_folder_holds_one_sweep(tmp_path: Path) -> None:
    run(search(), tmp_path, trials=1)
    other = Sweep("mine", "grid", "val_loss", "minimize", {"network_args.layer_size": Parameter((16,))})
    with pytest.raises(ConfigError, match="other settings"):
        run(other, tmp_path)


def test_scores_are_found_by_the_names_of_the_original_too() -> None:
    assert find_score({"val_loss": 1.0, "val_accuracy": 0.5}, "accuracy") == 0.5
    assert find_score({"loss": 1.0}, "val_loss") == 1.0


def test_table_csv_and_picture_show_all_trials(tmp_path: Path) -> None:
    sweep = search()
    rows = run(sweep, tmp_path)
    rows.append(Result(7, "FAIL", None, {"network_args.layer_size": 16}, 1.0, "ConfigError: no"))
    lines = table(sweep, rows).splitlines()
    assert len(lines) == 8 and lines[0].split()[:3] == ["trial", "val_loss", "state"]
    assert len({len(line) for line in lines}) == 1
    write_results(tmp_path / "results.csv", sweep, rows)
    with (tmp_path / "results.csv").open(encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    assert len(read) == 7 and read[0]["network_args.layer_size"] == "64" and read[-1]["error"]
    picture = draw_parallel(sweep, rows)
    assert picture.shape[2] == 3 and (picture < 100).any(axis=2).sum() > 500
    assert draw_parallel(sweep, rows[-1:]).shape[2] == 3
