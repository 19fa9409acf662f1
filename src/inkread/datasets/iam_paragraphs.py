"""``IamParagraphsDataset``: IAM's handwritten paragraphs with the class of each pixel, to find lines by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from inkread.datasets.dataset import SPLITS, Example, Split
from inkread.datasets.iam import IamDataset, IamForm
from inkread.datasets.iam_boxes import settled
from inkread.datasets.iam_files import GreyImage
from inkread.datasets.iam_records import IamLine
from inkread.datasets.iam_regions import Classes, line_classes, paper_level, shrunk
from inkread.errors import ConfigError

FULL_SIZE = 2496
"""Side in pixels of the square that a paragraph lies on: a form's width, made a multiple of 32."""

MARGIN = 50
"""Pixels of the form that are kept above and below the lines, as in the original."""


class IamParagraphsDataset(IamDataset):
    """The handwritten part of each form and, for each pixel, 0 background, 1 odd line, 2 even line.

    A paragraph is cut from its form over the form's whole width, and laid in the middle of a
    square of paper, at one scale for all. Only ink has a class other than 0 (the original gave
    the whole box of a line its class). Never used for the weights that inkread ships.

    Args:
        size: side of the pictures in pixels, a multiple of 32; None is full size, 2496.
        settings: of ``IamDataset`` and of every data set.

    Raises:
        ConfigError: a setting out of its range.
    """

    def __init__(self, *, size: int | None = 256, **settings: Any) -> None:
        super().__init__(**settings)
        if size is not None and not (32 <= size <= FULL_SIZE and size % 32 == 0):
            raise ConfigError(f"size is a multiple of 32 up to {FULL_SIZE}, or None, not {size}; correct it.")
        self.size = size or FULL_SIZE

    @property
    def input_shape(self) -> tuple[int, int]:
        return self.size, self.size

    def arguments(self) -> Mapping[str, Any]:
        return {**super().arguments(), "size": self.size}

    def make(self) -> Mapping[Split, Iterable[Example]]:
        return {split: self._paragraphs(self.forms(split, pages=True)) for split in SPLITS}

    def _paragraphs(self, forms: Iterable[IamForm]) -> Iterator[Example]:
        for form in self.with_wanted_lines(forms):
            if any(line.box for line in form.lines):
                image, classes = paragraph(self.page(form), form.lines)
                image, classes = shrunk(image, classes, self.input_shape)
                yield Example(image, classes, form.writer, form.name)


def paragraph(page: GreyImage, lines: Iterable[IamLine]) -> tuple[GreyImage, Classes]:
    """Cut the handwritten part out of a form and lay it in the middle of a square of paper.

    Args:
        page: uint8 (H, W), grey, dark ink on light paper.
        lines: of the form, from the top; one at least has a box.

    Returns:
        Picture and classes, uint8 (S, S); S is ``FULL_SIZE``, or more where the part is larger.
    """
    lines = settled(page, tuple(lines))
    boxes = [line.box for line in lines if line.box]
    top = max(min(box[1] for box in boxes) - MARGIN, 0)
    bottom = max(box[1] + box[3] for box in boxes) + MARGIN
    part, classes = page[top:bottom], line_classes(page, lines)[top:bottom]
    height, width = part.shape
    side = max(height, width, FULL_SIZE)
    y, x = (side - height) // 2, (side - width) // 2
    image = np.full((side, side), paper_level(part), dtype=np.uint8)
    target = np.zeros((side, side), dtype=np.uint8)
    image[y : y + height, x : x + width] = part
    target[y : y + height, x : x + width] = classes
    return image, target
