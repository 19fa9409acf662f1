"""``character_cnn``: the shipped reader of lone characters, a small residual network.

The picture's 2 x 2 blocks become channels, so that all convolutions work at half its size or less;
residual blocks after He et al. (2016) at a quarter and an eighth. Where a stroke lies matters, so the
last map is not averaged but read as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from inkread.checks import check_counts, check_share
from inkread.errors import ConfigError

_BLOCK = 2
_DOWN = 8


def character_cnn(
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    widths: Sequence[int] = (32, 64, 128),
    depths: Sequence[int] = (0, 1, 1),
    dropout_amount: float = 0.2,
) -> nn.Module:
    """Return the network; call it with float32 (N, 1, H, W) in -1 to 1, dark ink at -1.

    It gives log-probabilities, float32 (N, classes): a loss that takes logits takes these as well.

    Args:
        input_shape: (H, W), both multiples of 8.
        output_shape: (classes,).
        widths: channels at a half, a quarter and an eighth of the picture's size.
        depths: residual blocks at each of these.
        dropout_amount: share of the last map's values left out in training.

    Raises:
        ConfigError: sides that are no multiples of 8, or not three widths and depths; a setting out of its
            range.
    """
    check_share(dropout_amount=dropout_amount)
    if any(side % _DOWN for side in input_shape):
        raise ConfigError(f"character_cnn takes sides that are multiples of {_DOWN}, not {input_shape}.")
    if not len(widths) == len(depths) == 3:
        raise ConfigError("character_cnn has three stages: give three widths and three depths.")
    for width, depth in zip(widths, depths, strict=True):
        check_counts(widths=width)
        check_counts(0, depths=depth)
    return CharacterCnn(tuple(input_shape), output_shape[-1], tuple(widths), tuple(depths), dropout_amount)


class CharacterCnn(nn.Module):
    """What ``character_cnn`` returns."""

    def __init__(
        self,
        input_shape: tuple[int, ...],
        classes: int,
        widths: tuple[int, ...],
        depths: tuple[int, ...],
        dropout_amount: float,
    ) -> None:
        super().__init__()
        stages: list[nn.Module] = []
        before = _BLOCK**2
        for number, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            stages.append(_layer(before, width, stride=2 if number else 1))
            stages += [Residual(width) for _ in range(depth)]
            before = width
        self.features = nn.Sequential(*stages)
        self.dropout = nn.Dropout(dropout_amount)
        self.head = nn.Linear(before * (input_shape[0] // _DOWN) * (input_shape[1] // _DOWN), classes)

    def forward(self, characters: torch.Tensor) -> torch.Tensor:
        """Map float32 (N, 1, H, W) to log-probabilities, float32 (N, classes)."""
        blocks = functional.pixel_unshuffle(characters, _BLOCK)  # (N, 4, H / 2, W / 2)
        if not torch.onnx.is_in_onnx_export():
            blocks = blocks.contiguous(memory_format=torch.channels_last)
        features = self.features(blocks)  # (N, widths[-1], H / 8, W / 8)
        logits = self.head(self.dropout(features.flatten(1)))
        return torch.log_softmax(logits.float(), dim=1)


class Residual(nn.Module):
    """Two 3 x 3 convolutions, and a way around them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _layer(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (N, width, H, W) to the same shape."""
        return torch.relu(features + self.second(self.first(features)))


def _layer(before: int, after: int, stride: int = 1) -> nn.Sequential:
    """Return a 3 x 3 convolution, batch normalisation (Ioffe & Szegedy 2015) and ReLU."""
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )
