"""Says on standard error how far long work on data is: a count that moves, or a plain line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")

Report = Callable[[str], None]
"""Is given one line at a time."""

_QUIET = 2.0
_EVERY = 15.0


def report_line(line: str) -> None:
    """Write one line to standard error."""
    print(line, file=sys.stderr, flush=True)


def counted(items: Iterable[T], what: str, report: Report = report_line) -> Iterator[T]:
    """Yield ``items`` and tell how many have gone by; say nothing of work that takes two seconds.

    Args:
        items: any iterable; if it has a length, this is told too.
        what: what is counted, such as "train examples of emnist".
        report: is given a line now and then. Where it is the default and standard error is a
            terminal, a line that moves is drawn instead.
    """
    total = f" of {len(items):,}" if isinstance(items, Sized) else ""
    moving = report is report_line and sys.stderr.isatty()
    begun = time.monotonic()
    due, every = begun + _QUIET, 0.2 if moving else _EVERY
    count, told = 0, False
    for count, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now >= due:
            line = f"{what}: {count:,}{total}"
            if moving:
                print(f"\r{line}", end="", file=sys.stderr, flush=True)
            else:
                report(line)
            due, told = now + every, True
    if told:
        line = f"{what}: {count:,} in {time.monotonic() - begun:.0f} s"
        if moving:
            print(f"\r{line}    ", file=sys.stderr, flush=True)
        else:
            report(line)
