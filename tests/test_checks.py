"""Counts are whole numbers, shares are from 0 to 1, and what is neither is named."""

from __future__ import annotations

import pytest

from inkread.checks import check_counts, check_share
from inkread.errors import ConfigError


def test_what_is_in_range_passes() -> None:
    check_counts(layers=1, width=64)
    check_counts(0, workers=0)
    check_share(dropout=0, other=1.0)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "2", None])
def test_other_counts_are_named(value: object) -> None:
    with pytest.raises(ConfigError, match="layers is a whole number, 1 or more"):
        check_counts(width=3, layers=value)


@pytest.mark.parametrize("value", [-0.1, 1.1, True, "20 %", float("nan"), None])
def test_other_shares_are_named(value: object) -> None:
    with pytest.raises(ConfigError, match="small is a number from 0 to 1"):
        check_share(large=0.5, small=value)
