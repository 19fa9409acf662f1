"""``line_reader``: the page reader's own network, for experiments on finite data sets of lines."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from inkread.checks import check_counts, check_share
from inkread.errors import ConfigError
from inkread.images.line import HEIGHT
from inkread.training.networks.line_reader import LineReader
from inkread.training.networks.windows import check_windows

STRIDE = 4


class LineReaderCtc(nn.Module):
    """``LineReader`` on padded lines: those of like width are read together, since it looks at whole lines.

    In training they all go together, padding and all, as in the reader's own training.

    Call with float32 (N, 1, 48, W) in -1 to 1 and, where lines are padded, their own widths, int64
    (N,) in columns, multiples of 4; gives float32 (N, W / 4, classes), natural-log probabilities.
    """

    stride = STRIDE

    def __init__(self, reader: LineReader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, lines: Tensor, widths: Tensor | None = None) -> Tensor:
        if widths is None or self.training or bool((widths == lines.shape[3]).all()):
            log_probs: Tensor = self.reader(lines)
            return log_probs
        found = lines.new_zeros((len(lines), lines.shape[3] // STRIDE, self.reader.head.out_features))
        for width in torch.unique(widths).tolist():
            chosen = torch.nonzero(widths == width).flatten()
            found[chosen, : width // STRIDE] = self.reader(lines[chosen, :, :, :width])
        return found


def line_reader(
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    layer_size: int = 120,
    num_layers: int = 4,
    dropout_amount: float = 0.0,
) -> LineReaderCtc:
    """Return the reader's network with fresh weights.

    Args:
        input_shape: (48, W) of the widest line.
        output_shape: (longest text, classes), the blank among the classes.
        layer_size: width of the transformer's layers, a multiple of 8.
        num_layers: of the transformer.
        dropout_amount: share left out in training.

    Raises:
        ConfigError: lines that are not 48 pixels high, or too short for the longest text; a setting
            out of its range.
    """
    check_counts(layer_size=layer_size, num_layers=num_layers)
    if layer_size % 8:
        raise ConfigError(f"layer_size is a multiple of 8, not {layer_size}; correct it.")
    check_share(dropout_amount=dropout_amount)
    height, width = input_shape
    max_length, classes = output_shape
    if height != HEIGHT:
        raise ConfigError(
            f"line_reader takes lines {HEIGHT} pixels high, not {height}; choose line_lstm_ctc, or lines of "
            "that height."
        )
    check_windows(width, max_length, STRIDE, STRIDE)
    return LineReaderCtc(LineReader(classes, layer_size, num_layers, dropout_amount))
