"""The network of `small`: its shapes, its way into a bundle and back, lines that are read alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from inkread.alphabet import READER_ALPHABET
from inkread.errors import ConfigError
from inkread.images.line import to_input
from inkread.runtime.bundle import Contract
from inkread.runtime.session import LineSession
from inkread.training.export import export_bundle
from inkread.training.networks.line_reader import LineReader
from inkread.training.networks.readers import network_settings, reader_network
from inkread.training.networks.small_reader import SmallReader
from inkread.training.start import bundle_network


@pytest.fixture(scope="module")
def network() -> SmallReader:
    torch.manual_seed(1)
    return SmallReader(len(READER_ALPHABET), layers=1).eval()


@pytest.mark.parametrize("width", [32, 132])
def test_a_frame_comes_every_four_columns(network: SmallReader, width: int) -> None:
    with torch.no_grad():
        found = network(torch.rand(2, 1, 48, width) * 2 - 1)
    assert found.shape == (2, width // 4, len(READER_ALPHABET))
    torch.testing.assert_close(found.exp().sum(dim=2), torch.ones(2, width // 4))


def test_a_line_reads_the_same_alone_and_in_a_batch(network: SmallReader) -> None:
    lines = torch.rand(4, 1, 48, 96) * 2 - 1
    with torch.no_grad():
        torch.testing.assert_close(network(lines)[2:3], network(lines[2:3]), atol=1e-4, rtol=1e-4)


def test_transformer_layers_begin_as_identities(network: SmallReader) -> None:
    bare = SmallReader(len(READER_ALPHABET), layers=0).eval()
    bare.load_state_dict({k: v for k, v in network.state_dict().items() if not k.startswith("layers.")})
    lines = torch.rand(1, 1, 48, 64) * 2 - 1
    torch.testing.assert_close(network(lines), bare(lines))


def test_a_bundle_brings_the_network_back(network: SmallReader, tmp_path: Path) -> None:
    contract = Contract(kind="line", name="s", version="1", alphabet=READER_ALPHABET.characters, note="")
    path = export_bundle(network, contract, tmp_path / "small.onnx", half=False)
    back, alphabet = bundle_network(path)
    assert isinstance(back, SmallReader) and alphabet == READER_ALPHABET
    lines = np.random.default_rng(2).integers(0, 256, (1, 48, 96), dtype=np.uint8)
    with torch.no_grad():
        expected = back.eval()(torch.from_numpy(to_input(lines))).numpy()
    np.testing.assert_allclose(LineSession(path, threads=1).run(lines), expected, atol=1e-3)


def test_networks_are_built_by_size_and_known_by_their_weights() -> None:
    for settings in ({"size": "small", "layers": 3}, {"width": 64, "layers": 3, "expansion": 1.5}):
        built = reader_network(5, **settings)
        assert isinstance(built, SmallReader if "size" in settings else LineReader)
        assert network_settings(built.state_dict()) == settings
    with pytest.raises(ConfigError, match="base or small"):
        reader_network(5, "tiny")
    with pytest.raises(ConfigError, match="expansion"):
        reader_network(5, "small", expansion=1.5)
