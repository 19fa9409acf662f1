"""``inkread data``: list the raw data sets, and fetch the files of one."""

from __future__ import annotations

from pathlib import Path

import click

from inkread.datasets.download import fetch as fetch_files
from inkread.datasets.metadata import read_metadata
from inkread.errors import DataError

_RAW = click.option(
    "--raw",
    type=click.Path(path_type=Path),
    default=Path("data/raw"),
    show_default=True,
    help="Folder of the data sets' metadata.toml.",
)


@click.group()
def data() -> None:
    """Fetch the data that training needs, and check it."""


@data.command("list")
@_RAW
def list_data(raw: Path) -> None:
    """List the data sets that have a metadata.toml."""
    for path in sorted(raw.glob("*/metadata.toml")):
        about = read_metadata(path)
        click.echo(f"{about.name:16} {about.title} ({about.licence})")


@data.command()
@click.argument("name")
@_RAW
@click.option("--from", "source", type=click.Path(path_type=Path), help="A file, archive or folder to use.")
@click.option("--into", type=click.Path(path_type=Path), help="Where to; RAW/NAME/files by default.")
def fetch(name: str, raw: Path, source: Path | None, into: Path | None) -> None:
    """Fetch the files of data set NAME; each is checked by its SHA-256."""
    path = raw / name / "metadata.toml"
    if not path.is_file():
        known = ", ".join(sorted(found.parent.name for found in raw.glob("*/metadata.toml"))) or "none"
        raise DataError(f"There is no data set {name!r} in {raw}; known here: {known}.")
    fetch_files(read_metadata(path), into or path.parent / "files", source, report=click.echo)


command = data
