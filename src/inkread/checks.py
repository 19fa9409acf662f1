"""What settings that are counts and shares may be, checked in one place."""

from __future__ import annotations

from inkread.errors import ConfigError


def check_counts(least: int = 1, **counts: object) -> None:
    """Check that settings, given by name, are whole numbers of at least ``least``.

    Raises:
        ConfigError: one is not.
    """
    for name, value in counts.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ConfigError(f"{name} is a whole number, {least} or more, not {value!r}; correct it.")


def check_share(**shares: object) -> None:
    """Check that settings, given by name, are numbers from 0 to 1.

    Raises:
        ConfigError: one is not.
    """
    for name, value in shares.items():
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 <= value <= 1.0:
            raise ConfigError(f"{name} is a number from 0 to 1, not {value!r}; correct it.")
