"""Pruned networks keep what matters."""

from __future__ import annotations

import pytest
import torch

from inkread.errors import ConfigError
from inkread.training.networks.line_reader import LineReader
from inkread.training.prune import prune


@pytest.fixture
def network():
    torch.manual_seed(2)
    return LineReader(12, layers=2).eval()


@pytest.fixture
def lines():
    return [torch.rand(1, 1, 48, 96) * 2 - 1 for _ in range(3)]


def test_channels_that_say_nothing_or_always_the_same_go_without_a_trace(network, lines):
    with torch.no_grad():
        for block in network.blocks:
            hidden = block.widen.out_channels
            block.narrow.weight[:, : hidden // 8] = 0  # never heard
            block.widen.weight[-(hidden // 8) :] = 0  # never changing: its bias alone
    smaller = prune(network, lines, 1.5)
    assert smaller.blocks[0].widen.out_channels == 144
    with torch.no_grad():
        torch.testing.assert_close(smaller(lines[0]), network(lines[0]), atol=1e-4, rtol=1e-4)


def test_the_network_itself_stays_as_it_is(network, lines):
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    prune(network, lines, 1.75)
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_an_expansion_that_is_no_pruning_is_refused(network, lines):
    with pytest.raises(ConfigError, match="between"):
        prune(network, lines, 2.0)
    with pytest.raises(ConfigError, match="between"):
        prune(network, [], 1.5)
