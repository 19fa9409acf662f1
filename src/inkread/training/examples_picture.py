"""The picture of examples with what a model made of them, beside the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from inkread.datasets.label_font import drawable, label_font
from inkread.training.plot import DARK, Picture

_RIGHT, _WRONG = (20, 110, 50), (190, 40, 30)
_REGIONS = np.array([(255, 255, 255), (210, 50, 30), (30, 90, 210), (30, 150, 60)], np.float32)
_MIX = 0.75  # of a region's colour over its ink


@dataclass(frozen=True, eq=False)
class Shown:
    """One example with what the model made of it.

    Attributes:
        image: uint8 (H, W), grey.
        truth, prediction: texts, or maps of classes, uint8 (H, W).
        confidence: 0 to 1.
    """

    image: Picture
    truth: str | Picture
    prediction: str | Picture
    confidence: float | None = None


def draw_examples(shown: Sequence[Shown], columns: int = 1) -> Picture:
    """Draw examples below one another, the prediction under each: green where right, else red with the truth.

    Args:
        shown: texts, or maps, which are drawn as tints of the image beside one another.
        columns: side by side.

    Returns:
        uint8 (H, W, 3), RGB; a blank square for no examples.
    """
    tiles = [_draw_text(one) if isinstance(one.truth, str) else _draw_maps(one) for one in shown]
    if not tiles:
        return np.full((32, 32, 3), 255, np.uint8)
    height, width = (max(tile.shape[axis] for tile in tiles) + 8 for axis in (0, 1))
    rows = []
    for start in range(0, len(tiles), columns):
        row = tiles[start : start + columns]
        tallest = height if columns > 1 else row[0].shape[0] + 8
        sheet = np.full((tallest, columns * width, 3), 255, np.uint8)
        for at, tile in enumerate(row):
            sheet[4 : 4 + tile.shape[0], at * width + 4 : at * width + 4 + tile.shape[1]] = tile
        rows.append(sheet)
    return np.vstack(rows)


def _draw_text(one: Shown) -> Picture:
    """The image, at least 28 and at most 64 pixels high, with a line or two of text below."""
    image: npt.NDArray[Any] = one.image
    height = min(max(image.shape[0], 28), 64)
    scale = height / image.shape[0]
    size = (max(round(image.shape[1] * scale), 1), height)
    image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    right = one.prediction == one.truth
    said = _visible(str(one.prediction)) + (f"  {one.confidence:.2f}" if one.confidence is not None else "")
    lines = [(said, _RIGHT if right else _WRONG)]
    if not right:
        lines.append((_visible(str(one.truth)), DARK))
    font = label_font(14)
    lines = [(drawable(text, font), colour) for text, colour in lines]
    width = max([image.shape[1], *(round(font.getlength(text)) + 2 for text, _ in lines)])
    canvas = Image.new("RGB", (width, height + 18 * len(lines)), "white")
    canvas.paste(Image.fromarray(image), (0, 0))
    for number, (text, colour) in enumerate(lines):
        ImageDraw.Draw(canvas).text((0, height + 18 * number), text, fill=colour, font=font)
    return np.asarray(canvas)


def _draw_maps(one: Shown) -> Picture:
    """The image with the colours of the true classes over it, and beside it with the predicted ones."""
    tiles = []
    for classes in (one.truth, one.prediction):
        classes = np.asarray(classes)
        size = (classes.shape[1], classes.shape[0])
        grey = np.asarray(cv2.resize(one.image, size, interpolation=cv2.INTER_AREA), np.float32)
        share = np.where(classes > 0, _MIX, 0.0)[..., None]
        colour = _REGIONS[np.minimum(classes, len(_REGIONS) - 1)]
        tile = np.round(grey[..., None] * (1.0 - share) + colour * share).astype(np.uint8)
        tiles.append(tile if size[0] > 400 else tile.repeat(2, axis=0).repeat(2, axis=1))
    gap = np.full((tiles[0].shape[0], 6, 3), 255, np.uint8)
    return np.hstack([tiles[0], gap, tiles[1]])


def _visible(text: str) -> str:
    return text.replace(" ", "␣") if not text.strip() else text
