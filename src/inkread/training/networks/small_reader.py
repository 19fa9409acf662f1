"""The network of the `small` recogniser: half the width of ``LineReader``, fewer blocks, a lighter stem.

The shapes are those of the recogniser published as PP-OCRv6 tiny (PaddleOCR, Apache-2.0), so that its
weights can be transferred (``training/transfer_small.py``), with these changes: one input channel
instead of three equal ones, normalisation folded into the convolutions, the published head's two
matrices multiplied into one, a horizontal stride of 4 instead of 8 with the dilation that goes with it,
hard swish (Howard et al. 2019) instead of GELU, and transformer layers before the head, which begin as
identities: what the published file spends on 6,906 classes and on GELU is spent on them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inkread.training.networks.line_reader import Block, TransformerLayer

# (channels in, channels out, vertical stride, squeeze-and-excitation) of each block
_BLOCKS = (
    (48, 48, 1, True),
    (48, 48, 1, False),
    (48, 96, 2, False),
    (96, 96, 1, True),
    (96, 96, 1, False),
    (96, 160, 2, False),
    (160, 160, 1, True),
    (160, 160, 1, False),
    (160, 160, 1, False),
)
_WIDTH = 160
_HEADS = 4


class SmallStem(nn.Module):
    """Grey line (N, 1, 48, W) to features (N, 48, 12, W/4)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 24, 3, stride=2, padding=1)
        self.second = nn.Conv2d(24, 48, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.second(F.hardswish(self.first(x)))
        return features


class SmallReader(nn.Module):
    """Normalised lines to log-probabilities of characters, one frame every four columns.

    Args:
        classes: size of the alphabet, the blank (class 0) included.
        layers: transformer layers, which begin as identities.
        dropout: of the transformer layers, in training.

    Call with float32 (N, 1, 48, W) in -1 to 1, W a multiple of 4; gives float32
    (N, W/4, classes), natural-log probabilities.
    """

    def __init__(self, classes: int, layers: int = 2, dropout: float = 0.0) -> None:
        super().__init__()
        self.stem = SmallStem()
        self.blocks = nn.Sequential(*(Block(*block, activation=F.hardswish) for block in _BLOCKS))
        self.context = nn.Conv2d(_WIDTH, _WIDTH, (1, 5), padding=(0, 4), dilation=(1, 2), groups=_WIDTH)
        self.mix = nn.Conv2d(_WIDTH, _WIDTH, 1)
        stack = [TransformerLayer(_WIDTH, _HEADS, dropout) for _ in range(layers)]
        self.layers = nn.Sequential(*stack)
        self.head = nn.Linear(_WIDTH, classes)
        for layer in stack:
            layer.begin_as_identity()

    def forward(self, lines: Tensor) -> Tensor:
        x = self.blocks(self.stem(lines))  # (N, 160, 3, W/4)
        x = F.avg_pool2d(torch.cat((x, x[..., -1:]), dim=3), (3, 2), stride=(3, 1))  # (N, 160, 1, W/4)
        x = F.hardswish(self.mix(F.hardswish(self.context(x))))
        x = self.layers(x.squeeze(2).transpose(1, 2))  # (N, W/4, 160)
        return F.log_softmax(self.head(x).float(), dim=-1)
