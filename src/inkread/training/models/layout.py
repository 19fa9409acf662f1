"""The line finder in training: three maps of every page, each taught by cross-entropy and by overlap."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel

from inkread.training.layout_data import LayoutBatch
from inkread.training.models.base import Optimisation
from inkread.training.models.loop import Loop
from inkread.training.networks.layout_net import MAPS, LayoutNet

Tally = np.ndarray

_RARE_WEIGHT = (1.0, 2.0, 2.0)  # of a pixel that is of a map, beside one that is not: strips are thin
_SMOOTH = 1.0


class LayoutModel(Loop):
    """``LayoutNet`` with its loss.

    Scores: the Dice overlap of each map with its target, cut at one half, and their mean ``dice``.

    Args:
        network: uint8 (N, H, W, 3) -> by ``logits`` (N, 3, H / 2, W / 2).
        optimisation: how it is trained.
        validation: names of the validation sets, in the order of their loaders.
    """

    def __init__(
        self, network: nn.Module, optimisation: Optimisation, validation: tuple[str, ...] = ()
    ) -> None:
        super().__init__(network, optimisation)
        self.validation = validation
        self._tallies: dict[str, Tally] = {}

    def respond(self, network: nn.Module, batch: LayoutBatch) -> Tensor:
        module = network.module if isinstance(network, AveragedModel) else network
        output: Tensor = cast(LayoutNet, module).logits(batch.images)
        return output

    def loss(self, output: Tensor, batch: LayoutBatch) -> Tensor:
        """Sum over the maps of the weighted cross-entropy and of 1 - Dice, where something is known."""
        known = batch.known[:, None].float()
        wanted = batch.maps.float()
        rare = torch.tensor(_RARE_WEIGHT, device=output.device)[:, None, None]
        weight = known * (1.0 + (rare - 1.0) * wanted)
        entropy = F.binary_cross_entropy_with_logits(
            output, wanted, weight, reduction="sum"
        ) / known.sum().clamp(min=1.0)
        found = torch.sigmoid(output) * known
        wanted = wanted * known
        shared = (found * wanted).sum((0, 2, 3))
        dice = (2 * shared + _SMOOTH) / (found.sum((0, 2, 3)) + wanted.sum((0, 2, 3)) + _SMOOTH)
        return entropy + 0.5 * (1.0 - dice).sum()

    def start_measuring(self) -> None:
        """Count from nothing: for each map the pixels shared, found and wanted."""
        self.tally = np.zeros((len(MAPS), 3))

    def measure(self, output: Tensor, batch: LayoutBatch) -> None:
        known = batch.known[:, None].bool()
        found, wanted = (output > 0) & known, batch.maps.bool() & known
        counts = torch.stack([value.sum((0, 2, 3)) for value in (found & wanted, found, wanted)], dim=1)
        self.tally = self.tally + counts.cpu().numpy()

    def scores(self) -> dict[str, float]:
        return _scores(self.tally)

    def on_validation_epoch_start(self) -> None:
        """Begin to count."""
        self._tallies = {name: np.zeros((len(MAPS), 3)) for name in self.validation}

    def validation_step(self, batch: LayoutBatch, _: int, dataloader_idx: int = 0) -> None:
        """Count one crop, as the averaged network sees it."""
        self.start_measuring()
        self.measure(self.respond(self.averaged, batch), batch)
        self._tallies[self.validation[dataloader_idx]] += self.tally

    def on_validation_epoch_end(self) -> None:
        """Log each set's scores as ``dice_SET_MAP``, and the mean of all sets as ``dice``."""
        means = []
        for name, tally in self._tallies.items():
            scores = _scores(tally)
            means.append(scores.pop("dice"))
            self.log_dict({f"dice_{name}_{key}": value for key, value in scores.items()}, batch_size=1)
        if means:
            self.log("dice", sum(means) / len(means), batch_size=1)


def _scores(tally: Tally) -> dict[str, float]:
    shared, found, wanted = tally.T
    each = 2 * shared / np.maximum(found + wanted, 1.0)
    return {**dict(zip(MAPS, each.tolist(), strict=True)), "dice": float(each.mean())}
