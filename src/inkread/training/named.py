"""Things that a configuration names: ours by a short name, the user's by dotted path."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from inkread.datasets.names import did_you_mean, import_dotted
from inkread.errors import ConfigError


def find(name: str, known: Mapping[str, str], what: str) -> Any:
    """Return what ``name`` stands for.

    Args:
        name: a key of ``known``, or the dotted path of something of the user's.
        known: dotted path by short name.
        what: what is looked for, for messages.

    Raises:
        ConfigError: there is none; the message gives the nearest name.
    """
    if name not in known and "." not in name:
        raise ConfigError(
            f"There is no {what} {name!r}; {did_you_mean(name, known)}use one of {', '.join(known)}, or the "
            "dotted path of one of your own, package.module.name."
        )
    return import_dotted(known.get(name, name), what)


def check_arguments(function: Callable[..., object], arguments: Mapping[str, object], what: str) -> None:
    """Check that ``function`` has keyword parameters of these names.

    Raises:
        ConfigError: it has not; the message gives the nearest one.
    """
    parameters = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return
    known = [name for name in parameters if name not in ("input_shape", "output_shape", "self")]
    for name in arguments:
        if name not in known:
            raise ConfigError(
                f"The {what} takes no {name!r}; {did_you_mean(name, known)}"
                f"use one of {', '.join(known) or 'none at all'}."
            )
