"""Tiny data sets of each task, printed in OpenCV's stroke font, as a user's own package would hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import cv2
import numpy as np

from inkread.datasets.base import sample_rng
from inkread.datasets.dataset import SPLITS, Dataset, Example, Split

LETTERS = "abcdef"


def print_text(image: np.ndarray, text: str, left: int, bottom: int, rng: np.random.Generator) -> None:
    """Print into an image, in place."""
    ink = int(rng.integers(0, 60))
    cv2.putText(image, text, (left, bottom), cv2.FONT_HERSHEY_SIMPLEX, 0.8, ink, 2, cv2.LINE_AA)


class TinyDataset(Dataset):
    """Examples drawn one by one; each split has its own writers."""

    def __init__(self, *, count: int = 24, **settings: Any) -> None:
        super().__init__(**settings)
        self.count = count

    def arguments(self) -> Mapping[str, Any]:
        return {"count": self.count, "seed": self.seed}

    def make(self) -> Mapping[Split, Iterable[Example]]:
        return {split: self._draw(split, number) for number, split in enumerate(SPLITS)}

    def _draw(self, split: Split, number: int) -> Iterator[Example]:
        for index in range(self.count if split == "train" else self.count // 3):
            rng = sample_rng(self.seed + number, index)
            yield self.example(rng, index, f"{split}/{index % 3}")

    def example(self, rng: np.random.Generator, index: int, writer: str) -> Example:
        raise AssertionError("each tiny data set draws its own")


class TinyCharacters(TinyDataset):
    """Six letters."""

    task = "characters"
    folder = "tiny_characters"
    classes = tuple(LETTERS)
    input_shape = (28, 28)
    output_shape = (6,)

    def example(self, rng: np.random.Generator, index: int, writer: str) -> Example:
        image = np.full((28, 28), 240, np.uint8)
        print_text(image, LETTERS[index % 6], 4 + int(rng.integers(5)), 22, rng)
        return Example(image, index % 6, writer, str(index))


class TinyLines(TinyDataset):
    """Lines of two to five letters."""

    task = "lines"
    folder = "tiny_lines"
    classes = tuple(LETTERS)
    input_shape = (28, 96)
    output_shape = (5, 6)

    def example(self, rng: np.random.Generator, index: int, writer: str) -> Example:
        text = "".join(rng.choice(list(LETTERS), size=rng.integers(2, 6)))
        image = np.full((28, 17 * len(text) + 8), 240, np.uint8)
        for place, letter in enumerate(text):
            print_text(image, letter, 4 + 17 * place, 22, rng)
        return Example(image, text, writer, str(index))


class TinyPages(TinyDataset):
    """Two lines, of which one is odd and one even."""

    task = "regions"
    folder = "tiny_pages"
    classes = ("background", "odd line", "even line")
    input_shape = (64, 64)
    output_shape = (64, 64, 3)

    def example(self, rng: np.random.Generator, index: int, writer: str) -> Example:
        image = np.full((64, 64), 240, np.uint8)
        target = np.zeros((64, 64), np.uint8)
        shift = int(rng.integers(8))
        for line in (1, 2):
            top = 24 * line - 18 + shift
            print_text(image, "".join(rng.choice(list(LETTERS), 3)), 6, top + 16, rng)
            target[top : top + 18][image[top : top + 18] < 200] = line
        return Example(image, target, writer, str(index))
