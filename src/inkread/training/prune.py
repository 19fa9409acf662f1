"""Structured pruning: a line network with fewer hidden channels, to be trained on.

In each block the hidden channels that matter least go: those whose spread after the activation,
times the norm of the weights that read them, is smallest (in the spirit of Molchanov et al.
2017). What such a channel gives on average is added to the bias behind it, so the network
stays as close as it can to the one it came from.

``python -m inkread.training.prune BUNDLE LINES.parquet OUT.onnx EXPANSION``
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inkread.datasets.packed_lines import PackedLines
from inkread.errors import ConfigError
from inkread.images.line import normalise_line, to_input
from inkread.runtime.session import LineSession
from inkread.training.export import export_bundle
from inkread.training.networks.line_reader import Block, LineReader
from inkread.training.start import bundle_network

_CALIBRATION_LINES = 96


def prune(network: LineReader, lines: list[Tensor], expansion: float) -> LineReader:
    """Return a network with ``expansion`` hidden channels for each that enters a block.

    Args:
        network: stays as it is.
        lines: float32 (1, 1, 48, W) each, in -1 to 1: what the channels are judged on.
        expansion: less than the network's own.

    Raises:
        ConfigError: the expansion is not below the network's own, or there are no lines.
    """
    blocks = [block for block in network.blocks if isinstance(block, Block)]
    own = blocks[0].widen.out_channels / blocks[0].widen.in_channels
    if not 0 < expansion < own or not lines:
        raise ConfigError(f"Prune to an expansion between 0 and {own:g}, with lines to judge by.")
    smaller = LineReader(
        network.head.out_features,
        network.head.in_features,
        len(network.layers),
        network.layers[0].dropout.p,  # type: ignore[union-attr, arg-type]
        expansion,
    )
    weights = network.state_dict()
    for number, (block, (mean, spread)) in enumerate(zip(blocks, _activity(network, lines), strict=True)):
        reading = block.narrow.weight[:, :, 0, 0]  # (channels out, hidden)
        importance = spread * reading.norm(dim=0)
        count = smaller.blocks[number].widen.out_channels  # type: ignore[union-attr]
        kept = importance.topk(int(count)).indices.sort().values
        lost = torch.ones_like(importance, dtype=torch.bool)
        lost[kept] = False
        name = f"blocks.{number}."
        weights[name + "widen.weight"] = block.widen.weight[kept]
        weights[name + "widen.bias"] = _bias(block.widen)[kept]
        weights[name + "narrow.weight"] = block.narrow.weight[:, kept]
        weights[name + "narrow.bias"] = _bias(block.narrow) + reading[:, lost] @ mean[lost]
    smaller.load_state_dict(weights)
    return smaller.eval()


def _bias(layer: nn.Conv2d) -> Tensor:
    assert layer.bias is not None
    return layer.bias


@torch.no_grad()
def _activity(network: LineReader, lines: list[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """Mean and standard deviation of each block's hidden channels after the activation."""
    blocks = list(network.blocks)
    sums = [[torch.zeros(1), torch.zeros(1)] for _ in blocks]
    seen = [0] * len(blocks)

    def watch(number: int) -> Callable[..., None]:
        def hook(_: nn.Module, __: tuple[Tensor, ...], hidden: Tensor) -> None:
            active = F.gelu(hidden).transpose(0, 1).flatten(1)  # (hidden, places)
            sums[number][0] = sums[number][0] + active.sum(dim=1)
            sums[number][1] = sums[number][1] + active.square().sum(dim=1)
            seen[number] += active.shape[1]

        return hook

    hooks = [b.widen.register_forward_hook(watch(n)) for n, b in enumerate(blocks)]  # type: ignore[union-attr]
    for line in lines:
        network(line)
    for hook in hooks:
        hook.remove()
    means = [total / count for (total, _), count in zip(sums, seen, strict=True)]
    return [
        (mean, (squares / count - mean.square()).clamp_min(0).sqrt())
        for mean, (_, squares), count in zip(means, sums, seen, strict=True)
    ]


def main(bundle: str, packed: str, out: str, expansion: str) -> None:
    """Prune a bundle on packed lines and write the smaller bundle."""
    network, _ = bundle_network(bundle)
    if not isinstance(network, LineReader):
        raise ConfigError(
            f"{bundle} is of the small network, which has nothing to spare; give a base bundle."
        )
    source = PackedLines(packed)
    step = max(len(source) // _CALIBRATION_LINES, 1)
    lines = [
        torch.from_numpy(to_input(normalise_line(source.sample(n).image)[None]))
        for n in range(0, len(source), step)
    ]
    contract = replace(LineSession(bundle).contract, note="pruned, to be trained on")
    export_bundle(prune(network.eval(), lines, float(expansion)), contract, Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
