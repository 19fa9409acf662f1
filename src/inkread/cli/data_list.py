"""``inkread data list``: the data sets by class name, and the raw data they are made from."""

from __future__ import annotations

from pathlib import Path

import click

from inkread.cli.data_options import DATA
from inkread.datasets.dataset import Dataset
from inkread.datasets.metadata import Metadata, read_metadata
from inkread.datasets.names import DATASETS, NEEDS
from inkread.errors import InkreadError


@click.command("list")
@DATA
def list_data(data: Path) -> None:
    """List the data sets, what each needs, and what of it is there."""
    click.echo('Data sets (for `inkread data show NAME`, and as "dataset" in a configuration):')
    for name, kind in DATASETS.items():
        click.echo(f"  {name:24} {kind.task:11} {_state(name, kind, data)}")
    raw = data / "raw"
    click.echo(f"\nRaw data in {raw} (for `inkread data fetch NAME`):")
    paths = sorted(raw.glob("*/metadata.toml"))
    for path in paths:
        about = read_metadata(path)
        click.echo(f"  {about.name:13} {_there(about, data):8} {about.title} ({about.licence})")
    if not paths:
        click.echo("  none; run it in a copy of the repository, or name its data folder by --data")


def _state(name: str, kind: type[Dataset], data: Path) -> str:
    needs = NEEDS[name]
    if not needs:
        return "needs a folder of yours: --set path=FOLDER"
    there = any(has_files(data, need) for need in needs)
    try:
        processed = kind(data=data).processed.is_dir()
    except InkreadError:
        processed = False
    state = "processed" if processed else "raw data there" if there else "not there"
    return f"needs {' or '.join(needs)}: {state}"


def _there(about: Metadata, data: Path) -> str:
    if has_files(data, about.name):
        return "there"
    fetched = about.files and all(file.url or file.package for file in about.files)
    return "to fetch" if fetched else "by hand"


def has_files(data: Path, name: str) -> bool:
    """Tell whether raw data have any file."""
    files = data / "raw" / name / "files"
    return files.is_dir() and any(path.suffix != ".part" for path in files.iterdir())
