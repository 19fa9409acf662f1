"""``inkread read --character``: pictures of one character each, and the likeliest five for each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from inkread.characters import CharacterReading, CharacterRecogniser
from inkread.cli.outputs import whole_file, with_suffix
from inkread.cli.progress import progress
from inkread.cli.read_files import undone
from inkread.cli.sources import Input
from inkread.errors import ConfigError, InkreadError, InputError
from inkread.images.open import open_pages
from inkread.runtime.store import RECOGNISERS
from inkread.writers import Writer
from inkread.writers.fitting import utf8

FORMATS = {"txt": ".txt", "json": ".json"}

Record = dict[str, Any]


def check_format(names: Sequence[str]) -> str:
    """Return the format asked for.

    Raises:
        ConfigError: several, or one that characters do not have.
    """
    if len(names) > 1 or names[0] not in FORMATS:
        raise ConfigError(f"Characters come as {' or '.join(FORMATS)}, not {','.join(names)}; choose one.")
    return names[0]


def read_all(
    inputs: Sequence[Input],
    faults: Sequence[tuple[str, InkreadError]],
    writers: Sequence[Writer],
    output: Path | None,
    force: bool,
    model: str | Path | None,
    threads: int | None,
) -> int:
    """Read pictures of one character each; return the exit code.

    Args:
        faults: what the user named and cannot be read, and why.
        output: the folder for a file of each input; None prints.
        force: read again what is done.
        model: a bundle instead of the one that comes with inkread.

    Raises:
        ConfigError: see ``check_format``, ``undone`` and ``CharacterRecogniser``.
    """
    if model in RECOGNISERS:
        raise ConfigError(f"{model} reads lines; leave --model out, or give a bundle that reads characters.")
    format_ = check_format([writer.name for writer in writers])
    for name, error in faults:
        click.echo(f"inkread: {name}: {error}", err=True)
    recogniser = CharacterRecogniser(model, threads)
    if output:
        todo = undone(inputs, output, writers, force)
        fine = read_characters([given for given, _ in todo], format_, [path for _, path in todo], recogniser)
    else:
        fine = read_characters(inputs, format_, None, recogniser)
    return 0 if fine and not faults else 2


def read_characters(
    inputs: Sequence[Input], format_: str, outputs: Sequence[Path] | None, recogniser: CharacterRecogniser
) -> bool:
    """Read each input and print, or write to one file each, what it may show.

    As text: a line for each candidate, the character, a tab and its probability; an empty line between
    pictures and, where several inputs are printed, a line ``name:`` above each. As JSON:
    ``{"characters": [...]}``, for each picture ``source``, ``number`` (of the page), ``model``, ``text``
    (the likeliest), ``confidence`` and ``candidates``, a list of ``character`` and ``probability``. A blank
    picture has no candidates.

    Args:
        format_: see ``check_format``.
        outputs: the file of each input, without suffix; None prints.

    Returns:
        whether all could be read; what could not is named on standard error.
    """
    records: list[Record] = []
    fine = True
    with progress(len(inputs), alone=outputs is not None) as step:
        for number, given in enumerate(inputs):
            step(given.name)
            try:
                found = list(_read(given, recogniser))
                if outputs:
                    with whole_file(with_suffix(outputs[number], FORMATS[format_])) as file:
                        file.write(utf8(_written(found, format_, named=False)))
            except InputError as error:
                click.echo(f"inkread: {given.name}: {error}", err=True)
                fine = False
                continue
            records += found
    if outputs is None and (records or format_ == "json"):
        click.echo(utf8(_written(records, format_, named=len(inputs) > 1)), nl=False)
    return fine


def _read(given: Input, recogniser: CharacterRecogniser) -> Iterator[Record]:
    for page in open_pages(given.content(), name=given.name):
        reading = recogniser.read(page.image)
        if not reading.candidates:
            click.echo(f"inkread: {given.name}: there is no ink in it.", err=True)
        yield _record(given.name, page.number, reading, recogniser)


def _record(name: str, number: int, reading: CharacterReading, recogniser: CharacterRecogniser) -> Record:
    return {
        "source": name,
        "number": number,
        "model": {"name": recogniser.model.name, "version": recogniser.model.version},
        "text": reading.text,
        "confidence": round(reading.confidence, 4),
        "candidates": [
            {"character": candidate.character, "probability": round(candidate.probability, 4)}
            for candidate in reading.candidates
        ],
    }


def _written(records: Sequence[Record], format_: str, named: bool) -> str:
    if format_ == "json":
        return json.dumps({"characters": records}, ensure_ascii=False, indent=1) + "\n"
    blocks = (
        (f"{record['source']}:\n" if named else "")
        + "".join(f"{entry['character']}\t{entry['probability']:.4f}\n" for entry in record["candidates"])
        for record in records
    )
    return "\n".join(blocks)
