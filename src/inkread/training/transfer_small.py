"""Transfer of the published tiny recogniser's weights (PP-OCRv6 tiny, ONNX) into ``SmallReader``.

As in ``training/transfer.py`` the published graph is walked in order: batch normalisation is folded
into the convolution before it, the three equal input channels into one, and the head, two matrices of
the published file, becomes one that keeps the rows of our alphabet alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import yaml
from torch import nn

from inkread.alphabet import Alphabet
from inkread.errors import BundleError
from inkread.training.networks.line_reader import Block
from inkread.training.networks.small_reader import SmallReader
from inkread.training.transfer import fold, ordered_weights, place

_UNKNOWN_BIAS = -10.0
_STEEPNESS = 1.7
"""``hardswish(1.7 x) / 1.7`` is near ``gelu(x)``: the factors go into the convolutions around it."""


def published_characters(path: Path) -> list[str]:
    """Return the characters of classes 1, 2, ... of the published file; the space is the last.

    Raises:
        BundleError: the settings are missing or of another form.
    """
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [*map(str, settings["PostProcess"]["character_dict"]), " "]
    except (OSError, UnicodeError, yaml.YAMLError, KeyError, TypeError):
        raise BundleError(
            f"{path} does not hold the published recogniser's characters; fetch it beside the weights, as "
            "data/raw/pp_ocrv6_tiny/readme.md says."
        ) from None


def transfer_small(path: Path, network: SmallReader, alphabet: Alphabet) -> None:
    """Copy the published tiny recogniser's weights into ``network``, in place.

    Args:
        path: the published ONNX file; its settings lie beside it, ``.yml``.
        network: takes the weights; its transformer layers keep their own.
        alphabet: which rows of the published head are kept; a character that the published file
            does not know begins with a zero row and a low bias.

    Raises:
        BundleError: a file is missing or not of the published form.
    """
    characters = published_characters(path.with_suffix(".yml"))
    stream = iter(ordered_weights(path))
    try:
        for convolution, normalised in _convolutions(network):
            weight = next(stream)
            if convolution is network.stem.first:
                weight = weight.sum(axis=1, keepdims=True)
            if normalised:
                weight, bias = fold(weight, [next(stream) for _ in range(4)])
            else:
                bias = next(stream).reshape(-1)
            place(convolution.weight, weight)
            assert convolution.bias is not None
            place(convolution.bias, bias)
        _steepen(network)
        narrow, narrow_bias, wide, wide_bias = [next(stream) for _ in range(4)]
    except StopIteration:
        raise BundleError(f"{path} ends too early; give the published recogniser's ONNX file.") from None
    head = (narrow @ wide).T  # (published classes, 160)
    bias = narrow_bias @ wide + wide_bias
    rows = {character: number for number, character in enumerate(characters, start=1)}
    network.head.weight.data.zero_()
    network.head.bias.data.fill_(_UNKNOWN_BIAS)
    for number, row in [(0, 0), *((alphabet.class_of(c), rows[c]) for c in alphabet if c in rows)]:
        network.head.weight.data[number] = torch.from_numpy(np.ascontiguousarray(head[row]))
        network.head.bias.data[number] = float(bias[row])


def _convolutions(network: SmallReader) -> Iterator[tuple[nn.Conv2d, bool]]:
    """The convolutions in the order of the published graph, and whether each is batch-normalised."""
    yield from ((network.stem.first, True), (network.stem.second, True))
    for block in network.blocks:
        yield from ((module, False) for module in block.modules() if isinstance(module, nn.Conv2d))
    yield from ((network.context, True), (network.mix, True))


@torch.no_grad()
def _steepen(network: SmallReader) -> None:
    """Scale the convolutions around each activation that was GELU: hard swish then does nearly the same."""
    pairs = [(network.stem.first, network.stem.second)]
    pairs += [(block.widen, block.narrow) for block in network.blocks if isinstance(block, Block)]
    for before, after in pairs:
        assert before.bias is not None
        before.weight *= _STEEPNESS
        before.bias *= _STEEPNESS
        after.weight /= _STEEPNESS
