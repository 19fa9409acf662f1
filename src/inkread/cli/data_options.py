"""What the verbs of ``inkread data`` share: the data folder, and the settings of a data set."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from inkread.errors import ConfigError

DATA = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("data"),
    envvar="INKREAD_DATA_DIR",
    show_default=True,
    help="The data folder, with raw and processed below.",
)

SETTINGS = click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="An argument of the data set, as num_train=100; may be given several times.",
)


def read_settings(settings: Sequence[str]) -> dict[str, Any]:
    """Return ``key=value`` pairs as a mapping; values are JSON where they can be, else text.

    Raises:
        ConfigError: a pair without ``=``.
    """
    found: dict[str, Any] = {}
    for pair in settings:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise ConfigError(f"{pair!r} is no setting; write --set key=value.")
        try:
            found[key] = json.loads(value)
        except ValueError:
            found[key] = {"True": True, "False": False, "None": None}.get(value, value)
    return found


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Print warnings of data sets as a line each, on standard error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        yield
    for warning in caught:
        click.echo(f"inkread: {warning.message}", err=True)
