"""``line_lstm_ctc``: an LSTM over the windows of a line, for CTC."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from inkread.checks import check_counts, check_share
from inkread.training.networks.windows import Windows, check_windows


class LineLstmCtc(nn.Module):
    """Lines to log-probabilities of characters, a frame a window.

    What is read is what a window shows and what the LSTM makes of those around it: without the
    former, CTC takes far longer to leave the reading in which everything is blank.

    Call with float32 (N, 1, H, W) in -1 to 1 and, where lines are padded, their own widths, int64
    (N,) in columns; gives float32 (N, W // stride, classes), natural-log probabilities. Frames
    beyond ``width // stride`` of a line mean nothing.
    """

    def __init__(
        self,
        height: int,
        classes: int,
        window_width: int,
        window_stride: int,
        layer_size: int,
        num_layers: int,
        dropout_amount: float,
    ) -> None:
        super().__init__()
        self.stride = window_stride
        self.windows = Windows(height, window_width, window_stride, layer_size)
        self.norm = nn.LayerNorm(layer_size)
        self.dropout = nn.Dropout(dropout_amount)
        self.lstm = nn.LSTM(layer_size, layer_size, num_layers, batch_first=True, bidirectional=True)
        self.head = nn.Linear(3 * layer_size, classes)

    def forward(self, lines: Tensor, widths: Tensor | None = None) -> Tensor:
        x = self.dropout(self.norm(self.windows(lines, widths)))  # (N, T, layer_size)
        if widths is None:
            around, _ = self.lstm(x)
        else:
            frames = torch.div(widths, self.stride, rounding_mode="floor").cpu()
            packed = pack_padded_sequence(x, frames, batch_first=True, enforce_sorted=False)
            around, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=x.shape[1])
        seen = torch.cat((x, self.dropout(around)), dim=2)  # (N, T, 3 * layer_size)
        return torch.log_softmax(self.head(seen).float(), dim=-1)


def line_lstm_ctc(
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    window_width: int = 14,
    window_stride: int = 7,
    layer_size: int = 128,
    num_layers: int = 1,
    dropout_amount: float = 0.2,
) -> LineLstmCtc:
    """Return a bidirectional LSTM (Graves & Schmidhuber 2005) over convolved windows.

    Args:
        input_shape: (H, W) of the widest line.
        output_shape: (longest text, classes), the blank among the classes.
        window_width, window_stride: in columns of the line.
        layer_size: channels of a window, and units of each direction of the LSTM.
        num_layers: of the LSTM.
        dropout_amount: share left out in training, before and after the LSTM.

    Raises:
        ConfigError: fewer windows than the longest text has characters; a setting out of its range.
    """
    check_counts(layer_size=layer_size, num_layers=num_layers)
    check_share(dropout_amount=dropout_amount)
    height, width = input_shape
    max_length, classes = output_shape
    check_windows(width, max_length, window_width, window_stride)
    return LineLstmCtc(height, classes, window_width, window_stride, layer_size, num_layers, dropout_amount)
