"""A server for benchmarks: started on a free loopback port, measured, and stopped again."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

PATIENCE = 120.0  # seconds


class Served:
    """``inkread serve`` with ``options``, within a ``with`` block."""

    def __init__(self, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "inkread", "serve", "--port", str(self.port)]
        self._command = [*command, "--rate", "none", "--no-image-url", *options]

    def __enter__(self) -> Served:
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                connection = self.connect()
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return self
            except OSError:
                time.sleep(0.2)
        self._process.kill()
        raise SystemExit("The server did not start; run inkread serve to see why.")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=PATIENCE)

    def connect(self) -> http.client.HTTPConnection:
        """Return a new connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return sorted(map(int, children))

    def memory(self) -> float:
        """Return the resident megabytes of all workers together."""
        pages = sum(int(Path(f"/proc/{worker}/statm").read_text().split()[1]) for worker in self.workers())
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def cpu(self) -> float:
        """Return the processor seconds that all workers together have used."""
        ticks = 0
        for worker in self.workers():
            fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def kill(self, worker: int) -> None:
        """Kill one worker outright."""
        os.kill(worker, signal.SIGKILL)


def ask(
    connection: http.client.HTTPConnection, path: str, content: bytes, kind: str = "image/png"
) -> tuple[int, float]:
    """Post ``content`` and return the status and the seconds that the client is to wait."""
    connection.request("POST", path, content, {"Content-Type": kind} if kind else {})
    response = connection.getresponse()
    response.read()
    return response.status, float(response.headers.get("Retry-After", 0))
