"""How a model is trained: the optimiser, its schedule by step, and an average of the weights."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from inkread.errors import ConfigError

_LEAST_SIZE = 0.005
_SIZE_OF_ZEROS = 0.05


@dataclass(frozen=True)
class Optimisation:
    """How a model is trained.

    Attributes:
        steps: optimiser steps of the whole run, where the cosine ends; ``fit`` sets it.
        learning_rate: the highest one, reached after ``warmup`` steps.
        warmup: steps of linear warm-up; a tenth of a run at most.
        weight_decay: of AdamW (Loshchilov & Hutter 2019), on matrices and kernels alone.
        ema: decay of the exponential moving average of the weights, per step; less early on.
        final: the learning rate's last value, as a share of the highest.
        label_smoothing: share of a target that is spread over all classes (characters alone).
        augment: vary the training images (characters alone).
        relative: take the learning rate times the root mean square of each tensor at the start (after
            Shazeer & Stern 2018): weights of folded normalisations differ a thousandfold in size.
        rates: what the learning rate is multiplied by for the weights whose names begin so (``layers.4``);
            of 0 the weights stay as they are. The longest beginning counts.

    Raises:
        ConfigError: a value out of its range.
    """

    steps: int = 1
    learning_rate: float = 1e-3
    warmup: int = 400
    weight_decay: float = 0.01
    ema: float = 0.999
    final: float = 0.01
    label_smoothing: float = 0.0
    augment: bool = False
    relative: bool = False
    rates: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ranges = {
            "learning_rate": (0.0, math.inf),
            "warmup": (0.0, math.inf),
            "weight_decay": (0.0, math.inf),
            "ema": (0.0, 1.0),
            "final": (0.0, 1.0),
            "label_smoothing": (0.0, 1.0),
        }
        for name, (least, most) in ranges.items():
            value = getattr(self, name)
            if not isinstance(value, int | float) or not math.isfinite(value) or not least <= value <= most:
                span = f"from {least:g} to {most:g}" if math.isfinite(most) else f"of {least:g} or more"
                raise ConfigError(f"{name} is a number {span}, not {value!r}; correct it.")
        if isinstance(self.steps, bool) or not isinstance(self.steps, int) or self.steps < 1:
            raise ConfigError(f"steps is a whole number, 1 or more, not {self.steps!r}; correct it.")
        if not all(isinstance(r, int | float) and 0.0 <= r < math.inf for r in self.rates.values()):
            raise ConfigError(f"rates are numbers of 0 or more, not {dict(self.rates)}; correct them.")

    def scale(self, step: int) -> float:
        """Return the share of the learning rate at ``step``: linear warm-up, then a cosine."""
        warmup = min(self.warmup, self.steps // 10)
        if step < warmup:
            return (step + 1) / warmup
        progress = min((step - warmup) / max(self.steps - warmup, 1), 1.0)
        return self.final + (1.0 - self.final) * 0.5 * (1.0 + math.cos(math.pi * progress))

    def optimiser(self, parameters: Iterable[tuple[str, nn.Parameter]]) -> dict[str, Any]:
        """Return AdamW over ``parameters``, by name, with its schedule by step, as Lightning takes them.

        Those whose rate is 0 need no gradient from here on.

        Raises:
            ConfigError: ``rates`` names weights that there are not.
        """
        parameters = list(parameters)
        for start in self.rates:
            if not any(_begins(name, start) for name, _ in parameters):
                first = ", ".join(dict.fromkeys(name.split(".")[0] for name, _ in parameters))
                raise ConfigError(
                    f"No weights' names begin with {start!r}; they begin with {first}; correct rates."
                )
        groups: dict[tuple[float, float], dict[str, Any]] = {}
        for name, parameter in parameters:
            rate = self._rate(name)
            if rate == 0.0:
                parameter.requires_grad_(False)
            if not parameter.requires_grad:
                continue
            decay = self.weight_decay if parameter.ndim > 1 else 0.0
            rate *= _size(parameter) if self.relative else 1.0
            group = {"params": [], "weight_decay": decay, "lr": self.learning_rate * rate}
            groups.setdefault((decay, rate), group)["params"].append(parameter)
        optimiser = torch.optim.AdamW(list(groups.values()), lr=self.learning_rate)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, self.scale)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _rate(self, name: str) -> float:
        fitting = [start for start in self.rates if _begins(name, start)]
        return float(self.rates[max(fitting, key=len)]) if fitting else 1.0


def _begins(name: str, start: str) -> bool:
    return f"{name}.".startswith(f"{start}.")


def _size(parameter: Tensor) -> float:
    """Return the root mean square of a tensor; of one that begins as zeros, what it may grow to."""
    size = float(parameter.detach().square().mean().sqrt())
    return max(size, _LEAST_SIZE) if size else _SIZE_OF_ZEROS


class MovingAverage:
    """Move averaged weights towards the current ones, in place; the first steps count for more.

    Args:
        decay: what stays of the average at each step, once there are many.
    """

    def __init__(self, decay: float) -> None:
        self.decay = decay

    @torch.no_grad()
    def __call__(self, averaged: list[Tensor], current: list[Tensor], count: Tensor | int) -> None:
        share = 1.0 - min(self.decay, (1.0 + float(count)) / (10.0 + float(count)))
        torch._foreach_lerp_(averaged, current, share)
