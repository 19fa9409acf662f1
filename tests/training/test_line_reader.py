"""The reader's network: shapes, transfer back from the shipped bundle, agreement with ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from inkread.alphabet import READER_ALPHABET, Alphabet
from inkread.errors import BundleError, ConfigError
from inkread.images.line import normalise_line, to_input
from inkread.images.open import open_page
from inkread.runtime.session import LineSession
from inkread.runtime.store import packaged
from inkread.training.export import export_bundle
from inkread.training.networks.line_reader import ConvolutionLayer, LineReader
from inkread.training.networks.readers import network_settings
from inkread.training.start import bundle_network, load_bundle, start_network

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shipped():
    network, alphabet = bundle_network(packaged("line"))
    assert alphabet == READER_ALPHABET
    return network.eval()


@pytest.mark.parametrize("width", [32, 96, 320, 1024])
def test_pytorch_and_onnx_agree(shipped, width, tmp_path):
    lines = np.random.default_rng(width).integers(0, 256, (2, 48, width), dtype=np.uint8)
    contract = LineSession(packaged("line"), threads=1).contract
    with torch.no_grad():
        expected = shipped(torch.from_numpy(to_input(lines))).numpy()
    found = LineSession(export_bundle(shipped, contract, tmp_path / "float.onnx", half=False), threads=1).run(
        lines
    )
    assert found.shape == (2, width // 4, len(READER_ALPHABET))
    np.testing.assert_allclose(np.exp(found), np.exp(expected), atol=1e-4)


def test_the_shipped_integers_see_what_the_network_sees(shipped):
    session = LineSession(packaged("line"), threads=1)
    paths = sorted((ROOT / "evaluation" / "samples" / "lines" / "images").iterdir())[:8]
    assert len(paths) == 8
    for path in paths:
        line = normalise_line(open_page(path).image)[None]
        with torch.no_grad():
            expected = shipped(torch.from_numpy(to_input(line))).exp().numpy()
        found = np.exp(session.run(line))
        assert np.mean(found.argmax(axis=2) == expected.argmax(axis=2)) > 0.95, path.name
        assert np.abs(found - expected).sum(axis=2).mean() < 0.1, path.name


def test_a_line_reads_the_same_alone_and_in_a_batch(shipped):
    lines = np.random.default_rng(3).integers(0, 256, (5, 48, 256), dtype=np.uint8)
    session = LineSession(packaged("line"), threads=1)
    together = session.run(lines)
    for number, line in enumerate(lines):
        np.testing.assert_allclose(session.run(line[None])[0], together[number], atol=1e-3)
    with torch.no_grad():
        batch = shipped(torch.from_numpy(to_input(lines)))
        alone = shipped(torch.from_numpy(to_input(lines[2:3])))
    torch.testing.assert_close(batch[2:3], alone, atol=1e-4, rtol=1e-4)


def test_extra_layers_begin_as_identities():
    torch.manual_seed(0)
    deep = LineReader(10, layers=4).eval()
    shallow = LineReader(10, layers=2).eval()
    shallow.load_state_dict({k: v for k, v in deep.state_dict().items() if k in shallow.state_dict()})
    lines = torch.rand(1, 1, 48, 64)
    torch.testing.assert_close(deep(lines), shallow(lines))


def test_layers_of_order_begin_as_identities_and_then_see_what_came_before():
    torch.manual_seed(0)
    deep = LineReader(10, layers=6, convolutions=2).eval()
    shallow = LineReader(10, layers=4).eval()
    shallow.load_state_dict({k: v for k, v in deep.state_dict().items() if k in shallow.state_dict()})
    lines = torch.rand(1, 1, 48, 64)
    torch.testing.assert_close(deep(lines), shallow(lines))
    layer = ConvolutionLayer(8)
    torch.nn.init.normal_(layer.project.weight)
    frames = torch.rand(1, 40, 8)
    swapped = frames.clone()
    swapped[:, [3, 4]] = frames[:, [4, 3]]
    changed = (layer(frames) - layer(swapped)).abs().sum(dim=2)[0] > 1e-6
    assert changed[:13].all() and not changed[14:].any()


def test_a_deeper_network_starts_from_a_bundle_and_reads_as_it_did(shipped):
    settings = network_settings(shipped.state_dict())
    deeper = settings | {
        "layers": settings["layers"] + 1,
        "convolutions": settings.get("convolutions", 0) + 1,
    }
    deep = LineReader(len(READER_ALPHABET), **deeper)
    load_bundle(packaged("line"), deep, READER_ALPHABET)
    assert network_settings(deep.state_dict()) == deeper
    lines = torch.rand(1, 1, 48, 64)
    with torch.no_grad():
        torch.testing.assert_close(deep.eval()(lines), shipped(lines))


def test_a_bundle_starts_a_network_with_another_alphabet(shipped):
    alphabet = Alphabet("Ωba ")
    network = LineReader(len(alphabet), **network_settings(shipped.state_dict()))
    load_bundle(packaged("line"), network, alphabet)
    ours, theirs = network.head.weight, shipped.head.weight
    torch.testing.assert_close(ours[0], theirs[0])
    torch.testing.assert_close(ours[3], theirs[READER_ALPHABET.class_of("a")])
    assert network.head.bias[1] < -5.0


def test_a_bundle_of_another_network_is_refused(tmp_path):
    with pytest.raises(BundleError, match="another network"):
        load_bundle(packaged("line"), LineReader(len(READER_ALPHABET), layers=2), READER_ALPHABET)
    with pytest.raises(ConfigError, match="published"):
        start_network(LineReader(10), Alphabet("abc"), {"hub": "x"}, tmp_path)
