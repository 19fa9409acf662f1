"""A real gunicorn on a loopback port: it reads, lives through the death of a worker, and stops in order."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inkread.server.run import STALL, _give_up_on_the_silent, _metrics_folder
from tests.server.conftest import LINE_PNG
from tests.server.test_read import tiff

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, method: str, path: str, body: bytes | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, path, body, {"Content-Type": "image/png"} if body else {})
    return connection.getresponse()


def wait_until_ready(port: int, server: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError):
            if ask(port, "GET", "/readyz").status == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the server did not become ready")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    port = free_port()
    command = [sys.executable, str(ROOT / "api" / "app.py"), "--port", str(port), "--workers", "1"]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "OMP_NUM_THREADS": "1",
        "INKREAD_GRACE": "60",
    }
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=log, text=True)
        try:
            wait_until_ready(port, server)
            yield port, server
        finally:
            server.kill() if server.poll() is None else None
            server.wait(timeout=PATIENCE)


def test_served_by_gunicorn(served: tuple[int, subprocess.Popen[str]], tmp_path: Path) -> None:
    port, server = served
    answer = ask(port, "POST", "/v1/predict", LINE_PNG)
    assert answer.status == 200 and json.load(answer)["pred"] == "Hello World"
    figures = ask(port, "GET", "/metrics").read().decode()
    assert 'inkread_requests_total{method="POST",route="/v1/predict",status="200"} 1.0' in figures

    entries = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    (worker,) = {entry["process"] for entry in entries if entry["message"] == "request"}
    os.kill(worker, signal.SIGKILL)
    wait_until_ready(port, server)
    assert json.load(ask(port, "POST", "/v1/predict", LINE_PNG))["pred"] == "Hello World"

    stream = ask(port, "POST", "/v1/read?stream=ndjson", tiff(4))
    assert json.loads(stream.readline())["event"] == "start"
    server.send_signal(signal.SIGTERM)
    events = [json.loads(line) for line in stream.read().splitlines()]
    assert [event["event"] for event in events] == ["page"] * 4 + ["end"]
    assert server.wait(timeout=PATIENCE) == 0

    log = (tmp_path / "log").read_text()
    entries = [json.loads(line) for line in log.splitlines()]
    routes = [entry["route"] for entry in entries if entry["message"] == "request"]
    assert routes == ["/v1/predict", "/v1/predict", "/v1/read"] and "Hello" not in log
    folders = list(Path("/dev/shm").glob("inkread-*")) if Path("/dev/shm").is_dir() else []
    assert not any(str(worker) in file.name for folder in folders for file in folder.iterdir())


def test_a_worker_that_ends_leaves_the_figures_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit), _metrics_folder():
        folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        with monkeypatch.context() as fork:
            fork.setattr(os, "getpid", lambda: 1)
            with pytest.raises(KeyError), _metrics_folder():
                inner = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
                fork.setattr(os, "getpid", lambda: 2)  # as after a fork
                raise KeyError
        assert inner.is_dir()
        inner.rmdir()
        raise SystemExit
    assert not folder.exists() and "PROMETHEUS_MULTIPROC_DIR" not in os.environ


def test_a_silent_connection_is_given_up() -> None:
    class Listener:
        def __init__(self) -> None:
            self.sock = socket.create_server(("127.0.0.1", 0))

    class Arbiter:
        LISTENERS = (Listener(),)

    _give_up_on_the_silent(Arbiter())
    (listener,) = Arbiter.LISTENERS
    with listener.sock, socket.create_connection(listener.sock.getsockname()):
        accepted, _ = listener.sock.accept()
        with accepted:
            told = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16)
            assert int.from_bytes(told[:8], sys.byteorder) == STALL
