"""Small data of a user's own, for tests: line images, an ALTO page, and a data set made of examples."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from inkread.datasets.dataset import Dataset, Example, Split, Task


def line_image(path: Path, level: int, size: tuple[int, int] = (48, 160)) -> None:
    """Save an image of light paper with dark strokes; ``level`` makes it differ from others."""
    image = np.full(size, 220, np.uint8)
    image[size[0] // 3 : size[0] // 2, 10 : size[1] - 10 : 7] = level
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path)


def alto(path: Path, lines: Iterable[tuple[str, str]]) -> None:
    """Write an ALTO page of 320 x 100 with a line of the file for each (text, polygon), from line 2 on."""
    rows = "\n".join(
        f'<TextLine><Shape><Polygon POINTS="{polygon}"/></Shape><String CONTENT="{text}"/></TextLine>'
        for text, polygon in lines
    )
    head = '<alto><Layout><Page WIDTH="320" HEIGHT="100"><PrintSpace>'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{head}\n{rows}\n</PrintSpace></Page></Layout></alto>", encoding="utf-8")


class TinyDataset(Dataset):
    """A data set of the examples it is given, kept under ``data`` like any other."""

    folder = "tiny"
    classes = ("a", "b", "é")
    input_shape = (28, 28)
    output_shape = (3,)

    def __init__(
        self, examples: Mapping[Split, list[Example]], task: Task = "characters", **settings: Any
    ) -> None:
        super().__init__(**settings)
        self._examples = examples
        self.task = task  # type: ignore[misc]

    def arguments(self) -> Mapping[str, Any]:
        return {}

    def make(self) -> Mapping[Split, Iterable[Example]]:
        return self._examples
