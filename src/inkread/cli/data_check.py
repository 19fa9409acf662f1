"""``inkread data check``: every fault of a data set by file and line, before any training starts."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from inkread.alphabet import READER_ALPHABET, Alphabet
from inkread.cli.data_options import DATA, SETTINGS, plain_warnings, read_settings
from inkread.datasets.check import check_folder
from inkread.datasets.faults import Checked
from inkread.datasets.folder import read_known_text
from inkread.errors import AlphabetError, ConfigError
from inkread.images.line import HEIGHT


@click.command("check")
@click.argument("what", metavar="FOLDER_OR_NAME")
@DATA
@SETTINGS
@click.option(
    "--alphabet",
    type=click.Path(path_type=Path),
    help="A text file with the characters that texts may hold; those of the reader by default.",
)
@click.option("--height", type=click.IntRange(8, 512), help=f"Rows of a line as it is read; {HEIGHT}.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check_data(
    context: click.Context,
    what: str,
    data: Path,
    settings: tuple[str, ...],
    alphabet: Path | None,
    height: int | None,
    as_json: bool,
) -> None:
    """Name every fault of a data set by file and line.

    FOLDER holds line images with index.tsv or a .txt beside each, or pages with ALTO or PAGE-XML.
    NAME is a data set that `inkread data list` shows, or one of yours by its dotted path; it is
    made first. Exit code 1 says that there are faults.
    """
    if Path(what).is_dir() or Path(what).is_file() or "/" in what:
        if settings:
            raise ConfigError("--set is for data sets by name; leave it out for a folder.")
        known = READER_ALPHABET if alphabet is None else _read_alphabet(alphabet)
        checked = check_folder(what, known, height or HEIGHT)
    else:
        checked = _check_named(what, data, settings, alphabet or height)
    if as_json:
        told = {
            "examples": checked.examples,
            "left_out": checked.left_out,
            "kinds": checked.kinds,
            "faults": [dataclasses.asdict(fault) for fault in checked.sorted()],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for fault in checked.sorted():
            click.echo(str(fault))
        click.echo(_summary(checked))
    context.exit(1 if checked.faults else 0)


def _check_named(name: str, data: Path, settings: tuple[str, ...], other: object) -> Checked:
    from inkread.datasets.check_examples import check_dataset
    from inkread.datasets.names import make_dataset

    if other:
        raise ConfigError("--alphabet and --height are for folders; use --set with a data set's name.")
    with plain_warnings():
        return check_dataset(make_dataset(name, {"data": data, **read_settings(settings)}))


def _read_alphabet(path: Path) -> Alphabet:
    characters = dict.fromkeys(" " + "".join(read_known_text(path).splitlines()))
    try:
        return Alphabet(characters)
    except AlphabetError as error:
        raise ConfigError(f"{path} is no alphabet: {error}") from None


def _summary(checked: Checked) -> str:
    left_out = f", {checked.left_out} left out (crossed-out words)" if checked.left_out else ""
    kinds = ", ".join(f"{count} {kind}" for kind, count in checked.kinds.items())
    count = len(checked.faults)
    found = f"{count} {'fault' if count == 1 else 'faults'}: {kinds}" if count else "no faults"
    what = checked.unit.removesuffix("s") if checked.examples == 1 else checked.unit
    return f"{checked.examples:,} {what} checked{left_out}; {found}"
