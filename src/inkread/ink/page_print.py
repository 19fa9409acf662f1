"""Printed text on a page that someone writes on: headers, paragraphs, form labels, in fonts unlike any hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Grey = npt.NDArray[np.uint8]
Say = Callable[[np.random.Generator, int], str]


@lru_cache(maxsize=64)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def print_block(
    canvas: Grey, box: tuple[float, float, float, float], size: int, say: Say, rng: np.random.Generator,
    fonts: Sequence[str] = (), most: int = 40,
) -> list[tuple[float, float, float, float]]:  # fmt: skip
    """Set printed lines into ``box`` of ``canvas``, uint8 (H, W), darker where printed; returns their boxes.

    Args:
        size: height of the type in pixels.
        say: gives a text of about so many characters.
        fonts: files of printing fonts; Pillow's own where empty.
    """
    x0, y0, x1, y1 = box
    path = fonts[int(rng.integers(len(fonts)))] if fonts else ""
    font = _font(path, max(size, 7))
    picture = Image.fromarray(canvas)
    pen = ImageDraw.Draw(picture)
    boxes = []
    y = y0
    step = size * float(rng.uniform(1.15, 1.5))
    while y + size < y1 and len(boxes) < most:
        text = "".join(letter for letter in say(rng, max(int((x1 - x0) / (0.48 * size)), 3)) if letter < "ɏ")
        while text and pen.textlength(text, font=font) > x1 - x0:
            text = text[: int(len(text) * 0.9)]
        if not text.strip():
            break
        left = x0 if rng.random() < 0.8 or most > 3 else x0 + (x1 - x0 - pen.textlength(text, font=font)) / 2
        pen.text((left, y), text, fill=255, font=font)
        found = pen.textbbox((left, y), text, font=font)
        boxes.append((float(found[0]), float(found[1]), float(found[2]), float(found[3])))
        y += step
    canvas[:] = np.asarray(picture)
    return boxes


def rule_across(canvas: Grey, x0: float, x1: float, y: float, thickness: int) -> None:
    """Print a rule, as forms have below their header."""
    cv2.line(canvas, (round(x0), round(y)), (round(x1), round(y)), 255, thickness)
