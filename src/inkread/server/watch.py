"""A page that never comes to an end takes its worker down, and gunicorn starts another.

Deadlines are kept between pages; nothing can stop a thread that hangs inside one, in a PDF made
to hang it, say. What a worker has in hand at that moment is lost; the other workers serve on.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable

from inkread.server.gate import Gate

EVERY = 5.0  # seconds between two looks

log = logging.getLogger("inkread.server")


def _end_this_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def watch(
    gate: Gate, seconds: float, end: Callable[[], None] = _end_this_process, every: float = EVERY
) -> threading.Thread:
    """Start and return a thread that calls ``end`` once a turn of ``gate`` outlasts ``seconds``."""
    pause = threading.Event()

    def look() -> None:
        while gate.longest_turn() <= seconds:
            pause.wait(every)
        log.error("a page hangs: this worker ends", extra={"fields": {"seconds": round(seconds, 1)}})
        end()

    thread = threading.Thread(target=look, name="watch", daemon=True)
    thread.start()
    return thread
