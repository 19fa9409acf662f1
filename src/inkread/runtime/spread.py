"""Work on many items, spread over threads: what the libraries compute runs on several cores at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def spread(work: Callable[[Item], Result], items: Sequence[Item], threads: int) -> list[Result]:
    """Return what ``work`` makes of each item, in order; its first exception is passed on.

    The threads end with the call, so that nothing is left over for a fork to lose.

    Args:
        work: called from several threads at once.
        items: begun in order: put the longest first.
        threads: at least 1; with one, all is done in the calling thread.
    """
    threads = min(threads, len(items))
    if threads <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(threads, thread_name_prefix="inkread") as pool:
        return list(pool.map(work, items))
