"""``line_cnn_all_conv``: convolutions over a line, and a count of what they have written so far.

Each window says which character it shows and how likely one is to be written there. The number
of characters written before a window is then a sum of coin throws, whose distribution (the
Poisson binomial) is followed from window to window; it says at which place of the text each
window writes. This is monotonic attention (Raffel et al. 2017) without a decoder: the pitch of
the writing may change from line to line and within one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inkread.checks import check_counts, check_share
from inkread.training.networks.windows import Windows, check_windows, columns_of

_LEAST = 1e-6


def places(written: Tensor, length: int) -> Tensor:
    """Return the probability that window ``t`` writes the character of place ``i``.

    Args:
        written: float32 (N, T), 0 to 1, how likely each window is to write a character.
        length: places of the text.

    Returns:
        float32 (N, T, length).
    """
    count = F.one_hot(torch.zeros(len(written), dtype=torch.long, device=written.device), length).to(written)
    steps = []
    for now in written.split(1, dim=1):
        writes = count * now  # (N, length)
        steps.append(writes)
        count = count - writes + F.pad(writes[:, :-1], (1, 0))
    return torch.stack(steps, dim=1)


class LineCnn(nn.Module):
    """Lines to log-probabilities of the class of each place of the text.

    Call with float32 (N, 1, H, W) in -1 to 1 and, where lines are padded, their own widths, int64
    (N,) in columns; gives float32 (N, max_length, classes), natural-log probabilities; class 0
    stands where the text has ended.
    """

    def __init__(
        self,
        height: int,
        width: int,
        max_length: int,
        classes: int,
        window_width: int,
        window_stride: int,
        layer_size: int,
        dropout_amount: float,
    ) -> None:
        super().__init__()
        self.stride = window_stride
        self.max_length = max_length
        self.windows = Windows(height, window_width, window_stride, layer_size)
        self.norm = nn.LayerNorm(layer_size)
        self.dropout = nn.Dropout(dropout_amount)
        self.around = nn.ModuleList(nn.Conv1d(layer_size, layer_size, 5, padding=2) for _ in range(2))
        self.writes = nn.Linear(layer_size, 1)
        self.head = nn.Linear(layer_size, classes - 1)
        share = min(max_length * window_stride / width, 0.9)  # the longest text fills the widest line
        nn.init.zeros_(self.writes.weight)
        nn.init.constant_(self.writes.bias, math.log(share / (1.0 - share)))

    def forward(self, lines: Tensor, widths: Tensor | None = None) -> Tensor:
        x = self.dropout(self.norm(self.windows(lines, widths)))  # (N, T, layer_size)
        own = None
        if widths is not None:
            frames = torch.div(widths, self.stride, rounding_mode="floor")
            own = columns_of(frames, x.shape[1])  # (N, T)
            x = x * own[:, :, None]
        for layer in self.around:
            x = x + F.relu(layer(x.transpose(1, 2)).transpose(1, 2))
            if own is not None:
                x = x * own[:, :, None]
        written = torch.sigmoid(self.writes(x).float()).squeeze(2)
        if own is not None:
            written = written * own
        where = places(written, self.max_length)  # (N, T, max_length)
        shown = torch.softmax(self.head(self.dropout(x)).float(), dim=-1)  # (N, T, classes - 1)
        characters = where.transpose(1, 2) @ shown
        ended = (1.0 - where.sum(1)).clamp(min=0.0)[:, :, None]
        return torch.log(torch.cat((ended, characters), dim=2) + _LEAST)


def line_cnn_all_conv(
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    window_width: int = 16,
    window_stride: int = 8,
    layer_size: int = 128,
    dropout_amount: float = 0.2,
) -> LineCnn:
    """Return a network of convolutions that fills the places of a text of fixed length.

    Args:
        input_shape: (H, W) of the widest line.
        output_shape: (longest text, classes), class 0 the padding behind the text.
        window_width, window_stride: in columns of the line.
        layer_size: channels of a window.
        dropout_amount: share of them left out in training.

    Raises:
        ConfigError: fewer windows than the longest text has characters; a setting out of its range.
    """
    check_counts(layer_size=layer_size)
    check_share(dropout_amount=dropout_amount)
    height, width = input_shape
    max_length, classes = output_shape
    check_windows(width, max_length, window_width, window_stride)
    return LineCnn(
        height, width, max_length, classes, window_width, window_stride, layer_size, dropout_amount
    )
