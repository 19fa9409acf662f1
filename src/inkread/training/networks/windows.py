"""Windows that slide along a line, each seen by the same convolution: what the line networks share.

Sharing the windows' work is what a convolution over the whole line does, so that is what it is.
Whatever lies beyond a line's own width is set to nothing after every layer, as the padding of a
convolution is: a line gives the same alone and in any batch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inkread.errors import ConfigError

_MOST_ROWS = 7
"""Rows to which the height is halved before the windows are taken."""


def check_windows(line_width: int, max_length: int, window_width: int, window_stride: int) -> None:
    """Check that the windows of the widest line cover it and are enough for the longest text.

    Raises:
        ConfigError: they are not; the message says which setting to change.
    """
    if window_stride < 1 or window_width < window_stride:
        raise ConfigError(
            f"Windows of {window_width} columns every {window_stride} leave gaps in the line; give a "
            "window_stride of at least 1 and a window_width of at least the window_stride."
        )
    windows = line_width // window_stride
    if windows < max_length:
        raise ConfigError(
            f"A line of {line_width} columns has {windows} windows every {window_stride} columns, fewer than "
            f"the {max_length} characters that its text can have; give a window_stride of at most "
            f"{max(line_width // max_length, 1)}."
        )


def columns_of(widths: Tensor, columns: int) -> Tensor:
    """Return 1 where a line has its own columns and 0 beyond, float32 (N, columns)."""
    return (torch.arange(columns, device=widths.device) < widths[:, None]).float()


class Windows(nn.Module):
    """Lines (N, 1, H, W) in -1 to 1 -> one vector a window, (N, W // stride, channels).

    Args:
        height: H.
        width: columns of a window.
        stride: columns from one window to the next.
        channels: of the result.
    """

    def __init__(self, height: int, width: int, stride: int, channels: int) -> None:
        super().__init__()
        self.stride = stride
        self.layers = nn.ModuleList()
        before, after, rows = 1, 16, height
        while rows > _MOST_ROWS or not self.layers:
            self.layers.append(nn.Conv2d(before, after, 3, stride=(2, 1), padding=1))
            before, after, rows = after, 32, -(-rows // 2)
        self.around = ((width - stride) // 2, width - stride - (width - stride) // 2)
        self.window = nn.Conv2d(before, channels, (rows, width), stride=(1, stride))

    def forward(self, lines: Tensor, widths: Tensor | None = None) -> Tensor:
        x = (1.0 - lines) / 2.0  # ink is 1 and paper 0
        own = None if widths is None else columns_of(widths, lines.shape[3])[:, None, None]  # (N, 1, 1, W)
        if own is not None:
            x = x * own
        for layer in self.layers:
            x = F.relu(layer(x))  # half as many rows each time, (N, 16 or 32, rows, W)
            if own is not None:
                x = x * own
        x = F.relu(self.window(F.pad(x, self.around)))  # (N, channels, 1, W // stride)
        return x.squeeze(2).transpose(1, 2)
