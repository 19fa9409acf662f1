"""What all our models share: the optimiser, its schedule by step, and an average of the weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import lightning
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


@dataclass(frozen=True)
class Optimisation:
    """How a model is trained.

    Attributes:
        steps: optimiser steps of the whole run; the cosine ends there.
        learning_rate: the highest one, reached after ``warmup`` steps.
        warmup: steps of linear warm-up.
        weight_decay: of AdamW (Loshchilov & Hutter 2019), on matrices and kernels alone.
        ema: decay of the exponential moving average of the weights, per step.
        final: the learning rate's last value, as a share of the highest.
    """

    steps: int
    learning_rate: float = 3e-4
    warmup: int = 400
    weight_decay: float = 0.01
    ema: float = 0.999
    final: float = 0.01

    def scale(self, step: int) -> float:
        """Return the share of the learning rate at ``step``: linear warm-up, then a cosine."""
        if step < self.warmup:
            return (step + 1) / self.warmup
        progress = min((step - self.warmup) / max(self.steps - self.warmup, 1), 1.0)
        return self.final + (1.0 - self.final) * 0.5 * (1.0 + math.cos(math.pi * progress))


class Model(lightning.LightningModule):
    """A network with its optimiser; subclasses add the loss and the metrics.

    ``network`` is what is trained, ``averaged`` what is validated and exported.
    """

    def __init__(self, network: nn.Module, optimisation: Optimisation) -> None:
        super().__init__()
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(optimisation.ema))
        self.averaged.requires_grad_(False)
        self.optimisation = optimisation
        self._random_state: torch.Tensor | None = None

    def configure_optimizers(self) -> Any:
        """AdamW, its rate driven by step so that a resumed run goes on where it stopped."""
        parameters = [p for p in self.network.parameters() if p.requires_grad]
        groups = [
            {"params": [p for p in parameters if p.ndim > 1], "weight_decay": self.optimisation.weight_decay},
            {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
        ]
        optimiser = torch.optim.AdamW(groups, lr=self.optimisation.learning_rate)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, self.optimisation.scale)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def optimizer_step(self, *args: Any, **kwargs: Any) -> None:
        """Step, and move the average towards the weights, before any checkpoint is written."""
        super().optimizer_step(*args, **kwargs)
        self.averaged.update_parameters(self.network)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the random state, for dropout."""
        checkpoint["torch_random_state"] = torch.get_rng_state()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Hold the random state until the first batch: setting up a loop draws from it."""
        self._random_state = checkpoint["torch_random_state"].cpu()

    def on_train_batch_start(self, *_: Any) -> None:
        """Take the random state back, once."""
        if self._random_state is not None:
            torch.set_rng_state(self._random_state)
            self._random_state = None
