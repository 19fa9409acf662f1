"""Transfer of the published recogniser's weights (PP-OCRv6 small, ONNX) into ``LineReader``.

The published graph is walked in order; each weight goes to the layer of ours that stands in its
place, with its shape checked. Batch normalisation is folded into the convolution before it, the
three equal input channels into one, and the head keeps the rows of our alphabet alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from inkread.alphabet import Alphabet
from inkread.errors import BundleError
from inkread.training.networks.line_reader import LineReader

Array = npt.NDArray[np.float32]

BATCH_NORM_EPSILON = 1e-5


def published_weights(path: Path) -> tuple[list[Array], list[str]]:
    """Return the published file's weights in the order of use, and its characters by class.

    Only tensors that hold weights count: those with a dimension of more than one entry. The
    characters are those of classes 1, 2, ...; the space, which the file leaves to the reader, is
    appended last.

    Raises:
        BundleError: the file is not a recogniser of the published form.
    """
    graph = _load(path)
    characters = next((p.value.split("\n") for p in graph.metadata_props if p.key == "character"), None)
    if characters is None:
        raise BundleError(f"{path} holds no character list; give the published recogniser's ONNX file.")
    return _ordered(graph), [*characters, " "]


def ordered_weights(path: Path) -> list[Array]:
    """Return the weights of a published file in the order of use: tensors of more than one entry.

    Raises:
        BundleError: the file cannot be read.
    """
    return _ordered(_load(path))


def _load(path: Path) -> onnx.ModelProto:
    try:
        return onnx.load(str(path))
    except Exception as error:  # the file system's, or protobuf's own
        raise BundleError(
            f"{path} cannot be read as ONNX ({error}); fetch the published file anew."
        ) from None


def _ordered(graph: onnx.ModelProto) -> list[Array]:
    arrays = {
        item.name: numpy_helper.to_array(item).astype(np.float32)
        for item in graph.graph.initializer
        if item.data_type == onnx.TensorProto.FLOAT
    }
    return [
        arrays[name]
        for node in graph.graph.node
        for name in node.input
        if name in arrays and arrays[name].size > 1
    ]


def fold(weight: Array, norm: list[Array]) -> tuple[Array, Array]:
    """Fold a batch normalisation (scale, shift, mean, variance) into the convolution before it."""
    scale, shift, mean, variance = norm
    factor = scale / np.sqrt(variance + BATCH_NORM_EPSILON)
    return weight * factor[:, None, None, None], shift - mean * factor


def _convolutions(network: LineReader) -> Iterator[nn.Conv2d]:
    """The backbone's convolutions in the order of the published graph."""
    stem = network.stem
    yield from (stem.first, stem.left, stem.right, stem.reduce, stem.expand)
    for block in network.blocks:
        yield from (module for module in block.modules() if isinstance(module, nn.Conv2d))


def place(target: Tensor, value: Array) -> None:
    if tuple(target.shape) != value.shape:
        raise BundleError(
            f"The published weights have shape {value.shape} where the network has {tuple(target.shape)}; "
            "give the file named in data/raw/pp_ocrv6_rec/metadata.toml."
        )
    target.data.copy_(torch.from_numpy(np.ascontiguousarray(value)))


def transfer(path: Path, network: LineReader, alphabet: Alphabet) -> None:
    """Copy the published recogniser's weights into ``network``, in place.

    Args:
        path: the published ONNX file.
        network: takes the weights; layers beyond the published two keep their own.
        alphabet: which rows of the published head are kept; a character that the published file
            does not know begins as the blank's opposite, a zero row with a low bias.

    Raises:
        BundleError: the file is not of the published form.
    """
    weights, characters = published_weights(path)
    stream = iter(weights)
    try:
        for convolution in _convolutions(network):
            weight, bias = next(stream), next(stream).reshape(-1)
            if convolution is network.stem.first:
                weight = weight.sum(axis=1, keepdims=True)
            place(convolution.weight, weight)
            assert convolution.bias is not None
            place(convolution.bias, bias)
        for convolution in (network.shortcut, network.enter, network.context):
            folded, offset = fold(next(stream), [next(stream) for _ in range(4)])
            place(convolution.weight, folded)
            assert convolution.bias is not None
            place(convolution.bias, offset)
        for layer in list(network.layers)[:2]:
            for part in (
                layer.norm_attention,
                layer.query_key_value,
                layer.project,
                layer.norm_perceptron,
                layer.widen,
                layer.narrow,
            ):
                place(part.weight, next(stream).T)
                place(part.bias, next(stream))
        place(network.norm.weight, next(stream))
        place(network.norm.bias, next(stream))
        head, head_bias = next(stream), next(stream)
    except StopIteration:
        raise BundleError(f"{path} ends too early; give the published recogniser's ONNX file.") from None
    rows = {character: number for number, character in enumerate(characters, start=1)}
    network.head.weight.data.zero_()
    network.head.bias.data.fill_(-10.0)
    for number, row in [(0, 0), *((alphabet.class_of(c), rows[c]) for c in alphabet if c in rows)]:
        network.head.weight.data[number] = torch.from_numpy(head[:, row].copy())
        network.head.bias.data[number] = float(head_bias[row])
