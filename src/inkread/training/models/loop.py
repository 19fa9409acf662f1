"""What Lightning calls: the steps of training and of validation, the same for every model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import lightning
import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from inkread.datasets.base import sample_rng
from inkread.training.models.optimisation import MovingAverage, Optimisation


class Loop(lightning.LightningModule, ABC):
    """A network in training, and the average of its weights that is validated.

    A subclass defines ``respond``, ``loss``, ``start_measuring``, ``measure`` and ``scores``; see
    ``Model``.

    Attributes:
        network: what is trained.
        averaged: an exponential moving average of its weights: validated, saved and used.
        optimisation: how it is trained; its ``steps`` are set before training begins.
        steps_per_epoch: batches of the data set that is being fitted; 0 of an endless stream.
        tally: what ``measure`` has counted since ``start_measuring``: anything that can be
            pickled and added up (of several processes, the sum is scored).
        last_scores: of the last validation, ``loss`` among them.
    """

    def __init__(self, network: nn.Module, optimisation: Optimisation) -> None:
        super().__init__()
        self.optimisation = optimisation
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.averaged = AveragedModel(network, multi_avg_fn=MovingAverage(optimisation.ema))
        self.averaged.requires_grad_(False)
        self.steps_per_epoch = 0
        self.tally: Any = None
        self.last_scores: dict[str, float] = {}
        self._losses = np.zeros(2)
        self._seed = 0

    # Hooks for a subclass to define

    def respond(self, network: nn.Module, batch: Any) -> Any:
        """Return what a network (the one in training, or the averaged) gives for a batch."""
        return network(self.scaled(batch[0]))

    @abstractmethod
    def loss(self, output: Any, batch: Any) -> Tensor:
        """Return the mean loss of what ``respond`` gave for a batch, a scalar."""

    def start_measuring(self) -> None:
        """Set ``self.tally`` to that of no example."""
        self.tally = None

    @abstractmethod
    def measure(self, output: Any, batch: Any) -> None:
        """Add to ``self.tally`` what the scores need of what the averaged network gave for a batch."""

    @abstractmethod
    def scores(self) -> dict[str, float]:
        """Return the scores of ``self.tally``, ``self.better[0]`` among them."""

    # What Lightning calls

    def forward(self, images: Tensor, *more: Any) -> Tensor:
        """Return what the averaged network gives for images, uint8 (N, 1, H, W)."""
        result: Tensor = self.averaged(self.scaled(images), *more)
        return result

    def scaled(self, images: Tensor) -> Tensor:
        """Return images, uint8 (N, 1, H, W), as float32 in -1 to 1."""
        return (images.float() / 127.5 - 1.0).contiguous(memory_format=torch.channels_last)

    def training_step(self, batch: Any, _: int) -> Tensor:
        """Return the loss, and log it."""
        loss = self.loss(self.respond(self.network, batch), batch)
        self.log("loss", loss, prog_bar=True, batch_size=len(batch[0]))
        if self.steps_per_epoch:
            epoch = self.trainer.global_step // self.steps_per_epoch
            self.log("epoch", float(epoch), batch_size=len(batch[0]))
        return loss

    def on_validation_epoch_start(self) -> None:
        """Begin to count."""
        self._losses = np.zeros(2)
        self.start_measuring()

    def validation_step(self, batch: Any, _: int, dataloader_idx: int = 0) -> None:
        """Count."""
        with torch.autocast(self.device.type, enabled=False):
            output = self.respond(self.averaged, batch)
            self._losses += np.array([float(self.loss(output, batch)), 1.0]) * len(batch[0])
            self.measure(output, batch)

    def on_validation_epoch_end(self) -> None:
        """Log the scores of all processes' counts as ``val_...``."""
        self.tally, self._losses = gathered(self.tally), gathered(self._losses)
        self.last_scores = self._all_scores()
        self.log_dict({f"val_{name}": value for name, value in self.last_scores.items()}, batch_size=1)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the scores of the last validation."""
        checkpoint["scores"] = self.last_scores

    def _all_scores(self) -> dict[str, float]:
        return {"loss": float(self._losses[0] / max(self._losses[1], 1.0)), **self.scores()}

    def configure_optimizers(self) -> Any:
        """AdamW, its rate driven by step so that a resumed run goes on where it stopped."""
        return self.optimisation.optimiser(self.network.named_parameters())

    def optimizer_step(self, *args: Any, **kwargs: Any) -> None:
        """Step, and move the average towards the weights, before any checkpoint is written."""
        super().optimizer_step(*args, **kwargs)
        self.averaged.update_parameters(self.network)

    def on_fit_start(self) -> None:
        """Remember the run's seed."""
        self._seed = torch.initial_seed() % 2**32

    def on_train_batch_start(self, *_: Any) -> None:
        """Make dropout a function of (seed, step, process), so that a resumed run draws the same."""
        number = self.trainer.global_step * self.trainer.world_size + self.trainer.global_rank
        torch.manual_seed(int(sample_rng(self._seed, number).integers(2**62)))


def gathered(tally: Any) -> Any:
    """Return the sum of all processes' tallies; of a single process its own."""
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return tally
    tallies: list[Any] = [None] * torch.distributed.get_world_size()
    torch.distributed.all_gather_object(tallies, tally)
    first, *others = tallies
    for other in others:
        first = first + other
    return first
