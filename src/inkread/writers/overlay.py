"""A picture of what was read where: each line's polygon, baseline and place in the order.

Colour goes from red (confidence 0.5 and less) over yellow to green (1.0); baselines are blue.
"""

from __future__ import annotations

import colorsys
import io

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from inkread.document import Page, Polygon

RGBImage = npt.NDArray[np.uint8]

_BASELINE = (30, 80, 230)
_WHITE = (255, 255, 255)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SHIFT = 3  # OpenCV draws at eighths of a pixel


def draw(image: RGBImage, page: Page) -> RGBImage:
    """Return a copy of ``image``, uint8 (H, W, 3) RGB of the page's size, with its lines drawn on."""
    canvas = image.copy()
    unit = max(1, round(max(image.shape[:2]) / 1200))
    for line in page.lines:
        colour = confidence_colour(line.confidence)
        if line.polygon:
            cv2.polylines(canvas, [_fixed(line.polygon)], True, colour, unit + 1, cv2.LINE_AA, _SHIFT)
        if line.baseline:
            cv2.polylines(canvas, [_fixed(line.baseline)], False, _BASELINE, unit, cv2.LINE_AA, _SHIFT)
    for number, line in enumerate(page.lines, start=1):
        _number(canvas, str(number), line.polygon, confidence_colour(line.confidence), unit)
    return canvas


def to_png(image: RGBImage) -> bytes:
    """Return uint8 (H, W, 3) RGB as the bytes of a PNG file."""
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG", compress_level=3)
    return out.getvalue()


def confidence_colour(confidence: float) -> tuple[int, int, int]:
    """Return RGB, 0 to 255: red at 0.5 and below, green at 1.0."""
    hue = min(max(confidence - 0.5, 0.0) * 2.0, 1.0) / 3.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 1.0, 0.8)
    return round(red * 255), round(green * 255), round(blue * 255)


def _fixed(points: Polygon) -> npt.NDArray[np.int32]:
    eighths = np.array(points, dtype=np.float64).reshape(-1, 1, 2) * 2**_SHIFT
    return np.asarray(np.round(eighths), dtype=np.int32)


def _number(canvas: RGBImage, text: str, polygon: Polygon, colour: tuple[int, int, int], unit: int) -> None:
    """Write a line's number in a coloured disc at the left end of its polygon."""
    if not polygon:
        return
    points = np.array(polygon)
    left = float(points[:, 0].min())
    middle = float(points[points[:, 0] < left + 0.1 * max(float(np.ptp(points[:, 0])), 1.0), 1].mean())
    scale = 0.4 * unit + 0.1
    (width, height), _ = cv2.getTextSize(text, _FONT, scale, unit)
    radius = max(width, height) // 2 + 3 * unit
    centre = (max(int(left) - radius, radius), int(middle))
    cv2.circle(canvas, centre, radius, colour, -1, cv2.LINE_AA)
    corner = (centre[0] - width // 2, centre[1] + height // 2)
    cv2.putText(canvas, text, corner, _FONT, scale, _WHITE, unit, cv2.LINE_AA)
