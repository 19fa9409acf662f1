"""Any pixel format becomes RGB, uint8: palettes, 16 bit, floats, CMYK and transparency.

Pillow's own conversions clip 16-bit values and drop transparency; these do neither. What needs more
room than the picture does is done strip by strip, so that a large one is never held as floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from inkread.errors import ImageError

RGBImage = npt.NDArray[np.uint8]

_DEPTHS = (8, 10, 12, 16)
_LIGHT = 160.0
_STRIP = 1 << 18  # pixels that are converted at a time


def pil_to_rgb(image: Image.Image) -> RGBImage:
    """Return a Pillow image of any mode as uint8 (H, W, 3) RGB, 0 to 255.

    Transparency is laid on white, or on black where only light strokes are opaque.

    Raises:
        ImageError: a mode that has no meaning as a picture.
    """
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return _grey_to_rgb(to_eight_bits(np.asarray(image)))
    try:
        if image.has_transparency_data:
            return _lay_on_paper(np.asarray(image.convert("RGBA"), dtype=np.uint8))
        rgb = np.empty((image.height, image.width, 3), dtype=np.uint8)
        for top, bottom in _strips(*rgb.shape[:2]):
            strip = image.crop((0, top, image.width, bottom))
            rgb[top:bottom] = np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"))
        return rgb
    except ValueError:
        raise ImageError(f"Pixels of mode {image.mode} cannot be read; save the image as PNG.") from None


def array_to_rgb(array: npt.NDArray[Any]) -> RGBImage:
    """Return an array as uint8 (H, W, 3) RGB.

    Args:
        array: bool, uint8 or uint16 of full range, or float 0.0 to 1.0; grey (H, W) or (H, W, 1),
            grey with alpha (H, W, 2), RGB (H, W, 3), RGBA (H, W, 4).

    Raises:
        ImageError: another dtype, shape or range, or an empty array.
    """
    if not isinstance(array, np.ndarray):
        raise ImageError(f"An image array is a NumPy array, not a {type(array).__name__}; convert it.")
    if array.ndim not in (2, 3) or array.size == 0 or (array.ndim == 3 and array.shape[2] > 4):
        raise ImageError(f"An image array is (H, W) or (H, W, 1 to 4) and not empty, not {array.shape}.")
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * np.uint8(255)
    elif array.dtype.kind == "u" and array.dtype.itemsize == 2:  # of either byte order
        array = _converted(array, lambda part: part / 257.0 + 0.5)
    elif array.dtype.kind == "f":
        if not bool(np.all((array >= 0.0) & (array <= 1.0))):
            raise ImageError("A float image array holds values from 0.0 to 1.0; scale it, or pass uint8.")
        array = _converted(array, lambda part: part * 255.0 + 0.5)
    elif array.dtype != np.uint8:
        raise ImageError(f"An image array is uint8, uint16, bool or float, not {array.dtype}; convert it.")
    if array.ndim == 2 or array.shape[2] == 1:
        return _grey_to_rgb(array.reshape(array.shape[:2]))
    if array.shape[2] == 2:
        return _lay_on_paper(np.dstack([array[..., 0]] * 3 + [array[..., 1]]))
    if array.shape[2] == 4:
        return _lay_on_paper(array)
    return np.ascontiguousarray(array)


def to_eight_bits(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Scale grey values (H, W), integer or float, to uint8.

    Integers are divided by the smallest full scale of 8, 10, 12 or 16 bits that holds them;
    floats of 0.0 to 1.0 by 1; all others are stretched from least to greatest.
    """
    values = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    whole = bool(np.all(values == np.floor(values)))
    scales = [2.0**depth - 1.0 for depth in _DEPTHS] if whole and high > 1.0 else [1.0]
    fitting = [scale for scale in scales if low >= 0.0 and high <= scale]
    if fitting:
        low, high = 0.0, fitting[0]
    scaled = (values - low) * (255.0 / max(high - low, 1e-6)) + 0.5
    return scaled.astype(np.uint8)


def _grey_to_rgb(grey: npt.NDArray[np.uint8]) -> RGBImage:
    return np.repeat(grey[:, :, None], 3, axis=2)


def _lay_on_paper(rgba: npt.NDArray[np.uint8]) -> RGBImage:
    """Lay RGBA on white; on black where less than half is opaque and that is light."""
    height, width = rgba.shape[:2]
    covered = light = 0.0
    for top, bottom in _strips(height, width):
        alpha = rgba[top:bottom, :, 3:].astype(np.float32) / 255.0
        covered += float(alpha.sum(dtype=np.float64)) / (height * width)
        light += float((rgba[top:bottom, :, :3] * alpha).sum(dtype=np.float64)) / (3 * height * width)
    paper = 0.0 if 0.0 < covered < 0.5 and light > _LIGHT * covered else 255.0
    rgb = np.empty((height, width, 3), dtype=np.uint8)
    for top, bottom in _strips(height, width):
        alpha = rgba[top:bottom, :, 3:].astype(np.float32) / 255.0
        rgb[top:bottom] = rgba[top:bottom, :, :3] * alpha + paper * (1.0 - alpha) + 0.5
    return rgb


def _converted(array: npt.NDArray[Any], convert: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> RGBImage:
    """Convert an array (H, W, ...) to uint8."""
    result = np.empty(array.shape, dtype=np.uint8)
    for top, bottom in _strips(*array.shape[:2]):
        result[top:bottom] = convert(array[top:bottom])
    return result


def _strips(height: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield first and last + 1 row of the strips of a picture."""
    step = max(_STRIP // max(width, 1), 1)
    for top in range(0, height, step):
        yield top, min(top + step, height)
