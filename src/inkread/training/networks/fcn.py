"""``fcn``: a fully convolutional network that gives every pixel of a page its class.

Odd and even lines can only be told apart by what lies far above, so at a quarter of the size
dilated convolutions (Yu & Koltun 2016) look over the whole page, twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inkread.checks import check_counts

_REACH = (1, 2, 4, 8, 16)


class Fcn(nn.Module):
    """float32 (N, 1, H, W) in -1 to 1, of any size -> logits, float32 (N, classes, H, W)."""

    def __init__(self, classes: int, layer_size: int, num_rounds: int) -> None:
        super().__init__()
        half = layer_size // 2
        self.to_half = nn.Conv2d(1, half, 3, stride=2, padding=1)
        self.to_quarter = nn.Conv2d(half, layer_size, 3, stride=2, padding=1)
        self.far = nn.ModuleList(
            nn.Conv2d(layer_size, layer_size, 3, padding=reach, dilation=reach)
            for _ in range(num_rounds)
            for reach in _REACH
        )
        self.near = nn.Conv2d(layer_size + half, half, 3, padding=1)
        self.head = nn.Conv2d(half + 1, classes, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        ink = (1.0 - images) / 2.0
        fine = F.relu(self.to_half(ink))  # (N, layer_size / 2, H / 2, W / 2)
        x = F.relu(self.to_quarter(fine))  # (N, layer_size, H / 4, W / 4)
        for layer in self.far:
            x = x + F.relu(layer(x))
        x = F.interpolate(x, size=fine.shape[2:], mode="bilinear")
        x = F.relu(self.near(torch.cat((x, fine), dim=1)))
        x = F.interpolate(x, size=images.shape[2:], mode="bilinear")
        return self.head(torch.cat((x, ink), dim=1))


def fcn(
    input_shape: Sequence[int], output_shape: Sequence[int], layer_size: int = 32, num_rounds: int = 2
) -> Fcn:
    """Return a network of convolutions alone.

    Args:
        input_shape: (H, W); the network takes any.
        output_shape: (H, W, classes).
        layer_size: channels at a quarter of the size, 2 or more.
        num_rounds: how often it looks over the page.

    Raises:
        ConfigError: a setting out of its range.
    """
    check_counts(2, layer_size=layer_size)
    check_counts(num_rounds=num_rounds)
    return Fcn(output_shape[-1], layer_size, num_rounds)
