"""The font that labels are drawn with: one of this computer's that has accents, else Pillow's own.

Pillow's own font knows ASCII and little more; ``drawable`` puts what it lacks in plain letters.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import ImageFont

LabelFont = ImageFont.FreeTypeFont | ImageFont.ImageFont

_NAMES = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "segoeui.ttf",
    "arial.ttf",
    "Arial.ttf",
    "Helvetica.ttc",
)
_PLAIN = str.maketrans(
    {"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "ß": "ss", "–": "-", "—": "-", "×": "x"}
)
_NOWHERE = "\uffff"  # no font draws it: what it gives is the box for what is missing


@lru_cache(maxsize=16)
def label_font(size: int) -> LabelFont:
    """Return the font in a size, in pixels."""
    for name in _NAMES:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def drawable(text: str, font: LabelFont) -> str:
    """Return a text as the font can draw it: letters without their accents where it lacks these."""
    if text.isascii():
        return text
    return "".join(one if _has(font, one) else _plain(one) for one in text)


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].translate(_PLAIN)
    return base if base.isascii() else "?"


@lru_cache(maxsize=4096)
def _has(font: LabelFont, character: str) -> bool:
    """Tell whether a font has a character: it draws anything else than its box for what is missing."""
    drawn, missing = font.getmask(character), font.getmask(_NOWHERE)
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))
