"""Draws figures as lines over an axis: the one plot of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Picture = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

DARK: Colour = (60, 60, 60)
_PALE: Colour = (225, 225, 225)
_COLOURS: tuple[Colour, ...] = (
    (200, 80, 40), (40, 90, 200), (40, 150, 70), (140, 60, 160), (120, 120, 40)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Axis:
    """What is measured along an axis.

    Attributes:
        name: written beside the axis.
        form: format specification of its numbers.
        unit: behind each number.
        least: what the axis reaches at least.
        whole: only whole numbers stand on it.
    """

    name: str = ""
    form: str = ".3g"
    unit: str = ""
    least: float = 0.0
    whole: bool = False

    def say(self, value: float) -> str:
        """Return a number as it stands on this axis."""
        return f"{value:{self.form}}{self.unit}"


def draw_plot(
    curves: Mapping[str, npt.NDArray[np.float64]], across: Axis, up: Axis, size: tuple[int, int] = (640, 300)
) -> Picture:
    """Draw curves from zero on, each named at its end with its last value.

    Args:
        curves: name to points, float (N, 2), not negative; a curve without points is left out.
        across, up: the axes.
        size: width and height in pixels.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    width, height = size
    curves = {name: points for name, points in curves.items() if len(points)}
    last = max([across.least, 1e-9, *(points[:, 0].max() for points in curves.values())])
    top = _round_up(max([up.least, 1e-9, *(points[:, 1].max() for points in curves.values())]))
    left, right, over, under = 56, width - 170, 30, height - 44
    picture = np.full((height, width, 3), 255, np.uint8)

    def place(x: float, y: float) -> tuple[int, int]:
        share = min(max(y / top, 0.0), 1.0)
        return round(left + (right - left) * x / last), round(under - (under - over) * share)

    for value in np.linspace(0.0, top, 6):
        row = place(0.0, value)[1]
        cv2.line(picture, (left, row), (right, row), _PALE, 1)
        _write(picture, up.say(value), (8, row + 5), DARK)
    for value in np.linspace(0.0, last, 5):
        value = float(round(value)) if across.whole else value
        text = across.say(value)
        _write(picture, text, (place(value, 0.0)[0] - 4 * len(text), under + 18), DARK)
    _write(picture, across.name, ((left + right) // 2 - 4 * len(across.name), height - 8), DARK)
    _write(picture, up.name, (8, 16), DARK)
    ends = _spread([place(*points[-1])[1] for points in curves.values()], 18)
    for colour, end, (name, points) in zip(_COLOURS * 3, ends, curves.items(), strict=False):
        line = np.array([place(*point) for point in points], np.int32).reshape(-1, 1, 2)
        cv2.polylines(picture, [line], False, colour, 2, cv2.LINE_AA)
        cv2.circle(picture, tuple(int(v) for v in line[-1, 0]), 3, colour, -1, cv2.LINE_AA)
        _write(picture, f"{name} {up.say(points[-1, 1])}", (right + 8, end + 5), colour)
    return picture


def save_picture(path: object, picture: Picture) -> None:
    """Write a picture as PNG."""
    Image.fromarray(picture).save(str(path), format="PNG")


def _write(picture: Picture, text: str, at: tuple[int, int], colour: Colour) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(
        next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if value <= step * power * (1 + 1e-9))
    )


def _spread(rows: list[int], gap: int) -> list[int]:
    """Move rows that are too near to one another apart, downwards."""
    placed: dict[int, int] = {}
    lowest = -gap
    for number in sorted(range(len(rows)), key=rows.__getitem__):
        lowest = placed[number] = max(rows[number], lowest + gap)
    return [placed[number] for number in range(len(rows))]
