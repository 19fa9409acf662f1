"""Settings of networks: what each may be, and that what cannot be built is told in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from inkread.errors import ConfigError
from inkread.training.networks.names import build_network

SHAPES: dict[str, Any] = {
    "mlp": ((28, 28), (6,)),
    "lenet": ((28, 28), (6,)),
    "character_cnn": ((32, 32), (6,)),
    "line_cnn_all_conv": ((28, 96), (5, 7)),
    "line_lstm_ctc": ((28, 96), (5, 7)),
    "line_reader": ((48, 96), (5, 7)),
    "fcn": ((64, 64), (64, 64, 3)),
}


@pytest.mark.parametrize("network", [name for name in SHAPES if name != "fcn"])
@pytest.mark.parametrize("share", [7, -0.1, "x"])
def test_dropout_is_a_share(network: str, share: object) -> None:
    with pytest.raises(ConfigError, match="dropout_amount is a number from 0 to 1"):
        build_network(network, *SHAPES[network], {"dropout_amount": share})


@pytest.mark.parametrize("network", [name for name in SHAPES if name != "character_cnn"])
@pytest.mark.parametrize("size", [0, -5, "x", 2.5, True])
def test_layer_size_is_a_count(network: str, size: object) -> None:
    with pytest.raises(ConfigError, match="layer_size is a whole number"):
        build_network(network, *SHAPES[network], {"layer_size": size})


@pytest.mark.parametrize(
    ("network", "settings"),
    [
        ("line_lstm_ctc", {"window_stride": "x"}),
        ("character_cnn", {"widths": 3}),
        ("json.JSONDecoder", {}),
        ("builtins.divmod", {}),
    ],
)
def test_what_cannot_be_built_is_one_sentence(network: str, settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="cannot be built with these settings") as raised:
        build_network(network, *SHAPES.get(network, SHAPES["mlp"]), settings)
    assert "\n" not in str(raised.value)


def test_the_reader_s_layers_are_multiples_of_eight() -> None:
    with pytest.raises(ConfigError, match="layer_size is a multiple of 8, not 13"):
        build_network("line_reader", *SHAPES["line_reader"], {"layer_size": 13})


def test_what_gives_no_module_is_no_network() -> None:
    with pytest.raises(ConfigError, match="gives no torch"):
        build_network("operator.eq", *SHAPES["mlp"], {})
