"""UNIPEN's isolated characters drawn in the shape of EMNIST: 28 x 28, centred, filling the middle.

All 94 printable characters of ASCII; the writers of ``split.tsv`` make the splits. Each writer has
one pen, so that a character brought to the size of all others shows how large it was by how thick
its strokes are, as one cut from a form does: a full stop becomes a blob, a small c a bolder C.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from inkread.datasets.base import sample_rng
from inkread.datasets.dataset import SPLITS, Dataset, Example, Split, Task
from inkread.datasets.unipen import UNIT, Segment, UnipenDataset
from inkread.errors import ConfigError
from inkread.ink.pen import Pen, render
from inkread.ink.strokes import Points, extent, zone

CHARACTERS = tuple(chr(code) for code in range(33, 127))

_X_HEIGHT = 9.0 / 28.0
"""Height of a letter x as a share of the image, where all are drawn to one scale."""

_MIDDLE = 0.55
"""Height in x-heights above the baseline of the middle of a line."""

_LARGEST = 24.0 / 28.0
_THINNEST = 1.0
_NOTHING = 0.2 * UNIT
"""A letter or digit smaller than this is a slip of the pen."""

_RELATIVE = (0.08, 0.16)
"""The least and the most of a pen that knows nothing of size, as a share of the character's longer side."""

Scale = Literal["fill", "x_height"]
PenChoice = Literal["writer", "any", "both"]


class UnipenCharactersDataset(Dataset):
    """Characters of UNIPEN by writer, drawn dark on light.

    All sources are taken unless ``without`` names them; of two (syn, val: one character in eight)
    about one label in twenty is wrong, which counts against who is tested.

    Args:
        scale: "fill": each character fills the middle of its image, as EMNIST's do; "x_height": a
            letter x of the writer is 9 pixels of 28 high, so that c and C, o and O differ in size
            (what would not fit is shrunk).
        size: rows and columns of an image, 8 or more.
        filled: pixels that a character's ink takes up on its longer side, where it fills its image.
        pen: "writer": each writer has one pen; "any": each character has one of its own, chosen as a
            share of the character's size, so that c and C, o and O look alike; "both": training
            characters are drawn once in either way, those of the other splits as for "writer".
        without: sources to leave out of all splits, such as "syn" and "val".
        workers: processes that parse the pen files, the first time.
        **settings: as ``Dataset`` takes them; ``seed`` chooses the writers' pens.

    Raises:
        ConfigError: a setting out of its range.
    """

    task: ClassVar[Task] = "characters"
    folder: ClassVar[str] = "unipen_characters"
    for_lines: ClassVar[Mapping[str, Any]] = {"scale": "x_height"}
    """Settings that suit lines set from these glyphs (``emnist_lines``)."""

    def __init__(
        self,
        *,
        scale: Scale = "fill",
        size: int = 28,
        filled: float = 20.0,
        pen: PenChoice = "writer",
        without: Sequence[str] = (),
        workers: int = 1,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        if scale not in ("fill", "x_height"):
            raise ConfigError(f"There is no scale {scale!r}; use fill or x_height.")
        if size < 8 or not 4 <= filled <= size:
            raise ConfigError(
                f"size is 8 or more and filled 4 to size, not {size} and {filled}; correct them."
            )
        if pen not in ("writer", "any", "both"):
            raise ConfigError(f"There is no pen {pen!r}; use writer, any or both.")
        if isinstance(without, str):
            raise ConfigError(f"without is a list of sources; write [{without!r}].")
        self.scale: Scale = scale
        self.size = size
        self.filled = filled
        self.pen: PenChoice = pen
        self.without = frozenset(without)
        self.workers = workers

    @property
    def classes(self) -> tuple[str, ...]:
        """The 94 printable characters of ASCII, in its order."""
        return CHARACTERS

    @property
    def input_shape(self) -> tuple[int, int]:
        """(28, 28), or as ``size`` says."""
        return self.size, self.size

    @property
    def output_shape(self) -> tuple[int, ...]:
        """(94,)."""
        return (len(CHARACTERS),)

    def rise(self, character: str) -> int:
        """Return how many rows above the middle of its image a character belongs on a line of writing.

        Characters are centred; drawn at one x-height, their names say where they stand.
        """
        if self.scale == "fill":
            return 0
        top, bottom = zone(character)
        return round(((top + bottom) / 2.0 - _MIDDLE) * _X_HEIGHT * self.size)

    def arguments(self) -> Mapping[str, Any]:
        """Return what decides the pictures: scale and size, sources, and the seed of the pens."""
        drawn = {"scale": self.scale, "size": self.size, "filled": float(self.filled)}
        pens = {} if self.pen == "writer" else {"pen": self.pen}
        return {**drawn, **pens, "without": sorted(self.without), "seed": self.seed, "made": 3}

    def make(self) -> Mapping[Split, Iterator[Example]]:
        """Draw the characters of each split.

        Raises:
            DataError: UNIPEN is not under ``data/raw/unipen``.
        """
        return {split: self._split(split) for split in SPLITS}

    def strokes(self, split: Split) -> UnipenDataset:
        """Return the pen strokes of one split, parsing them first if that was never done.

        Raises:
            DataError: UNIPEN is not under ``data/raw/unipen``.
        """
        raw = self.data / "raw" / "unipen"
        return UnipenDataset(
            raw / "files" if (raw / "files").is_dir() else None,
            split,
            cache=self.data / "processed" / "unipen",
            split_file=raw / "split.tsv",
            workers=self.workers,
        )

    def _split(self, split: Split) -> Iterator[Example]:
        classes = {character: number for number, character in enumerate(CHARACTERS)}
        for number, segment in enumerate(self.strokes(split).segments("character")):
            target = classes.get(segment.label)
            if target is None or segment.source in self.without:
                continue
            pens = [] if self.pen == "any" else [writers_pen(segment.writer, self.seed)]
            if self.pen == "any" or (self.pen == "both" and split == "train"):
                pens.append(any_pen(segment, self.seed, number))
            for pen in pens:
                image = draw_character(segment, pen, self.scale, self.size, self.filled)
                if image is not None:
                    key = f"unipen/{segment.file}/{segment.first}-{segment.last}"
                    yield Example(image, target, segment.writer, key)


def writers_pen(writer: str, seed: int) -> float:
    """Return how thick a writer's pen is, in x-heights: 0.08 to 0.28, mostly near 0.15."""
    rng = sample_rng(seed, zlib.crc32(writer.encode()))
    return float(np.clip(np.exp(rng.normal(np.log(0.15), 0.25)), 0.08, 0.28))


def any_pen(segment: Segment, seed: int, number: int) -> float:
    """Return how thick, in x-heights, a pen is that says nothing of how large the character is."""
    x0, y0, x1, y1 = extent(segment.strokes)
    share = float(sample_rng(seed, number).uniform(*_RELATIVE))
    return max(x1 - x0, y1 - y0, 0.35 * UNIT) * share / UNIT


def draw_character(
    segment: Segment, pen: float, scale: Scale = "fill", size: int = 28, filled: float = 20.0
) -> npt.NDArray[np.uint8] | None:
    """Draw one character, uint8 (size, size), dark on light; None where next to nothing is written.

    Args:
        segment: strokes of a character.
        pen: thickness of the pen in x-heights.
        scale, size, filled: as ``UnipenCharactersDataset`` has them.
    """
    x0, y0, x1, y1 = extent(segment.strokes)
    reach = max(x1 - x0, y1 - y0)
    if segment.label.isalnum() and reach < _NOTHING:
        return None
    factor = filled / (reach + pen * UNIT)
    if scale == "x_height":
        factor = min(_X_HEIGHT * size / UNIT, _LARGEST * size / (reach + pen * UNIT))
    middle = np.array(((x0 + x1) / 2.0, (y0 + y1) / 2.0), np.float32)
    strokes: list[Points] = [
        ((stroke - middle) * factor + (size - 1) / 2.0).astype(np.float32) for stroke in segment.strokes
    ]
    width = max(pen * UNIT * factor, _THINNEST * size / 28.0)
    return 255 - render(strokes, (size, size), Pen(width), scale=4)
