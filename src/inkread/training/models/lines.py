"""What the models of lines share: how lines become batches, and how readings are scored."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from inkread.alphabet import Alphabet
from inkread.datasets.dataset import Example, Examples
from inkread.errors import AlphabetError, DataError
from inkread.images.line import normalise_line
from inkread.metrics import ErrorCounts, character_errors, fold, word_errors
from inkread.training.models.base import Description, Model, Optimisation, Prediction
from inkread.training.stream import LineBatch, make_batch


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Errors of the lines read so far, in characters and in words."""

    characters: ErrorCounts = field(default_factory=ErrorCounts)
    words: ErrorCounts = field(default_factory=ErrorCounts)

    def __add__(self, other: LineCounts) -> LineCounts:
        return LineCounts(self.characters + other.characters, self.words + other.words)

    def with_line(self, text: str, read: str) -> LineCounts:
        """Return the counts with one more line."""
        return self + LineCounts(character_errors(text, read), word_errors(text, read))

    def scores(self) -> dict[str, float]:
        """Return ``character_accuracy`` (1 - CER), ``cer`` and ``wer`` over the whole corpus."""
        cer = self.characters.rate
        return {"character_accuracy": 1.0 - cer, "cer": cer, "wer": self.words.rate}


class LinesModel(Model):
    """A model of lines: class 0 is the blank or the padding, the first character class 1.

    Lines are brought to the network's height by the one normaliser, keep their own widths (those
    that are wider than the network takes are squeezed), and are padded to their batch's; the
    network is told their widths.

    Args:
        network: float32 (N, 1, H, W) in -1 to 1, and int64 (N,) own widths -> see the subclass.
        alphabet: its classes.
        optimisation: how it is trained.
        description: what it is for.
    """

    task = "lines"
    better = ("character_accuracy", "max")

    def __init__(
        self,
        network: nn.Module,
        alphabet: Alphabet,
        optimisation: Optimisation | None = None,
        description: Description | None = None,
    ) -> None:
        super().__init__(network, optimisation, description)
        self.alphabet = alphabet

    @classmethod
    def network_output(cls, output_shape: Sequence[int]) -> tuple[int, ...]:
        """(longest text, classes), the blank or padding among the classes."""
        max_length, classes = output_shape
        return max_length, classes + 1

    @classmethod
    def around(
        cls, network: nn.Module, optimisation: Optimisation | None, description: Description
    ) -> LinesModel:
        return cls(network, Alphabet(description.classes), optimisation, description)

    @abstractmethod
    def read(self, output: Tensor, batch: LineBatch) -> list[str]:
        """Return the texts of what the network gave."""

    def normalise(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Bring a line, uint8 of any size, to the network's height, uint8 (H, W'), W' at most its width."""
        height, widest = self.input_shape
        line = normalise_line(image, height)
        if line.shape[1] <= widest:
            return line
        squeezed = cv2.resize(line, (widest, height), interpolation=cv2.INTER_AREA)
        return np.asarray(squeezed, dtype=np.uint8).reshape(height, widest)

    def encode(self, example: Example, rng: np.random.Generator | None = None) -> tuple[Any, ...]:
        """Return the normalised line, its class numbers and its text."""
        text = str(example.target)
        try:
            label = self.alphabet.encode(text)
        except AlphabetError as error:
            raise DataError(f"The text {text!r} of {example.key or 'a line'} does not fit: {error}") from None
        return self.normalise(example.image), label, text

    def collate(self, encoded: list[tuple[Any, ...]]) -> LineBatch:
        images, labels, texts = zip(*encoded, strict=True)
        return make_batch(list(images), list(labels), texts)

    def respond(self, network: nn.Module, batch: LineBatch) -> Tensor:
        output: Tensor = network(self.scaled(batch.lines), batch.widths)
        return output

    def start_measuring(self) -> None:
        self.tally = LineCounts()

    def measure(self, output: Tensor, batch: LineBatch) -> None:
        for text, read in zip(batch.texts, self.read(output, batch), strict=True):
            self.tally = self.tally.with_line(text, read)

    def scores(self) -> dict[str, float]:
        counts: LineCounts = self.tally
        return counts.scores()

    def group_by(self, examples: Examples) -> Sequence[float]:
        """Lengths of the texts, which stand for the widths of the lines."""
        return [len(fold(str(text))) for text in examples.targets]

    def predict(self, image: npt.NDArray[np.uint8]) -> Prediction:
        batch = self.transfer_batch_to_device(
            make_batch([self.normalise(image)], [[]], bucket=1), self.device, 0
        )
        output = self.respond(self.averaged, batch)
        text, confidence = self.read(output, batch)[0], self.confidence(output, batch)
        return Prediction(text, confidence, ((text, confidence),))

    @abstractmethod
    def confidence(self, output: Tensor, batch: LineBatch) -> float:
        """Return how sure the reading of the first line is, 0 to 1: the characters' geometric mean."""


def padded(batch: LineBatch, length: int) -> Tensor:
    """Return the texts' classes, int64 (N, length), 0 behind each text's end."""
    rows = torch.split(batch.targets, batch.lengths.tolist())
    result = batch.targets.new_zeros((len(rows), length))
    for row, classes in zip(result, rows, strict=True):
        row[: len(classes)] = classes
    return result
