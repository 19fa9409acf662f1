"""``inkread data pack``: cut transcribed pages into one file of lines for training."""

from __future__ import annotations

from pathlib import Path

import click

from inkread.datasets.copiste import Consent, Split, copiste_lines, read_case_faults
from inkread.datasets.ground_truth_lines import GroundTruthLines
from inkread.datasets.packed_lines import pack_lines
from inkread.errors import ConfigError


@click.command("pack")
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
def pack_data(
    folder: Path, out: Path, split: Split | None, consent: Consent, case_faults: Path | None
) -> None:
    """Cut the lines of transcribed pages (ALTO or PAGE-XML) in FOLDER and pack them into OUT (.parquet)."""
    if out.suffix != ".parquet":
        raise ConfigError(f"{out} must end in .parquet; name the file to write so.")
    if split is None:
        lines = GroundTruthLines(folder)
    else:
        faults = read_case_faults(case_faults) if case_faults else None
        lines = copiste_lines(folder, split, consent, faults)
    count = pack_lines(out, (lines.sample(index) for index in range(len(lines))))
    click.echo(f"{out}: {count} lines")
