"""``inkread data``: list the raw data sets, fetch the files of one, pack pages into lines for training."""

from __future__ import annotations

from pathlib import Path

import click

from inkread.datasets.copiste import Consent, Split, copiste_lines, read_case_faults
from inkread.datasets.download import fetch as fetch_files
from inkread.datasets.ground_truth_lines import GroundTruthLines
from inkread.datasets.metadata import read_metadata
from inkread.datasets.packed_lines import pack_lines
from inkread.errors import ConfigError, DataError

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


@data.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--split", type=click.Choice(["train", "validation", "test"]), help="Part of FOLDER's split.tsv."
)
@click.option(
    "--consent",
    type=click.Choice(["all", "few", "none"]),
    default="all",
    show_default=True,
    help="With --split: lines of Copiste's consent paragraph to keep; few is one in twelve.",
)
@click.option(
    "--case-faults",
    type=click.Path(path_type=Path),
    help="With --split: list of pages in capitals, for training.",
)
def pack(folder: Path, out: Path, split: Split | None, consent: Consent, case_faults: Path | None) -> None:
    """Cut the lines of transcribed pages (ALTO or PAGE-XML) in FOLDER and pack them into OUT (.npz)."""
    if out.suffix != ".npz":
        raise ConfigError(f"{out} must end in .npz; name the file to write so.")
    if split is None:
        lines = GroundTruthLines(folder)
    else:
        faults = read_case_faults(case_faults) if case_faults else None
        lines = copiste_lines(folder, split, consent, faults)
    count = pack_lines(out, (lines.sample(index) for index in range(len(lines))))
    click.echo(f"{out}: {count} lines")


command = data
