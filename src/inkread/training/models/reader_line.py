"""The reader's own line model: CTC on an endless stream, validated on several sets of lines."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from inkread.alphabet import Alphabet
from inkread.training.models.base import Optimisation
from inkread.training.models.line_ctc import LineModelCtc
from inkread.training.models.lines import LineCounts
from inkread.training.models.loop import gathered
from inkread.training.stream import LineBatch


class ReaderLineModel(LineModelCtc):
    """``LineModelCtc`` for the reader's network, which is not told widths.

    Args:
        network: float32 (N, 1, 48, W) in -1 to 1 -> log-probabilities (N, W / 4, C).
        alphabet: classes of the network's output; class 0 the blank.
        optimisation: how it is trained.
        validation: names of the validation sets, in the order of their loaders.
    """

    def __init__(
        self,
        network: nn.Module,
        alphabet: Alphabet,
        optimisation: Optimisation,
        validation: tuple[str, ...] = (),
    ) -> None:
        super().__init__(network, alphabet, optimisation, stride=4)
        self.validation = validation
        self._counts: dict[str, LineCounts] = {}

    def respond(self, network: nn.Module, batch: LineBatch) -> Tensor:
        output: Tensor = network(self.scaled(batch.lines))
        return output

    def on_validation_epoch_start(self) -> None:
        """Begin to count."""
        self._counts = {name: LineCounts() for name in self.validation}

    def validation_step(self, batch: LineBatch, _: int, dataloader_idx: int = 0) -> None:
        """Count the errors of a batch, read greedily."""
        with torch.autocast(self.device.type, enabled=False):
            self.start_measuring()
            self.measure(self.respond(self.averaged, batch), batch)
        self._counts[self.validation[dataloader_idx]] += self.tally

    def on_validation_epoch_end(self) -> None:
        """Log the corpus CER of each set, and their mean as ``cer``."""
        rates = {name: gathered(counts).characters.rate for name, counts in self._counts.items()}
        for name, rate in rates.items():
            self.log(f"cer_{name}", rate, batch_size=1)
        if rates:
            self.log("cer", sum(rates.values()) / len(rates), prog_bar=True, batch_size=1)
