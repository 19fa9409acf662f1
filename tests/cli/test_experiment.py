"""``inkread experiment`` where it ends early."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from inkread.cli import main

CONFIG = {
    "dataset": "tests.training.tiny_data.TinyCharacters",
    "model": "CharacterModel",
    "train_args": {"epochs": 1, "workers": 0},
}


def run(out: Path, **changes: Any) -> Result:
    options = ["--gpu", "cpu", "--nowandb", "--data", str(out.parent / "data"), "--out", str(out)]
    return CliRunner().invoke(main, ["experiment", json.dumps(CONFIG | changes), *options])


def test_ctrl_c_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("inkread.training.run_log.RunLog.on_validation_end", interrupt)
    result = run(tmp_path / "run")
    assert result.exit_code == 130
    assert result.stderr == f"inkread: Stopped; --resume goes on from {tmp_path / 'run'}.\n"


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "picture.png").touch()
    result = run(tmp_path / "picture.png")
    assert result.exit_code == 2 and "picture.png: File exists; check the path" in result.stderr
    assert "The run's folder" not in result.stdout


def test_a_wrong_configuration_names_no_folder(tmp_path: Path) -> None:
    result = run(tmp_path / "run", network_args={"layer_size": 0})
    assert result.exit_code == 2 and "layer_size is a whole number, 1 or more" in result.stderr
    assert result.stdout == ""
