"""Distillation (Hinton et al. 2015): a larger reader says at each frame what it sees there."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inkread.errors import ConfigError


class Teacher:
    """A trained network that stays as it is; no part of the model that learns, nor of its checkpoints.

    Args:
        network: float32 (N, 1, 48, W) in -1 to 1 -> log-probabilities (N, T, C), with the stride and
            the classes of the one that learns.
        share: of the loss that is the teacher's, 0 to 1; the rest is the texts'.

    Raises:
        ConfigError: a share out of its range.
    """

    def __init__(self, network: nn.Module, share: float = 0.5) -> None:
        if not 0.0 <= share <= 1.0:
            raise ConfigError(f"A teacher's share is from 0 to 1, not {share:g}; correct it.")
        self.network = network.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.share = share

    def divergence(self, output: Tensor, lines: Tensor, frames: Tensor) -> Tensor:
        """Return the Kullback-Leibler divergence from the teacher, nats summed over frames and lines.

        Args:
            output: log-probabilities (N, T, C) of the network that learns.
            lines: float32 (N, 1, 48, W) in -1 to 1, what it was given.
            frames: int64 (N,), frames of each line; those behind are padding and do not count.
        """
        self.network.to(lines.device)
        with torch.no_grad():
            theirs = self.network(lines)
        each = F.kl_div(output.float(), theirs.float(), reduction="none", log_target=True).sum(dim=2)
        own = torch.arange(each.shape[1], device=each.device) < frames[:, None]
        return (each * own).sum()
