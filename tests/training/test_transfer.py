"""The published recogniser's weights in our network."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.greedy import greedy
from inkread.errors import BundleError
from inkread.images.line import normalise_line, to_input
from inkread.training.networks.line_reader import LineReader
from inkread.training.transfer import published_weights, transfer
from tests.pictures import line_array

PUBLISHED = Path(os.environ.get("INKREAD_PUBLISHED", "")) / "PP-OCRv6_rec_small.onnx"


def graph(path: Path, characters: str | None) -> Path:
    """Write a file of one multiplication, with a list of characters or without."""
    weight = onnx.numpy_helper.from_array(np.ones((3, 2), np.float32), "weight")
    ends = [onnx.helper.make_tensor_value_info(name, 1, None) for name in ("x", "y")]
    node = onnx.helper.make_node("MatMul", ["x", "weight"], ["y"])
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "g", ends[:1], ends[1:], [weight]))
    if characters is not None:
        onnx.helper.set_model_props(model, {"character": characters})
    onnx.save(model, str(path))
    return path


def test_a_missing_file_and_one_that_is_no_onnx_are_named(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no graph")
    for name in ("none.onnx", "text.onnx"):
        with pytest.raises(BundleError, match="cannot be read"):
            published_weights(tmp_path / name)


def test_weights_come_in_the_order_of_use_and_the_space_last(tmp_path: Path) -> None:
    weights, characters = published_weights(graph(tmp_path / "a.onnx", "a\nb"))
    assert [weight.shape for weight in weights] == [(3, 2)] and characters == ["a", "b", " "]


@pytest.mark.parametrize(("characters", "message"), [(None, "no character list"), ("a", "shape")])
def test_another_file_is_refused(characters: str | None, message: str, tmp_path: Path) -> None:
    path = graph(tmp_path / "a.onnx", characters)
    with pytest.raises(BundleError, match=f"{message}|too early"):
        transfer(path, LineReader(len(READER_ALPHABET), layers=2), READER_ALPHABET)


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="INKREAD_PUBLISHED does not name the published models")
def test_the_transferred_network_reads_before_any_training() -> None:
    network = LineReader(len(READER_ALPHABET), layers=4).eval()
    transfer(PUBLISHED, network, READER_ALPHABET)
    for text in ("Hello World", "that came on Monday."):
        with torch.no_grad():
            log_probs = network(torch.from_numpy(to_input(normalise_line(line_array(text))[None])))[0]
        assert greedy(log_probs.numpy(), READER_ALPHABET).text == text
