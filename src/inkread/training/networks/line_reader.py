"""The reader's own network: a convolutional backbone, a light transformer neck, a CTC head.

The shapes are those of the recogniser published as PP-OCRv6 small (PaddleOCR, Apache-2.0), so
that its weights can be transferred (``training/transfer.py``), with these changes: one input
channel instead of three equal ones, normalisation folded into the convolutions, a horizontal
stride of 4 instead of 8 (dense handwriting needs it), the dilation that goes with it, and more
transformer layers, some of them after a convolution along the line; these begin as identities.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# (channels in, channels out, vertical stride, squeeze-and-excitation) of each block
_BLOCKS = (
    (96, 96, 1, True),
    (96, 96, 1, False),
    (96, 96, 1, False),
    (96, 192, 2, False),
    (192, 192, 1, True),
    (192, 192, 1, False),
    (192, 192, 1, True),
    (192, 192, 1, False),
    (192, 192, 1, True),
    (192, 192, 1, False),
    (192, 384, 2, False),
    (384, 384, 1, True),
    (384, 384, 1, False),
)


class Stem(nn.Module):
    """Grey line (N, 1, 48, W) to features (N, 96, 12, W/4)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 48, 3, stride=2, padding=1)
        self.left = nn.Conv2d(48, 24, 2)
        self.right = nn.Conv2d(24, 48, 2)
        self.reduce = nn.Conv2d(96, 48, 3, stride=2, padding=1)
        self.expand = nn.Conv2d(48, 96, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.first(x))  # (N, 48, 24, W/2)
        padded = F.pad(x, (0, 1, 0, 1))
        fine = F.relu(self.left(padded))
        fine = F.relu(self.right(F.pad(fine, (0, 1, 0, 1))))
        # x is never negative, so padding the pool with zeros equals padding with minus infinity
        coarse = F.max_pool2d(padded, 2, stride=1)
        x = F.relu(self.reduce(torch.cat((coarse, fine), dim=1)))  # (N, 48, 12, W/4)
        return F.relu(self.expand(x))


class SqueezeExcitation(nn.Module):
    """Scale each channel by a gate computed from all channels' means (Hu et al. 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, channels // 4, 1)
        self.excite = nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        gate = F.relu(self.squeeze(x.mean(dim=(2, 3), keepdim=True)))
        return x * F.hardsigmoid(self.excite(gate))


class Block(nn.Module):
    """Depthwise 3x3 for place, then two 1x1 convolutions for meaning, with a residual."""

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        stride: int,
        excitation: bool,
        expansion: float = 2.0,
        activation: Callable[[Tensor], Tensor] = F.gelu,
    ) -> None:
        super().__init__()
        self.activation = activation
        hidden = round(expansion * channels_in)
        self.depthwise = nn.Conv2d(
            channels_in, channels_in, 3, stride=(stride, 1), padding=1, groups=channels_in
        )
        self.excitation = SqueezeExcitation(channels_in) if excitation else None
        self.widen = nn.Conv2d(channels_in, hidden, 1)
        self.narrow = nn.Conv2d(hidden, channels_out, 1)
        self.residual = channels_in == channels_out

    def forward(self, x: Tensor) -> Tensor:
        x = self.depthwise(x)
        if self.excitation is not None:
            x = self.excitation(x)
        y = self.narrow(self.activation(self.widen(x)))
        return x + y if self.residual else y


class TransformerLayer(nn.Module):
    """Pre-norm self-attention over the whole line, then a SiLU perceptron (N, T, width)."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)
        self.norm_perceptron = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 2 * width)
        self.narrow = nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(dropout)

    def begin_as_identity(self) -> None:
        """Let the layer change nothing until it is trained."""
        for linear in (self.project, self.narrow):
            nn.init.zeros_(linear.weight)
            nn.init.zeros_(linear.bias)

    def forward(self, x: Tensor) -> Tensor:
        batch, frames, width = x.shape
        packed = self.query_key_value(self.norm_attention(x))
        packed = packed.reshape(batch, frames, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = packed[0], packed[1], packed[2]
        scores = (query * (width // self.heads) ** -0.5) @ key.transpose(-2, -1)
        mixed = scores.softmax(dim=-1) @ value
        x = x + self.dropout(self.project(mixed.transpose(1, 2).reshape(batch, frames, width)))
        y = F.silu(self.widen(self.norm_perceptron(x)))
        return x + self.dropout(self.narrow(y))


class ConvolutionLayer(nn.Module):
    """The Conformer's convolution module (Gulati et al. 2020), gated and depthwise, over (N, T, width).

    Attention alone knows no order; this layer sees the nine frames on either side. It begins as an identity.
    """

    def __init__(self, width: int, kernel: int = 19) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.gate = nn.Linear(width, 2 * width)
        self.along = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.project = nn.Linear(width, width)
        nn.init.zeros_(self.project.weight)
        nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor) -> Tensor:
        y = F.glu(self.gate(self.norm(x)), dim=-1)
        y = F.silu(self.along(y.transpose(1, 2)).transpose(1, 2))
        return x + self.project(y)


class LineReader(nn.Module):
    """Normalised lines to log-probabilities of characters, one frame every four columns.

    Args:
        classes: size of the alphabet, the blank (class 0) included.
        width: width of the neck.
        layers: transformer layers; those beyond the two transferred ones begin as identities.
        dropout: of the transformer layers, in training.
        expansion: hidden channels of a block over the channels that enter it; 2 as published,
            less after pruning (``training/prune.py``).
        convolutions: the last so many transformer layers have a ``ConvolutionLayer`` before them.

    Call with float32 (N, 1, 48, W) in -1 to 1, W a multiple of 4; gives float32
    (N, W/4, classes), natural-log probabilities.
    """

    def __init__(
        self,
        classes: int,
        width: int = 120,
        layers: int = 4,
        dropout: float = 0.0,
        expansion: float = 2.0,
        convolutions: int = 0,
    ) -> None:
        super().__init__()
        self.stem = Stem()
        self.blocks = nn.Sequential(*(Block(*block, expansion) for block in _BLOCKS))
        channels = _BLOCKS[-1][1]
        self.shortcut = nn.Conv2d(channels, width, 1)
        self.enter = nn.Conv2d(channels, width, 1)
        self.context = nn.Conv2d(width, width, (1, 7), padding=(0, 6), dilation=(1, 2), groups=width)
        stack: list[nn.Module] = []
        for number in range(layers):
            if number >= layers - convolutions:
                stack.append(ConvolutionLayer(width))
            stack.append(TransformerLayer(width, 8, dropout))
        self.layers = nn.Sequential(*stack)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)
        for layer in stack[2:]:
            if isinstance(layer, TransformerLayer):
                layer.begin_as_identity()

    def forward(self, lines: Tensor) -> Tensor:
        x = self.blocks(self.stem(lines))  # (N, 384, 3, W/4)
        x = F.avg_pool2d(torch.cat((x, x[..., -1:]), dim=3), (3, 2), stride=(3, 1))  # (N, 384, 1, W/4)
        shortcut = F.silu(self.shortcut(x))
        x = F.silu(self.enter(x))
        x = x + F.silu(self.context(x))  # (N, 120, 1, W/4)
        x = self.norm(self.layers(x.squeeze(2).transpose(1, 2)))  # (N, W/4, 120)
        x = x + shortcut.squeeze(2).transpose(1, 2)
        return F.log_softmax(self.head(x).float(), dim=-1)
