"""Settings that make no sense are named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkread.errors import ConfigError
from inkread.server.settings import Settings
from tests.server.conftest import settings


@pytest.mark.parametrize(
    "change",
    [
        {"held": 0},
        {"seconds": 0.0},
        {"max_bytes": -1},
        {"proxies": -1},
        {"at_once": 4, "held": 2},
        {"rate": "often"},
        {"rate": "0/minute"},
        {"model": Path("nothing.onnx")},
    ],
)
def test_a_setting_out_of_range(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        settings(**change)


def test_limits_are_those_of_the_settings() -> None:
    limits = settings(max_pixels=1000, max_pages=3).limits
    assert limits.max_pixels == 1000 and limits.max_pages == 3
    assert Settings().rate and settings(rate="", proxies=0)
