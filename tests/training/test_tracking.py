"""Weights & Biases for real, offline; and every way in which it may be missing."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inkread.training.curves_picture import draw_curves
from inkread.training.plot import save_picture
from inkread.training.tracking import start_tracking


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """What Weights & Biases would talk to, if it did; nobody is logged in."""
    for name in ("WANDB_API_KEY", "WANDB_RUN_ID", "WANDB_MODE", "WANDB_SWEEP_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        monkeypatch.setenv("WANDB_BASE_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
        yield listening


def run_tracked(out: Path) -> str:
    """Track a run in a process of its own, as a command does; return what it said."""
    save_picture(out / "curves.png", draw_curves([{"epoch": 1, "loss": 2.0}]))
    program = f"""
from pathlib import Path
from inkread.training.tracking import start_tracking
out = Path({str(out)!r})
tracker = start_tracking({{"network": "mlp", "train_args": {{"batch_size": 64}}}}, out, "samples")
if tracker:
    tracker.log({{"loss": 2.5, "val_accuracy": 0.25}}, 10)
    tracker.log({{"loss": 1.5, "val_accuracy": 0.5}}, 20)
    tracker.picture("curves", out / "curves.png")
    tracker.finish({{"test_accuracy": 0.4375}})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout


def test_offline_a_run_is_left_that_can_be_synced_and_nobody_is_called(
    server: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    assert run_tracked(tmp_path) == ""
    (run,) = (tmp_path / "wandb").glob("offline-run-*")
    (record,) = run.glob("*.wandb")
    content = record.read_bytes()
    for part in (
        b"batch_size",
        b"val_accuracy",
        b"test_accuracy",
        b"0.4375",
        b"samples",
        b"media/images/curves",
    ):
        assert part in content
    (picture,) = run.glob("files/media/images/curves*.png")
    assert picture.read_bytes() == (tmp_path / "curves.png").read_bytes()
    with pytest.raises(BlockingIOError):
        server.accept()

    identifier = (tmp_path / "wandb_id.txt").read_text()
    assert record.name == f"run-{identifier}.wandb"  # a resumed run is the same run


def test_logged_out_one_line_says_so_and_nobody_is_called(
    server: socket.socket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("wandb")
    said: list[str] = []
    assert start_tracking({}, tmp_path, say=said.append) is None
    assert len(said) == 1 and "wandb login" in said[0] and "--nowandb" in said[0]
    assert not (tmp_path / "wandb").exists() and capsys.readouterr() == ("", "")
    with pytest.raises(BlockingIOError):
        server.accept()


def test_not_installed_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    said: list[str] = []
    assert start_tracking({}, tmp_path, say=said.append) is None
    assert len(said) == 1 and "pip install 'inkread[wandb]'" in said[0]


def test_unreachable_one_line_says_so(
    server: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("wandb")
    server.close()
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    monkeypatch.setenv("WANDB_INIT_TIMEOUT", "1")
    said = run_tracked(tmp_path)
    assert said.count("\n") == 1 and said.startswith("Not tracked by Weights & Biases (")
