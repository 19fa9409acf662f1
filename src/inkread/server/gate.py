"""Who may come in, and whose turn it is: a bounded number of requests, fewer of them read at once.

A request is admitted before its body is taken in, or refused at once. Each of its pages then
waits for a turn, so that a long document lets the letters of others pass between its pages.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from inkread.server.problems import Problem

RETRY_AFTER = {"Retry-After": "2"}


class Deadline:
    """A moment that work must be done by."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, at least 0."""
        return max(self._end - time.monotonic(), 0.0)

    def check(self) -> None:
        """Raise ``Problem`` once the moment has passed."""
        if not self.left():
            raise Problem("too-slow")


class Ticket:
    """One admitted request; give it back once it is answered, twice does no harm."""

    def __init__(self, gate: Gate) -> None:
        self._gate: Gate | None = gate

    def give_back(self) -> None:
        """Make room for another request."""
        gate, self._gate = self._gate, None
        if gate is not None:
            gate.leave()


class Gate:
    """The door of one worker.

    Args:
        at_once: pages read at the same time.
        held: requests in hand, reading or waiting.
        watch: told how many requests are inside and how many pages wait, at every change.
    """

    def __init__(
        self, at_once: int, held: int, watch: Callable[[int, int], None] = lambda inside, waiting: None
    ) -> None:
        self._turns = threading.Semaphore(at_once)
        self._held = held
        self._lock = threading.Lock()
        self._inside = 0
        self._waiting = 0
        self._watch = watch
        self._begun: dict[object, float] = {}

    def admit(self) -> Ticket:
        """Let a request in.

        Raises:
            Problem: ``busy``, there is no room.
        """
        self._count(inside=1)
        return Ticket(self)

    def leave(self) -> None:
        """Let a request out; see ``Ticket.give_back``."""
        self._count(inside=-1)

    @contextmanager
    def turn(self, deadline: Deadline, patience: float) -> Iterator[float]:
        """Wait for a turn to read, and yield the seconds that it took.

        Raises:
            Problem: ``too-slow``, the deadline has passed; ``busy``, patience is at its end.
        """
        deadline.check()
        started = time.monotonic()
        self._count(waiting=1)
        try:
            granted = self._turns.acquire(timeout=min(patience, deadline.left()))
        finally:
            self._count(waiting=-1)
        if not granted:
            raise Problem("busy", headers=RETRY_AFTER)
        begun = time.monotonic()
        token = object()
        self._begun[token] = begun
        try:
            yield begun - started
        finally:
            del self._begun[token]
            self._turns.release()

    def longest_turn(self) -> float:
        """Return for how many seconds the oldest turn has lasted, 0 where nobody reads."""
        begun = list(self._begun.values())
        return time.monotonic() - min(begun) if begun else 0.0

    def _count(self, inside: int = 0, waiting: int = 0) -> None:
        with self._lock:
            if inside > 0 and self._inside >= self._held:
                raise Problem("busy", headers=RETRY_AFTER)
            self._inside += inside
            self._waiting += waiting
            self._watch(self._inside, self._waiting)
