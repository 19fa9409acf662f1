"""``inkread train`` and ``inkread export`` as a user types them, on tiny printed lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from inkread.cli import main
from inkread.datasets.base import sample_rng
from inkread.datasets.packed_lines import pack_lines
from tests.pictures import line_picture
from tests.training.lines import PrintedLines

CONFIG = """
name: mine
version: "1.0"
sources: [{source: varied_lines, packed: lines.parquet}]
optimisation: {steps: 12, learning_rate: 1.0e-3, warmup: 2}
network: {layers: 2, dropout: 0.1}
batch_size: 2
group: 4
checkpoint_every: 3
workers: 1
threads: 1
precision: 32-true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a dozen packed lines and a configuration."""
    lines = PrintedLines()
    pack_lines(tmp_path / "lines.parquet", (lines.sample(n, sample_rng(1, n)) for n in range(12)))
    (tmp_path / "run.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def start(folder: Path, out: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "inkread", "train", "run.yaml", "--data", ".", "--out", out]
    return subprocess.Popen(command, cwd=folder, env=os.environ | {"OMP_NUM_THREADS": "1"})


@pytest.mark.slow
def test_a_killed_process_goes_on_to_the_same_weights_and_its_bundle_reads(folder: Path) -> None:
    assert start(folder, "whole").wait(timeout=300) == 0
    running, last = start(folder, "broken"), folder / "broken" / "last.ckpt"
    while running.poll() is None and not last.exists():
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait(timeout=60)
    assert start(folder, "broken").wait(timeout=300) == 0
    whole, broken = (
        torch.load(folder / out / "last.ckpt", weights_only=False) for out in ("whole", "broken")
    )
    assert whole["global_step"] == broken["global_step"] == 12
    for name, tensor in whole["state_dict"].items():
        assert torch.equal(tensor, broken["state_dict"][name]), name
    run, bundle = CliRunner(), str(folder / "mine.onnx")
    done = run.invoke(main, ["export", str(folder / "run.yaml"), str(last), bundle], catch_exceptions=False)
    assert done.exit_code == 0 and "MB" in done.stdout
    large = (folder / "mine.onnx").stat().st_size
    command = ["export", str(folder / "run.yaml"), str(last), bundle, "--fast", "--data", str(folder)]
    done = run.invoke(main, command, catch_exceptions=False)
    assert done.exit_code == 0 and (folder / "mine.onnx").stat().st_size < 0.8 * large
    line_picture("ink").save(folder / "line.png")
    command = ["read", "--lines", "-f", "json", "--model", bundle, str(folder / "line.png")]
    done = run.invoke(main, command, catch_exceptions=False)
    assert done.exit_code == 0 and '"name": "mine"' in done.stdout


def test_ctrl_c_says_how_to_go_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("inkread.training.reader_experiment.run", interrupt)
    done = CliRunner().invoke(main, ["train", str(folder / "run.yaml"), "--out", str(folder / "out")])
    assert (done.exit_code, done.stderr) == (130, "inkread: Stopped; the same command goes on.\n")


@pytest.mark.parametrize(
    "command",
    [["train", "run.yaml", "--out", "out"], ["export", "run.yaml", "last.ckpt", "mine.onnx"]],
)
def test_a_configuration_that_is_not_there_is_one_line(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("inkread: The experiment run.yaml cannot be read")
    assert list(tmp_path.iterdir()) == []
