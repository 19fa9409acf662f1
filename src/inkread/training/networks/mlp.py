"""``mlp``: fully connected layers over all pixels of a character."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from torch import nn

from inkread.checks import check_counts, check_share


def mlp(
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    layer_size: int = 128,
    dropout_amount: float = 0.2,
    num_layers: int = 3,
) -> nn.Sequential:
    """Return ``num_layers`` hidden layers with ReLU and dropout, and a linear one.

    Call with float32 (N, 1, H, W) in -1 to 1; gives logits, float32 (N, classes).

    Args:
        input_shape: (H, W).
        output_shape: (classes,).
        layer_size: units of each hidden layer.
        dropout_amount: share of the units left out in training, after each hidden layer.
        num_layers: hidden layers, 0 or more.

    Raises:
        ConfigError: a setting out of its range.
    """
    check_counts(layer_size=layer_size)
    check_counts(0, num_layers=num_layers)
    check_share(dropout_amount=dropout_amount)
    layers: list[nn.Module] = [nn.Flatten()]
    size = prod(input_shape)
    for _ in range(num_layers):
        layers += [nn.Linear(size, layer_size), nn.ReLU(), nn.Dropout(dropout_amount)]
        size = layer_size
    return nn.Sequential(*layers, nn.Linear(size, output_shape[-1]))
