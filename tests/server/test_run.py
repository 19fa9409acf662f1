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

from inkread.datasets.check import check_folder
from inkread.server.run import STALL, _give_up_on_the_silent, _metrics_folder
from tests.server.conftest import LINE_PNG
from tests.server.test_read import tiff

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(
    port: int, method: str, path: str, body: bytes | None = None, kind: str = "image/png"
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, path, body, {"Content-Type": kind} if body else {})
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
        "INKREAD_COLLECT": str(tmp_path / "kept"),
    }
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=log, text=True)
        try:
            wait_until_ready(port, server)
            yield port, server
        finally:
            server.kill() if server.poll() is None else None
            server.wait(timeout=PATIENCE)


def correct(port: int, kept: Path) -> None:
    """See a line, read it, correct it, take it as ALTO, and have it kept."""
    picture = ask(port, "POST", "/v1/picture", LINE_PNG)
    assert picture.headers["Content-Type"] == "image/jpeg" and int(picture.headers["Inkread-Width"]) > 0
    read = json.load(ask(port, "POST", "/v1/read?mode=line", LINE_PNG))
    read["pages"][0]["regions"][0]["lines"][0]["text"] = "Goodbye World"
    document = json.dumps(read).encode()
    written = ask(port, "POST", "/v1/write?format=alto", document, "application/json")
    assert written.status == 200 and b'CONTENT="Goodbye"' in written.read()
    parts = {b'name="document"': document, b'name="file"; filename="a.png"': LINE_PNG}
    body = b"".join(
        b"--part\r\nContent-Disposition: form-data; " + name + b"\r\n\r\n" + content + b"\r\n"
        for name, content in parts.items()
    )
    saved = ask(port, "POST", "/v1/corrections", body + b"--part--\r\n", "multipart/form-data; boundary=part")
    name = json.load(saved)["saved"]
    assert (kept / f"{name}.jpg").is_file() and "Goodbye World" in (kept / f"{name}.xml").read_text()
    checked = check_folder(kept)
    assert checked.examples == 1 and not checked.faults, list(map(str, checked.faults))


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

    correct(port, tmp_path / "kept")

    stream = ask(port, "POST", "/v1/read?stream=ndjson", tiff(4))
    assert json.loads(stream.readline())["event"] == "start"
    server.send_signal(signal.SIGTERM)
    events = [json.loads(line) for line in stream.read().splitlines()]
    assert [event["event"] for event in events] == ["page"] * 4 + ["end"]
    assert server.wait(timeout=PATIENCE) == 0

    log = (tmp_path / "log").read_text()
    entries = [json.loads(line) for line in log.splitlines()]
    routes = [entry["route"] for entry in entries if entry["message"] == "request"]
    assert routes[:2] == ["/v1/predict", "/v1/predict"] and routes[-1] == "/v1/read"
    assert not any(word in log for word in ("Hello", "Goodbye", "kept"))
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
