"""gunicorn in front of the application: workers that open their own sessions, threads inside each.

A worker has a few threads more than it holds requests, so that there is always one to say
"busy" and to answer probes.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import socket
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]

from inkread.server.logs import LOGGING
from inkread.server.settings import Settings

if TYPE_CHECKING:
    from inkread.server.app import Application

SPARE_THREADS = 4
STALL = 20  # seconds without a byte after which a connection is given up
HEARTBEAT = 120  # seconds after which a worker that does not stir is replaced
_M_ARENA_MAX = -8  # of malloc.h
_IN_MEMORY = Path("/dev/shm")  # which a read-only container has as well


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told everything by arguments and nothing by files.

    Args:
        settings: of each worker's application.
        address: host and port to listen on.
        workers: processes.
        grace: seconds that requests under way get at a stop.
    """

    def __init__(self, settings: Settings, address: tuple[str, int], workers: int, grace: int) -> None:
        self._settings = settings
        host, port = address
        self._options: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "threads": settings.held + SPARE_THREADS,
            "worker_class": "gthread",
            "worker_connections": 4 * (settings.held + SPARE_THREADS),
            "worker_tmp_dir": _memory_folder(),
            "timeout": HEARTBEAT,
            "graceful_timeout": grace,
            "keepalive": 5,
            "limit_request_line": 8190,  # an image's address may be long
            "logconfig_dict": LOGGING,
            "control_socket_disable": True,
            "when_ready": _give_up_on_the_silent,
            "post_worker_init": _warm_up,
            "child_exit": _forget,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn, as far as this version of it knows them."""
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Application:
        """Make the application; called in each worker, after the fork."""
        from inkread.server.app import create_app

        return create_app(self._settings)


def serve(settings: Settings, host: str, port: int, workers: int, grace: int = 30) -> None:
    """Serve until a signal says stop; SIGTERM lets requests under way finish."""
    _share_pools()
    with _metrics_folder():
        Server(settings, (host, port), workers, grace).run()


def _give_up_on_the_silent(arbiter: Arbiter) -> None:
    """Let no connection hold a thread without sending or taking a byte; accepted sockets inherit this."""
    limit = struct.pack("ll", STALL, 0)
    for listener in arbiter.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _warm_up(worker: Any) -> None:
    from inkread.server.watch import watch

    service = worker.app.wsgi().service
    service.warm_up()
    watch(service.gate, service.settings.seconds)


def _forget(arbiter: Arbiter, worker: Any) -> None:
    """Take a dead worker's gauges out of the figures."""
    from prometheus_client import multiprocess  # only now: at import it looks where to count

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def _metrics_folder() -> Iterator[None]:
    """Give the workers a folder to count in together, and remove it at the end.

    A worker that ends comes through here as well, being a fork: only who made the folder removes it.
    """
    owner = os.getpid()
    folder = tempfile.mkdtemp(prefix="inkread-", dir=_memory_folder())
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    try:
        yield
    finally:
        if os.getpid() == owner:
            os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
            shutil.rmtree(folder, ignore_errors=True)


def _share_pools() -> None:
    """Keep glibc from giving each of many threads a pool of memory that it never gives back."""
    with contextlib.suppress(OSError, AttributeError):  # another system, another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _memory_folder() -> str | None:
    """Return a folder in memory, or None for the system's own choice."""
    return str(_IN_MEMORY) if _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK) else None
