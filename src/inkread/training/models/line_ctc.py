"""``LineModelCtc``: a network that reads whole lines, trained by connectionist temporal classification."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inkread.alphabet import Alphabet
from inkread.decoding.greedy import greedy
from inkread.metrics import ErrorCounts, character_errors
from inkread.training.models.base import Model, Optimisation
from inkread.training.stream import LineBatch


class LineModelCtc(Model):
    """CTC (Graves et al. 2006) over frames of a line.

    Args:
        network: float32 (N, 1, 48, W) in -1 to 1 -> log-probabilities (N, W / stride, C).
        alphabet: classes of the network's output; class 0 the blank.
        optimisation: how it is trained.
        validation: names of the validation sets, in the order of their loaders.
        stride: columns a frame.
    """

    def __init__(
        self,
        network: nn.Module,
        alphabet: Alphabet,
        optimisation: Optimisation,
        validation: tuple[str, ...] = (),
        stride: int = 4,
    ) -> None:
        super().__init__(network, optimisation)
        self.alphabet = alphabet
        self.validation = validation
        self.stride = stride
        self._counts: dict[str, ErrorCounts] = {}

    def forward(self, lines: Tensor) -> Tensor:
        """Read normalised lines, uint8 (N, 1, 48, W), with the averaged weights."""
        log_probs: Tensor = self.averaged(self._scale(lines))
        return log_probs

    def training_step(self, batch: LineBatch, _: int) -> Tensor:
        """Mean CTC loss per character of a batch."""
        log_probs = self.network(self._scale(batch.lines)).float()
        losses = F.ctc_loss(
            log_probs.transpose(0, 1),
            batch.targets,
            torch.div(batch.widths, self.stride, rounding_mode="floor"),
            batch.lengths,
            reduction="none",
            zero_infinity=True,
        )
        loss = losses.sum() / batch.lengths.sum()
        self.log("loss", loss, prog_bar=True, batch_size=len(batch.widths))
        return loss

    def on_validation_epoch_start(self) -> None:
        """Begin to count."""
        self._counts = {name: ErrorCounts() for name in self.validation}

    def validation_step(self, batch: tuple[Tensor, str], _: int, dataloader_idx: int = 0) -> None:
        """Count the character errors of one line, read greedily."""
        lines, text = batch
        with torch.autocast(lines.device.type, enabled=False):
            log_probs = self(lines)[0].float().cpu().numpy()
        name = self.validation[dataloader_idx]
        self._counts[name] += character_errors(text, greedy(log_probs, self.alphabet).text)

    def on_validation_epoch_end(self) -> None:
        """Log the corpus CER of each set, and their mean as ``cer``."""
        rates = {}
        for name, counts in self._counts.items():
            mine = torch.tensor([counts.errors, counts.reference], dtype=torch.float64, device=self.device)
            errors, characters = self.trainer.strategy.reduce(mine, reduce_op="sum").tolist()
            rates[name] = errors / max(characters, 1.0)
            self.log(f"cer_{name}", rates[name], batch_size=1)
        if rates:
            self.log("cer", sum(rates.values()) / len(rates), prog_bar=True, batch_size=1)

    def predict_step(self, batch: Any, _: int) -> Tensor:
        """Log-probabilities of normalised lines."""
        return self(batch)

    def _scale(self, lines: Tensor) -> Tensor:
        scaled = lines.float() / 127.5 - 1.0
        return scaled.contiguous(memory_format=torch.channels_last)
