"""``LineDetectorModel``: which pixels of a paragraph or page belong to odd lines, and which to even ones."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from inkread.datasets.dataset import Example
from inkread.images.line import stretch, to_grey
from inkread.region_metrics import RegionCounts, count_regions, ink_of
from inkread.training.models.base import Model, Prediction


class RegionBatch(NamedTuple):
    """Pages of one size.

    Attributes:
        images: uint8 (N, 1, H, W), dark ink on light paper.
        targets: uint8 (N, H, W), class of each pixel.
    """

    images: Tensor
    targets: Tensor


class LineDetectorModel(Model):
    """A softmax over the classes of each pixel, trained by cross-entropy.

    The network maps float32 (N, 1, H, W) in -1 to 1 to logits (N, classes, H, W); class 0 is the
    background, 1 odd lines, 2 even lines. Scores: see ``region_metrics``.
    """

    task = "regions"
    better = ("iou", "max")

    def normalise(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Bring an image, uint8 of any size, to the network's size, uint8 (H, W), dark on light."""
        height, width = self.input_shape
        grey = stretch(to_grey(image))
        if grey.shape == (height, width):
            return grey
        resized = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(resized, dtype=np.uint8).reshape(height, width)

    def encode(self, example: Example, rng: np.random.Generator | None = None) -> tuple[Any, ...]:
        """Return the page and its class map, both of the network's size."""
        return self.normalise(example.image), _resized(np.asarray(example.target), self.input_shape)

    def collate(self, encoded: list[tuple[Any, ...]]) -> RegionBatch:
        images, targets = (np.stack(column) for column in zip(*encoded, strict=True))
        return RegionBatch(torch.from_numpy(images[:, None]), torch.from_numpy(targets))

    def loss(self, output: Tensor, batch: RegionBatch) -> Tensor:
        """Mean cross-entropy over all pixels."""
        return F.cross_entropy(output.float(), batch.targets.long())

    def start_measuring(self) -> None:
        self.tally = RegionCounts()

    def measure(self, output: Tensor, batch: RegionBatch) -> None:
        answers = output.argmax(dim=1).to(torch.uint8).cpu().numpy()
        images, targets = batch.images[:, 0].cpu().numpy(), batch.targets.cpu().numpy()
        for image, target, answer in zip(images, targets, answers, strict=True):
            self.tally = self.tally + count_regions(target, answer, ink_of(image))

    def scores(self) -> dict[str, float]:
        counts: RegionCounts = self.tally
        return counts.scores()

    def predict(self, image: npt.NDArray[np.uint8]) -> Prediction:
        pixels = torch.from_numpy(self.normalise(image))[None, None].to(self.device)
        peaks, classes = self(pixels)[0].float().softmax(dim=0).max(dim=0)
        found = _resized(classes.to(torch.uint8).cpu().numpy(), image.shape[:2])
        return Prediction("", float(peaks.mean()), map=found)


def _resized(classes: npt.NDArray[np.uint8], shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Return a class map in another size; each pixel takes the class of its place."""
    height, width = shape
    if classes.shape == (height, width):
        return classes
    resized = cv2.resize(classes, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(resized, dtype=np.uint8).reshape(height, width)
