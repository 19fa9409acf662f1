"""Printed text on a page that someone writes on: headers, paragraphs, labels, in no hand's letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Grey = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]
Say = Callable[[np.random.Generator, int], str]
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Type:
    """A printing font: its file (Pillow's own where empty), height in pixels, and widening of the letters."""

    path: str
    size: int
    wide: float = 1.0

    def length(self, text: str) -> float:
        """Return the columns that ``text`` takes."""
        return float(_font(self.path, self.size).getlength(text)) * self.wide


@dataclass(frozen=True, slots=True)
class Label:
    """Printed text with its left upper corner."""

    text: str
    left: float
    top: float
    type: Type


@lru_cache(maxsize=64)
def _font(path: str, size: int) -> _Font:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def choose_type(rng: np.random.Generator, size: float, fonts: Sequence[str] = ()) -> Type:
    """Draw a type of about ``size`` pixels; ``fonts`` are files of printing fonts."""
    number = int(rng.integers(len(fonts) + 1))
    path = fonts[number] if number < len(fonts) else ""
    return Type(path, max(round(size), 7), float(rng.uniform(0.85, 1.2)))


def set_block(box: Box, type_: Type, say: Say, rng: np.random.Generator, most: int = 40) -> list[Label]:
    """Fill ``box`` with printed lines; ``say`` gives a text of about so many characters."""
    x0, y0, x1, y1 = box
    step = type_.size * float(rng.uniform(1.15, 1.5))
    middle = most < 4 and rng.random() < 0.3
    labels: list[Label] = []
    y = y0
    while y + type_.size < y1 and len(labels) < most:
        words = plain(say(rng, max(int((x1 - x0) / (0.45 * type_.size)), 3))).split()
        while words and type_.length(" ".join(words)) > x1 - x0:
            words.pop()
        if not words:
            break
        text = " ".join(words)
        left = x0 + (x1 - x0 - type_.length(text)) / 2 if middle else x0
        labels.append(Label(text, left, y, type_))
        y += step
    return labels


def draw_labels(canvas: Grey, labels: Sequence[Label]) -> list[Box]:
    """Print ``labels`` on ``canvas``, uint8 (H, W), 255 where printed; returns the box of each one's ink."""
    boxes = []
    for label in labels:
        font = _font(label.type.path, label.type.size)
        left, top, right, bottom = (round(float(value)) for value in font.getbbox(label.text))
        picture = Image.new("L", (max(right + 2, 1), max(bottom + 2, 1)))
        ImageDraw.Draw(picture).text((0, 0), label.text, fill=255, font=font)
        width = max(round(picture.width * label.type.wide), 1)
        drawn = np.asarray(picture.resize((width, picture.height), Image.Resampling.BILINEAR))
        x, y = round(label.left), round(label.top)
        part = canvas[max(y, 0) : y + drawn.shape[0], max(x, 0) : x + drawn.shape[1]]
        if not part.size:
            continue
        shown = drawn[max(-y, 0) :, max(-x, 0) :][: part.shape[0], : part.shape[1]]
        np.maximum(part, shown, out=part)
        wide = label.type.wide
        boxes.append((x + left * wide - 1.0, y + top - 1.0, x + right * wide + 1.0, y + bottom + 1.0))
    return boxes


def plain(text: str) -> str:
    """Take the accents off, which not every printing font has."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
