"""The published tiny recogniser's weights in the network of `small`."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
import yaml

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.greedy import greedy
from inkread.errors import BundleError
from inkread.images.line import normalise_line, to_input
from inkread.training.networks.line_reader import Block
from inkread.training.networks.small_reader import SmallReader
from inkread.training.start import start_network
from inkread.training.transfer import Array
from inkread.training.transfer_small import transfer_small
from tests.pictures import line_array

PUBLISHED = Path(os.environ.get("INKREAD_PUBLISHED", "")) / "PP-OCRv6_rec_tiny.onnx"


def published(path: Path) -> list[Array]:
    """Write a file with weights of the published shapes, in the published order, and its settings."""
    rng, network = np.random.default_rng(5), SmallReader(4, layers=0)
    shapes: list[tuple[int, ...]] = []

    def add(convolution: torch.nn.Conv2d, normalised: bool, channels: int | None = None) -> None:
        out, into, *kernel = convolution.weight.shape
        shapes.append((out, channels or into, *kernel))
        shapes.extend([(out,)] * 4 if normalised else [(1, out, 1, 1)])

    add(network.stem.first, True, 3)
    add(network.stem.second, True)
    for block in network.blocks:
        assert isinstance(block, Block)
        for part in block.modules():
            if isinstance(part, torch.nn.Conv2d):
                add(part, False)
    add(network.context, True)
    add(network.mix, True)
    shapes += [(160, 80), (80,), (80, 4), (4,)]
    weights = [rng.uniform(0.5, 1.5, shape).astype(np.float32) for shape in shapes]
    names = [f"w{number}" for number in range(len(weights))]
    stored = [onnx.numpy_helper.from_array(w, name) for w, name in zip(weights, names, strict=True)]
    nodes = [onnx.helper.make_node("Identity", [name], [f"{name}/used"]) for name in names]
    ends = [onnx.helper.make_tensor_value_info(name, 1, None) for name in ("x", "y")]
    graph = onnx.helper.make_graph(nodes, "g", ends[:1], ends[1:], stored)
    onnx.save(onnx.helper.make_model(graph), str(path))
    settings = {"PostProcess": {"character_dict": ["a", "ß"]}}
    path.with_suffix(".yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return weights


def test_weights_are_folded_and_the_heads_rows_are_those_of_the_alphabet(tmp_path: Path) -> None:
    weights = published(tmp_path / "tiny.onnx")
    network = SmallReader(len(READER_ALPHABET), layers=1)
    start_network(network, READER_ALPHABET, {"published": "tiny.onnx"}, tmp_path)
    first, scale, shift, mean, variance = weights[:5]
    factor = 1.7 * scale / np.sqrt(variance + 1e-5)
    found = network.stem.first.weight.detach().numpy()
    np.testing.assert_allclose(found[:, 0], first.sum(axis=1) * factor[:, None, None], rtol=1e-4)
    assert network.stem.first.bias is not None
    bias = 1.7 * (shift - mean * scale / np.sqrt(variance + 1e-5))
    np.testing.assert_allclose(network.stem.first.bias.detach().numpy(), bias, rtol=1e-3, atol=1e-4)
    narrow, narrow_bias, wide, wide_bias = weights[-4:]
    head = network.head.weight.detach().numpy()
    for character, row in (("a", 1), ("ß", 2), (" ", 3)):
        number = READER_ALPHABET.class_of(character)
        np.testing.assert_allclose(head[number], narrow @ wide[:, row], rtol=1e-4)
        expected = narrow_bias @ wide[:, row] + wide_bias[row]
        assert network.head.bias[number].item() == pytest.approx(float(expected), rel=1e-4)
    unknown = READER_ALPHABET.class_of("b")
    assert not head[unknown].any() and network.head.bias[unknown].item() == -10.0


def test_files_that_are_missing_or_others_are_told(tmp_path: Path) -> None:
    network = SmallReader(len(READER_ALPHABET), layers=0)
    path = tmp_path / "tiny.onnx"
    with pytest.raises(BundleError, match=r"pp_ocrv6_tiny/readme\.md"):
        transfer_small(path, network, READER_ALPHABET)
    published(path)
    model = onnx.load(str(path))
    del model.graph.node[-4:]
    onnx.save(model, str(path))
    with pytest.raises(BundleError, match="too early"):
        transfer_small(path, network, READER_ALPHABET)


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="INKREAD_PUBLISHED does not name the published models")
def test_the_transferred_network_reads_before_any_training() -> None:
    network = SmallReader(len(READER_ALPHABET)).eval()
    transfer_small(PUBLISHED, network, READER_ALPHABET)
    for text in ("Hello World", "that came on Monday."):
        with torch.no_grad():
            log_probs = network(torch.from_numpy(to_input(normalise_line(line_array(text))[None])))[0]
        assert greedy(log_probs.numpy(), READER_ALPHABET).text == text
