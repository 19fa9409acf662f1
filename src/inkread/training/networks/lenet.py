"""``lenet``: two convolutions, a pool and a hidden layer, after LeCun et al. (1998)."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from inkread.checks import check_counts, check_share


def lenet(
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    layer_size: int = 128,
    dropout_amount: float = 0.2,
) -> nn.Sequential:
    """Return the small convolutional network of the original.

    Call with float32 (N, 1, H, W) in -1 to 1, at least 6 pixels a side; gives logits, float32
    (N, classes).

    Args:
        input_shape: (H, W).
        output_shape: (classes,).
        layer_size: units of the hidden layer.
        dropout_amount: share of values left out in training, before and after the hidden layer.

    Raises:
        ConfigError: a setting out of its range.
    """
    check_counts(layer_size=layer_size)
    check_share(dropout_amount=dropout_amount)
    rows, columns = ((side - 4) // 2 for side in input_shape)
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 64, rows, columns)
        nn.Flatten(),
        nn.Dropout(dropout_amount),
        nn.Linear(64 * rows * columns, layer_size),
        nn.ReLU(),
        nn.Dropout(dropout_amount),
        nn.Linear(layer_size, output_shape[-1]),
    )
