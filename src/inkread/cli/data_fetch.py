"""``inkread data fetch``: bring the raw files of a data set here, with progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from inkread.cli.data_options import DATA
from inkread.datasets.download import Advance, fetch
from inkread.datasets.metadata import Metadata, read_metadata
from inkread.datasets.names import NEEDS, did_you_mean
from inkread.errors import DataError

_TENTH = 10
_STEP = 50 << 20  # bytes from line to line where the length is not known


@click.command("fetch")
@click.argument("name")
@DATA
@click.option(
    "--from", "source", type=click.Path(path_type=Path), help="A file, archive or folder that you have."
)
@click.option("--into", type=click.Path(path_type=Path), help="Where to; DATA/raw/NAME/files by default.")
def fetch_data(name: str, data: Path, source: Path | None, into: Path | None) -> None:
    """Fetch the files of data set NAME (a name that `inkread data list` shows).

    Each is checked by its checksum, and what fails is not kept. A download that was cut goes on
    where it stopped when the command is run again.
    """
    about = find_metadata(name, data)
    done: list[str] = []
    try:
        with _progress() as advance:
            fetch(about, into or data / "raw" / about.name / "files", source, done.append, advance)
    finally:  # after the bar, which would wipe it away
        for line in done:
            click.echo(line)


def find_metadata(name: str, data: Path) -> Metadata:
    """Return the metadata of a raw data set, or of the one that a data set of ours is made from.

    Raises:
        DataError: there is none.
    """
    raw = data / "raw"
    path = raw / next(iter(NEEDS.get(name, ())), name) / "metadata.toml"
    if not path.is_file():
        known = sorted(found.parent.name for found in raw.glob("*/metadata.toml"))
        raise DataError(
            f"There is no data set {name!r} in {raw}; {did_you_mean(name, [*known, *NEEDS])}"
            f"known here: {', '.join(known) or 'none, name the folder by --data'}."
        )
    return read_metadata(path)


@contextmanager
def _progress() -> Iterator[Advance]:
    """Yield what shows how far a download is: a bar on a terminal, a line each tenth elsewhere."""
    if not sys.stderr.isatty():
        said: dict[str, int] = {}

        def plain(name: str, done: int, total: int | None) -> None:
            step = done * _TENTH // total if total else done // _STEP
            if step > said.setdefault(name, step):
                said[name] = step
                share = f" of {_megabytes(total)} ({100 * done // total} %)" if total else ""
                click.echo(f"{name}: {_megabytes(done)}{share}", err=True)

        yield plain
        return

    from rich.console import Console
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def draw(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(escape(name), total=total)
            bars.update(tasks[name], completed=done, total=total)

        yield draw


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
