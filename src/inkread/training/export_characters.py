"""The weights of a ``CharacterModel`` become the bundle that reads lone characters, calibrated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from inkread.datasets.dataset import Examples
from inkread.errors import ConfigError
from inkread.runtime.bundle import Contract
from inkread.training.calibrate import fit_temperature
from inkread.training.export import export_bundle
from inkread.training.models.character import CharacterModel

_BATCH = 256


def export_characters(
    model: CharacterModel,
    validation: Examples | None,
    path: str | Path,
    name: str,
    version: str,
    note: str = "",
    half: bool = True,
) -> Contract:
    """Write a model's averaged network as a bundle.

    Args:
        model: of characters, its images square.
        validation: examples whose writers were not trained on, to fit the temperature by; without
            them it is 1.
        path: where the bundle goes.
        name, version, note: what the bundle says of itself.
        half: store the weights in half precision.

    Returns:
        the bundle's contract.

    Raises:
        ConfigError: images that are not square, or classes that are not single characters.
        BundleError: the file does not give what the network gives.
    """
    height, width = model.input_shape
    if height != width or any(len(label) != 1 for label in model.classes):
        raise ConfigError("A character bundle takes square images and gives single characters; train such.")
    model.eval()
    temperature = 1.0
    if validation is not None and len(validation):
        temperature = round(fit_temperature(*log_probabilities(model, validation)), 3)
    contract = Contract(
        kind="character",
        name=name,
        version=version,
        alphabet=model.classes,
        height=height,
        stride=1,
        multiple=1,
        temperature=temperature,
        note=note,
    )
    export_bundle(LogSoftmax(model.averaged.module), contract, path, half=half)
    return contract


@torch.no_grad()
def log_probabilities(
    model: CharacterModel, examples: Examples
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Return the averaged network's log-softmax, float32 (N, C), and the true classes, int64 (N,)."""
    model.eval()
    outputs, truth = [], []
    for first in range(0, len(examples), _BATCH):
        numbers = range(first, min(first + _BATCH, len(examples)))
        batch = model.collate([model.encode(examples[number]) for number in numbers])
        outputs.append(model(batch.images.to(model.device)).float().log_softmax(dim=1).cpu().numpy())
        truth.append(batch.targets.numpy())
    return np.concatenate(outputs), np.concatenate(truth)


class LogSoftmax(nn.Module):
    """A network of logits (or log-probabilities) with a log-softmax after it, its weights' names kept."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, characters: Tensor) -> Tensor:
        """Map float32 (N, 1, H, W) in -1 to 1 to log-probabilities, float32 (N, C)."""
        return torch.log_softmax(self.network(characters), dim=1)
