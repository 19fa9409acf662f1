"""Progress on standard error: a bar on a terminal, one plain line a file elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress(total: int, *, alone: bool) -> Iterator[Callable[[str], None]]:
    """Yield a function to be called with each file's name as it begins; silent for a single file.

    Args:
        total: number of files.
        alone: nothing else is printed on the terminal meanwhile, so a bar may be drawn.
    """
    if total < 2:
        yield lambda name: None
    elif alone and sys.stderr.isatty():
        with _bar(total) as step:
            yield step
    else:
        count = 0

        def plain(name: str) -> None:
            nonlocal count
            count += 1
            click.echo(f"[{count}/{total}] {name}", err=True)

        yield plain


@contextmanager
def _bar(total: int) -> Iterator[Callable[[str], None]]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (MofNCompleteColumn(), BarColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total)
        begun = False

        def step(name: str) -> None:
            nonlocal begun
            bar.update(task, advance=1 if begun else 0, description=escape(name))
            begun = True

        yield step
        bar.update(task, completed=total)
