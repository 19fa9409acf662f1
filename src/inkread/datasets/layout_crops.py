"""Crops of marked pages, varied: scale, rotation, tone, black and white, blur, noise, JPEG."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkread.datasets.layout_pages import MarkedPage
from inkread.datasets.layout_targets import Targets, draw_targets

RgbImage = npt.NDArray[np.uint8]

STRIDE = 2  # pixels of the image for one of the maps
_SIZE, _SPREAD = 11.5, 0.38  # x-height of a page's lines on the crop: median, and spread of its logarithm
_SMALLEST, _LARGEST = 5.0, 40.0
_ENLARGE = 2.0
_PAPER = 250
_SIDEWAYS = 0.3  # of all crops are of a page that lies on its side


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A square piece of a page, uint8 (side, side, 3), and its maps at half of its resolution."""

    image: RgbImage
    targets: Targets


def draw_crop(page: MarkedPage, side: int, rng: np.random.Generator, plain: bool = False) -> Crop:
    """Cut a random piece out of a page.

    Args:
        page: the page.
        side: of the crop in pixels, an even number.
        rng: all chance.
        plain: at the usual scale, upright and as it is; for validation.
    """
    height, width = page.image.shape[:2]
    sizes = [line.x_height for line in page.lines] or [min(height, width) / 80.0]
    usual = float(np.median(sizes))
    wanted = _SIZE * (1.0 if plain else math.exp(float(rng.normal(0.0, _SPREAD))))
    scale = min(float(np.clip(wanted, _SMALLEST, _LARGEST)) / usual, _ENLARGE)
    middle = _middle(page, rng)
    matrix = _map(middle, scale, side, rng, plain)
    image = _warped(page.image, matrix, scale, side)
    lines = [line.moved(matrix) for line in page.lines]
    unknown = [np.asarray(part @ matrix[:, :2].T + matrix[:, 2], dtype=np.float32) for part in page.unknown]
    half = side // STRIDE
    targets = draw_targets(lines, unknown, (half, half), 1.0 / STRIDE)
    targets.maps[:] &= _inside(page.image, matrix, half)
    crop = Crop(image if plain else vary_look(image, rng), targets)
    if not plain and rng.random() < _SIDEWAYS:
        return _turned(crop, 1 if rng.random() < 0.5 else 3)
    return crop


def _turned(crop: Crop, quarters: int) -> Crop:
    """The crop of a page that lies on its side: that rows run upwards must show in the core's map."""
    maps = np.ascontiguousarray(np.rot90(crop.targets.maps, quarters, axes=(1, 2)))
    known = np.ascontiguousarray(np.rot90(crop.targets.known, quarters))
    return Crop(np.ascontiguousarray(np.rot90(crop.image, quarters)), Targets(maps, known))


def _inside(image: RgbImage, matrix: npt.NDArray[np.float64], half: int) -> npt.NDArray[np.uint8]:
    """Where the crop shows the page, uint8 (half, half); a line may run off its edge."""
    height, width = image.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    places = (corners @ matrix[:, :2].T + matrix[:, 2]) / STRIDE
    inside = np.zeros((half, half), dtype=np.uint8)
    cv2.fillPoly(inside, [np.round(places - 0.5).astype(np.int32).reshape(-1, 1, 2)], 1)
    return inside


def _middle(page: MarkedPage, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """The page's point that the crop is to lie around: mostly somewhere on a line."""
    height, width = page.image.shape[:2]
    if page.lines and rng.random() < 0.85:
        line = page.lines[int(rng.integers(len(page.lines)))]
        first, last = line.baseline[0].astype(np.float64), line.baseline[-1].astype(np.float64)
        return np.asarray(first + (last - first) * rng.random(), dtype=np.float64)
    return np.array([rng.uniform(0, width), rng.uniform(0, height)])


def _map(
    middle: npt.NDArray[np.float64], scale: float, side: int, rng: np.random.Generator, plain: bool
) -> npt.NDArray[np.float64]:
    """The affine map (2, 3) of the page's pixels to the crop's."""
    linear = scale * np.eye(2)
    if not plain:
        turn = float(rng.normal(0.0, 1.2)) if rng.random() < 0.7 else 0.0
        if rng.random() < 0.08:
            turn = float(rng.uniform(-8.0, 8.0))
        cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        aspect = math.exp(float(rng.normal(0.0, 0.06)))
        shear = float(rng.normal(0.0, 0.06)) if rng.random() < 0.5 else 0.0
        form = np.array([[aspect, shear], [0.0, 1.0 / aspect]])
        linear = scale * np.array([[cosine, -sine], [sine, cosine]]) @ form
    place = side / 2.0 + rng.uniform(-0.3, 0.3, 2) * side
    return np.concatenate([linear, (place - linear @ middle)[:, None]], axis=1)


def _warped(image: RgbImage, matrix: npt.NDArray[np.float64], scale: float, side: int) -> RgbImage:
    """Resample, pixels averaged before they are skipped."""
    if scale < 0.95:
        size = (max(round(image.shape[1] * scale), 1), max(round(image.shape[0] * scale), 1))
        ratios = np.array([image.shape[1] / size[0], image.shape[0] / size[1]])
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        matrix = np.concatenate([matrix[:, :2] * ratios, matrix[:, 2:]], axis=1)
    centred = matrix.copy()
    centred[:, 2] += matrix[:, :2] @ [0.5, 0.5] - 0.5
    warped = cv2.warpAffine(
        image, centred, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(_PAPER, _PAPER, _PAPER),
    )  # fmt: skip
    return np.asarray(warped, dtype=np.uint8)


def vary_look(image: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Make a piece of a page, uint8 (H, W, 3), look as another scanner or camera would see it."""
    chance = rng.random(6)
    if chance[0] < 0.3:
        image = _grey(image)
    if chance[1] < 0.2:
        return _black_and_white(image, rng)
    value = image.astype(np.float32)
    if chance[2] < 0.5:  # fainter or stronger ink, on paper of a tone that the light was not quite taken from
        strength = np.float32(rng.uniform(0.45, 1.25))
        value = 250.0 - (250.0 - value) * strength
    if chance[3] < 0.3:
        value *= _shade(image.shape[0], image.shape[1], rng)
    if chance[4] < 0.3:
        value = np.asarray(cv2.GaussianBlur(value, (0, 0), float(rng.uniform(0.4, 1.1))), dtype=np.float32)
    if chance[5] < 0.4:
        grain = rng.standard_normal(image.shape[:2], dtype=np.float32)[..., None]
        value = value + grain * np.float32(rng.uniform(1.0, 9.0))
    picture = np.asarray(np.clip(value, 0.0, 255.0), dtype=np.uint8)
    if rng.random() < 0.3:
        quality = int(rng.integers(30, 90))
        _, data = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, quality))
        picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    return picture


def _grey(image: RgbImage) -> RgbImage:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def _black_and_white(image: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Cut at a level between ink and paper; edges soft, as of a larger scan made smaller, or hard."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.float32)
    ink, paper = np.percentile(grey, (1.5, 60.0))
    level = ink + (paper - ink) * float(rng.uniform(0.45, 0.75))
    steep = 255.0 / max(paper - ink, 24.0) * float(rng.uniform(2.0, 8.0))
    cut = np.clip((grey - level) * steep + 127.5, 0.0, 255.0).astype(np.uint8)
    return np.asarray(cv2.cvtColor(cut, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def _shade(height: int, width: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """A soft shadow or tint, float32 (height, width, 3), 0.7 to 1."""
    coarse = rng.uniform(0.75, 1.0, (3, 3, 1)).astype(np.float32)
    tint = rng.uniform(0.93, 1.0, (1, 1, 3)).astype(np.float32)
    smooth = cv2.resize(coarse * tint, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(smooth, 0.7, 1.0), dtype=np.float32)
