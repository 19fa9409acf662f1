"""The reader's own line model: CTC on an endless stream, validated on several sets of lines."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from inkread.alphabet import Alphabet
from inkread.errors import ConfigError
from inkread.training.models.base import Optimisation
from inkread.training.models.expected_errors import ExpectedErrors
from inkread.training.models.line_ctc import LineModelCtc
from inkread.training.models.lines import LineCounts
from inkread.training.models.loop import gathered
from inkread.training.models.teacher import Teacher
from inkread.training.models.views import disagreement, view
from inkread.training.stream import LineBatch


class ReaderLineModel(LineModelCtc):
    """``LineModelCtc`` for the reader's network, which is not told widths.

    Args:
        network: float32 (N, 1, 48, W) in -1 to 1 -> log-probabilities (N, W / 4, C).
        alphabet: classes of the network's output; class 0 the blank.
        optimisation: how it is trained.
        validation: names of the validation sets, in the order of their loaders.
        teacher: a larger reader to learn from beside the texts, or None.
        consistency: weight of the divergence between two views of each line (``views.py``); with 0 there is
            one view, the line itself. In training alone.
        expected_errors: a loss of the best readings with a language model, beside the texts', or None.

    Raises:
        ConfigError: a consistency below 0.
    """

    def __init__(
        self,
        network: nn.Module,
        alphabet: Alphabet,
        optimisation: Optimisation,
        validation: tuple[str, ...] = (),
        teacher: Teacher | None = None,
        consistency: float = 0.0,
        expected_errors: ExpectedErrors | None = None,
    ) -> None:
        super().__init__(network, alphabet, optimisation, stride=4)
        if not isinstance(consistency, int | float) or not 0.0 <= consistency < math.inf:
            raise ConfigError(f"consistency is a number of 0 or more, not {consistency!r}; correct it.")
        self.validation = validation
        self.teacher = teacher
        self.consistency = consistency
        self.expected_errors = expected_errors
        self._counts: dict[str, LineCounts] = {}

    def respond(self, network: nn.Module, batch: LineBatch) -> Tensor:
        output: Tensor = network(self.scaled(batch.lines))
        return output

    def loss(self, output: Tensor, batch: LineBatch) -> Tensor:
        """CTC loss per character, and what teacher and expected errors add to it, per character.

        The teacher's share of it is the divergence from it.
        """
        loss = super().loss(output, batch)
        count = batch.lengths.sum().clamp(min=1)
        if self.teacher is not None:
            apart = self.teacher.divergence(output, self.scaled(batch.lines), self.frames(batch))
            loss = (1.0 - self.teacher.share) * loss + self.teacher.share * apart / count
        if self.expected_errors is not None:
            wrong = self.expected_errors.loss(output, batch, self.frames(batch))
            loss = loss + self.expected_errors.weight * wrong / count
        return loss

    def training_step(self, batch: LineBatch, number: int) -> Tensor:
        """Return the loss, and log it; with ``consistency`` half of it is each view's."""
        if not self.consistency:
            return super().training_step(batch, number)
        lines = self.scaled(batch.lines)
        views = torch.cat((view(lines, batch.widths), view(lines, batch.widths)))
        one, other = self.network(views.contiguous(memory_format=torch.channels_last)).chunk(2)
        apart = disagreement(one, other, self.frames(batch)) / batch.lengths.sum().clamp(min=1)
        loss: Tensor = (self.loss(one, batch) + self.loss(other, batch)) / 2.0 + self.consistency * apart
        self.log("loss", loss, prog_bar=True, batch_size=len(batch.lines))
        return loss

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
