"""A language model of word pieces: one LSTM, and one table that pieces are looked up and told in.

Tying the two tables (Press & Wolf, 2017) halves the file. The layer is small because each line of a
page is weighed by it a dozen times.
"""

from __future__ import annotations

import torch
from torch import nn

from inkread.decoding.pieces import START


class PieceLstm(nn.Module):
    """Log probability of each word piece after those before it.

    Args:
        pieces: how many numbers there are, ``len(Pieces)``.
        cells: of the LSTM.
        width: of a piece's row in the table.
        dropout: share of each layer's output that is left out while training.
    """

    def __init__(self, pieces: int, cells: int = 512, width: int = 256, dropout: float = 0.12) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(width, pieces) * 0.05)  # a column for each piece
        self.lstm = nn.LSTM(width, cells, batch_first=True)
        self.projection = nn.Linear(cells, width)
        self.bias = nn.Parameter(torch.zeros(pieces))
        self.dropout = nn.Dropout(dropout)

    def logits(self, before: torch.Tensor) -> torch.Tensor:
        """Return scores of all pieces: int64 (N, T), those one place earlier, to float32 (N, T, pieces)."""
        if torch.onnx.is_in_onnx_export():
            seen = self.table[:, before].permute(1, 2, 0)  # one table in the file, not two
        else:
            seen = nn.functional.embedding(before, self.table.t())
        hidden, _ = self.lstm(self.dropout(seen))
        return self.dropout(self.projection(self.dropout(hidden))) @ self.table + self.bias

    def forward(self, pieces: torch.Tensor) -> torch.Tensor:
        """Return log p of each piece: int64 (N, T) to float32 (N, T)."""
        before = nn.functional.pad(pieces[:, :-1], (1, 0), value=START)
        logits = self.logits(before)
        chosen = logits.gather(2, pieces[..., None])
        return (chosen - logits.logsumexp(dim=-1, keepdim=True))[..., 0]
