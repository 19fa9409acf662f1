"""A photo or scan -> the sheet of paper alone: flat, upright, evenly lit, dark ink on light.

All geometry is one projective map, applied in one resampling, so that every point found on the
sheet can be carried back to the original image exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from inkread.images.deskew import MAX_ANGLE, skew_angle
from inkread.images.light import even_light, is_light_on_dark
from inkread.images.quad import find_quad

RgbImage = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]

MAX_SIDE = 3200  # pixels; a page of 60 lines still has 50 pixels a line
_MAX_AREA = 40_000_000  # pixels of a long strip, such as a tall screenshot
_WORK_SIDE = 1000
_STRIP = 4.0  # times as long as wide: no sheet before a background
_LEAST_TURN = 0.4  # degrees; less is left to the crops, which follow each baseline
_MOST_SKEW = 5.0  # degrees, of a page turned on demand; a deskewing by more would turn it back
_INSET = 0.004  # of the side: the paper's very edge is shadow


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The sheet, and the way back to the image it was found on.

    Attributes:
        image: uint8 (H, W, 3) RGB, dark ink on light paper near 255.
        matrix: float64 (3, 3), projective map from the original's coordinates to the sheet's.
        found: whether a sheet with four sides was found before a background.
        angle: degrees that the sheet was turned by, counter-clockwise positive.
    """

    image: RgbImage
    matrix: Matrix
    found: bool
    angle: float

    def to_original(self, points: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Carry points (N, 2), x and y on the sheet, to the original image; float32 (N, 2)."""
        return _apply(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64), points)


def find_sheet(rgb: RgbImage, turn: float = 0.0) -> Sheet:
    """Find the sheet of paper on an image, flatten and turn it upright, and even its light.

    An image without a clear sheet before a background (a scan, a close-up) keeps its frame and is
    only turned by its skew, at most 15 degrees, and lit evenly.

    Args:
        rgb: uint8 (H, W, 3), RGB, 0 to 255.
        turn: degrees, counter-clockwise, by which the sheet is to be turned besides; where these are
            no quarters they level its rows, and its skew is then a small one or none.

    Returns:
        The sheet, its long side at most ``MAX_SIDE`` pixels; that of a strip more than twice as
        long as wide at most so long that the short one has half of ``MAX_SIDE``.

    Raises:
        ValueError: not a uint8 image of three channels.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.size == 0:
        raise ValueError(f"A page must be uint8 (H, W, 3) and not empty, not {rgb.dtype} {rgb.shape}.")
    corners = _corners(rgb)
    quarters = round(turn / 90.0)
    if not quarters:
        return _laid(rgb, corners, turn)
    # The very pixels, so that a page reads the same however it was laid on the scanner; but the very
    # corners too, as which of them is a sheet's first may hang on a hair (on a table, at 45 degrees).
    turning, _ = _turning(90.0 * quarters, (float(rgb.shape[1]), float(rgb.shape[0])))
    if corners is not None:
        corners = np.roll(_apply(turning, corners).astype(np.float64), -quarters, axis=0)
    sheet = _laid(np.ascontiguousarray(np.rot90(rgb, quarters)), corners, turn - 90.0 * quarters)
    return replace(sheet, matrix=sheet.matrix @ turning, angle=sheet.angle + 90.0 * quarters)


def _corners(rgb: RgbImage) -> Matrix | None:
    """The corners (4, 2) of a sheet before a background, clockwise from the top left; None without one."""
    height, width = rgb.shape[:2]
    if max(width, height) > _STRIP * min(width, height):
        return None
    work = _resized(rgb, _shrink((width, height), _WORK_SIDE))
    quad = find_quad(work)
    if quad is None:
        return None
    to_full = np.diag([width / work.shape[1], height / work.shape[0], 1.0])
    return _apply(to_full, quad).astype(np.float64)


def _laid(rgb: RgbImage, corners: Matrix | None, turn: float) -> Sheet:
    """Flatten, turn and light a sheet with these corners, or the whole image; ``turn``: -45 to 45."""
    height, width = rgb.shape[:2]
    work = _resized(rgb, _shrink((width, height), _WORK_SIDE))
    to_work = np.diag([work.shape[1] / width, work.shape[0] / height, 1.0])
    matrix, size = np.eye(3), (float(width), float(height))
    if corners is not None:
        matrix, size = _flattening(corners)
    if turn:
        turning, size = _turning(turn, size)
        matrix = turning @ matrix
    reduce = min(_shrink(size, MAX_SIDE), float(np.sqrt(_MAX_AREA / (size[0] * size[1]))))
    matrix, size = np.diag([reduce, reduce, 1.0]) @ matrix, (size[0] * reduce, size[1] * reduce)

    small = _shrink(size, _WORK_SIDE)
    to_preview = np.diag([small, small, 1.0]) @ matrix @ np.linalg.inv(to_work)
    preview = _warped(work, to_preview, _scaled(size, small))
    inverted = is_light_on_dark(preview)
    if inverted:
        preview = np.asarray(255 - preview, dtype=np.uint8)
    angle = skew_angle(np.asarray(cv2.cvtColor(even_light(preview), cv2.COLOR_RGB2GRAY), dtype=np.uint8))
    if _LEAST_TURN <= abs(angle) <= (_MOST_SKEW if turn else MAX_ANGLE):
        turning, size = _turning(angle, size)
        matrix = turning @ matrix
        if (room := size[0] * size[1] / _MAX_AREA) > 1.0:  # a strip askew takes up a whole square
            less = float(1.0 / np.sqrt(room))
            matrix, size = np.diag([less, less, 1.0]) @ matrix, (size[0] * less, size[1] * less)
    else:
        angle = 0.0
    image = _warped(rgb, matrix, _scaled(size, 1.0))
    if inverted:
        image = np.asarray(255 - image, dtype=np.uint8)
    return Sheet(even_light(image), matrix, corners is not None, turn + angle)


def _apply(matrix: Matrix, points: npt.ArrayLike) -> npt.NDArray[np.float32]:
    flat = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    carried = np.concatenate([flat, np.ones((len(flat), 1))], axis=1) @ matrix.T
    return np.asarray(carried[:, :2] / carried[:, 2:], dtype=np.float32)


def _shrink(size: tuple[float, float], side: int) -> float:
    """The factor that brings a page's long side to ``side``, or a strip's short side to half of it."""
    return min(1.0, max(side / max(size), side / 2 / min(size)))


def _scaled(size: tuple[float, float], factor: float) -> tuple[int, int]:
    return max(round(size[0] * factor), 1), max(round(size[1] * factor), 1)


def _resized(image: RgbImage, factor: float) -> RgbImage:
    if factor >= 1.0:
        return image
    size = _scaled((image.shape[1], image.shape[0]), factor)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _flattening(quad: Matrix) -> tuple[Matrix, tuple[float, float]]:
    """The map that makes a rectangle of a quad (4, 2), clockwise from the top left, and its size."""
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    width, height = float(max(sides[0], sides[2])), float(max(sides[1], sides[3]))
    inset = np.array([width, height]) * _INSET
    rectangle = np.array([[0, 0], [width, 0], [width, height], [0, height]]) - inset
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), rectangle.astype(np.float32))
    return np.asarray(matrix, dtype=np.float64), (width - 2 * inset[0], height - 2 * inset[1])


def _turning(angle: float, size: tuple[float, float]) -> tuple[Matrix, tuple[float, float]]:
    """The map that turns a page of ``size`` by ``angle`` degrees, and the size that holds it all."""
    width, height = size
    # Quarter turns must be exact, so that a pixel stays a pixel.
    cosine, sine = (
        round(float(value), 12) for value in (np.cos(np.radians(angle)), np.sin(np.radians(angle)))
    )
    new_width = width * abs(cosine) + height * abs(sine)
    new_height = width * abs(sine) + height * abs(cosine)
    rotation = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    to_centre, back = np.eye(3), np.eye(3)
    to_centre[:2, 2] = -0.5 * width, -0.5 * height
    back[:2, 2] = 0.5 * new_width, 0.5 * new_height
    return back @ rotation @ to_centre, (new_width, new_height)


def _warped(image: RgbImage, matrix: Matrix, size: tuple[int, int]) -> RgbImage:
    """Resample by a map of continuous coordinates (a pixel's centre lies at its half)."""
    height, width = image.shape[:2]
    if np.allclose(matrix, np.eye(3)) and size == (width, height):
        return image
    if np.allclose(matrix - np.diag(np.diag(matrix)), 0) and abs(width * matrix[0, 0] - size[0]) <= 1:
        mode = cv2.INTER_AREA if matrix[0, 0] < 1 else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(image, size, interpolation=mode), dtype=np.uint8)
    scale = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    if scale < 0.6:  # sampling alone would skip pixels: average them first
        smaller = _resized(image, scale)
        ratios = [width / smaller.shape[1], height / smaller.shape[0], 1.0]
        image, matrix = smaller, matrix @ np.diag(ratios)
    half = np.eye(3)
    half[:2, 2] = 0.5
    centred = np.linalg.inv(half) @ matrix @ half
    warped = cv2.warpPerspective(
        image, centred, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, dtype=np.uint8)
