"""A character's picture made anew for each time it is trained on: as another hand, pen and scan would."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

GreyImage = npt.NDArray[np.uint8]

_PLAIN = 0.08
_BLUR = 0.3
_NOISE = 0.15
_BILEVEL = 0.1


def vary(image: GreyImage, rng: np.random.Generator) -> GreyImage:
    """Return a variant of a normalised character.

    Slant, rotation, proportions, place and an elastic distortion (Simard, Steinkraus & Platt 2003)
    in one resampling; then now and then a thicker or thinner line, blur, noise, or black and white.

    Args:
        image: uint8 (S, S), dark ink on paper near 255, as ``normalise_character`` gives it.
        rng: of all choices.

    Returns:
        uint8 (S, S).
    """
    size = image.shape[0]
    chances = rng.random(5)
    if chances[0] < _PLAIN:
        return image
    column, row = _maps(size, rng)
    result = np.asarray(cv2.remap(image, column, row, cv2.INTER_LINEAR, borderValue=255.0), np.uint8)
    if chances[1] < _BLUR:
        result = np.asarray(cv2.GaussianBlur(result, (0, 0), float(rng.uniform(0.4, 1.0))), np.uint8)
    if chances[2] < 0.3:
        result = _press(result, float(rng.uniform(-1.0, 1.0)))
    if chances[3] < _NOISE:
        noise = rng.normal(0.0, rng.uniform(3.0, 20.0), result.shape)
        result = np.clip(result + noise, 0, 255).astype(np.uint8)
    if chances[4] < _BILEVEL:
        result = np.where(result < rng.uniform(110, 190), 0, 255).astype(np.uint8)
    return result


def _maps(size: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return where each pixel of the result comes from: an affine map and a smooth displacement."""
    angle, slant, stretch = rng.normal(0.0, (0.09, 0.13, 0.09))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1.0, slant], [0.0, 1.0]]) @ np.diag([np.exp(stretch), np.exp(-stretch)])
    matrix *= rng.uniform(0.96, 1.12)
    place = rng.normal(0.0, 0.03 * size, 2)
    middle = (size - 1) / 2
    axis = np.arange(size, dtype=np.float32) - np.float32(middle)
    coarse = rng.normal(0.0, 0.03 * size, (4, 4, 2)).astype(np.float32)
    elastic = np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)
    m = matrix.astype(np.float32)
    column = m[0, 0] * axis[None, :] + m[0, 1] * axis[:, None] + np.float32(middle + place[0])
    row = m[1, 0] * axis[None, :] + m[1, 1] * axis[:, None] + np.float32(middle + place[1])
    return column + elastic[..., 0], row + elastic[..., 1]


def _press(image: GreyImage, change: float) -> GreyImage:
    """Mix with a darker (below 0) or lighter neighbourhood: a line about half a pixel thicker or thinner."""
    kernel = np.ones((2, 2), np.uint8)
    moved = cv2.erode(image, kernel) if change < 0 else cv2.dilate(image, kernel)
    return np.asarray(cv2.addWeighted(image, 1.0 - abs(change), moved, abs(change), 0.0), np.uint8)
