"""``LineModel``: the characters of a line, place by place, up to a greatest length."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from inkread.datasets.dataset import Example
from inkread.decoding.confidence import of_line
from inkread.errors import DataError
from inkread.training.models.lines import LinesModel, padded
from inkread.training.stream import LineBatch


class LineModel(LinesModel):
    """A softmax for each of ``max_length`` places; class 0 stands in those behind the text's end.

    The network gives logits (or log-probabilities), (N, max_length, classes).
    """

    @property
    def max_length(self) -> int:
        """Places of the longest text."""
        return int(self._described().output_shape[0])

    def encode(self, example: Example, rng: np.random.Generator | None = None) -> tuple[Any, ...]:
        """Return the normalised line, its class numbers and its text.

        Raises:
            DataError: the text does not fit into the places, or holds an unknown character.
        """
        line, label, text = super().encode(example, rng)
        if len(label) > self.max_length:
            raise DataError(
                f"The text {text!r} of {example.key or 'a line'} has {len(label)} characters and the model "
                f"{self.max_length} places; give the data set a larger max_length."
            )
        return line, label, text

    def loss(self, output: Tensor, batch: LineBatch) -> Tensor:
        """Mean cross-entropy over all places."""
        return F.cross_entropy(output.float().flatten(0, 1), padded(batch, output.shape[1]).flatten())

    def read(self, output: Tensor, batch: LineBatch) -> list[str]:
        return [self.alphabet.decode(classes) for classes in output.argmax(dim=2).tolist()]

    def confidence(self, output: Tensor, batch: LineBatch) -> float:
        peaks, classes = torch.softmax(output[0].float(), dim=1).max(dim=1)
        return of_line(peaks[classes != 0].tolist())
