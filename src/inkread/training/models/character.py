"""``CharacterModel``: which character an image shows."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from inkread.class_scores import ClassScore, accuracy, class_scores, confusion_matrix
from inkread.datasets.dataset import Example
from inkread.images.character import normalise_character
from inkread.images.line import stretch, to_grey
from inkread.training.models.base import Model, Prediction

_BEST = 5


class CharacterBatch(NamedTuple):
    """Images of characters.

    Attributes:
        images: uint8 (N, 1, H, W), dark ink on light paper.
        targets: int64 (N,), class numbers.
    """

    images: Tensor
    targets: Tensor


class CharacterModel(Model):
    """A softmax over classes, trained by cross-entropy.

    The network maps float32 (N, 1, H, W) in -1 to 1 to logits (or log-probabilities) (N, classes).
    Scores: ``accuracy``, the share of examples whose likeliest class is theirs.

    Attributes:
        confusion: int64 (C, C) of the last evaluation or validation, rows the truth, columns what
            it was taken for.
    """

    task = "characters"
    better = ("accuracy", "max")

    @property
    def confusion(self) -> npt.NDArray[np.int64]:
        if self.tally is None:
            self.start_measuring()
        found: npt.NDArray[np.int64] = self.tally
        return found

    def report(self) -> tuple[ClassScore, ...]:
        """Return precision and recall of each class in the last evaluation or validation."""
        return class_scores(self.confusion, self.classes)

    def normalise(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Bring an image, uint8 of any size, to the network's size, uint8 (H, W), dark on light."""
        height, width = self.input_shape
        if height == width:
            return normalise_character(image, height)
        grey = cv2.resize(stretch(to_grey(image)), (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(grey, dtype=np.uint8).reshape(height, width)

    def encode(self, example: Example, rng: np.random.Generator | None = None) -> tuple[Any, ...]:
        """Return the normalised image, varied in training if ``optimisation.augment``, and the class."""
        image = self.normalise(example.image)
        if rng is not None and self.optimisation.augment:
            from inkread.datasets.vary_character import vary

            image = vary(image, rng)
        return image, example.target

    def collate(self, encoded: list[tuple[Any, ...]]) -> CharacterBatch:
        images, targets = zip(*encoded, strict=True)
        return CharacterBatch(torch.from_numpy(np.stack(images)[:, None]), torch.tensor(targets))

    def loss(self, output: Tensor, batch: CharacterBatch) -> Tensor:
        smoothing = self.optimisation.label_smoothing if self.training else 0.0
        return F.cross_entropy(output.float(), batch.targets, label_smoothing=smoothing)

    def start_measuring(self) -> None:
        classes = len(self.classes)
        self.tally = np.zeros((classes, classes), dtype=np.int64)

    def measure(self, output: Tensor, batch: CharacterBatch) -> None:
        taken = output.argmax(dim=1).cpu().numpy()
        self.tally = self.tally + confusion_matrix(batch.targets.cpu().numpy(), taken, len(self.classes))

    def scores(self) -> dict[str, float]:
        return {"accuracy": accuracy(self.confusion)}

    def predict(self, image: npt.NDArray[np.uint8]) -> Prediction:
        pixels = torch.from_numpy(self.normalise(image))[None, None].to(self.device)
        shares = self(pixels)[0].float().softmax(dim=0).cpu()
        values, numbers = shares.topk(min(_BEST, len(shares)))
        labels = [self.classes[number] for number in numbers.tolist()]
        best = tuple(zip(labels, values.tolist(), strict=True))
        return Prediction(best[0][0], best[0][1], best)
