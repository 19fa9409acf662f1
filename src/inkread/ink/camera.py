"""What a scanner or a camera does to a line: blur, coarse sampling, noise, gamma, JPEG, negative."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from inkread.ink.paper import noise

Grey = npt.NDArray[np.uint8]


def jpeg(image: Grey, quality: int) -> Grey:
    """Compress ``image``, uint8 (H, W), as JPEG of ``quality`` (1 to 100) and open it again."""
    done, data = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality))
    if not done:
        return image
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8).reshape(image.shape)


def _motion(rng: np.random.Generator, length: float) -> npt.NDArray[np.float32]:
    angle = float(rng.uniform(0.0, math.pi))
    kernel = np.zeros((7, 7), dtype=np.uint8)
    dx, dy = math.cos(angle) * length * 8.0, math.sin(angle) * length * 8.0
    start, end = (round(48 - dx), round(48 - dy)), (round(48 + dx), round(48 + dy))
    cv2.line(kernel, start, end, 255, 1, cv2.LINE_AA, 4)
    weights = kernel.astype(np.float32)
    return weights / max(float(weights.sum()), 1.0)


def shoot(
    image: npt.NDArray[np.float32], rng: np.random.Generator, contrast: float, amount: float = 1.0
) -> Grey:
    """Take a picture of ``image``, float32 (H, W), 0 to 255, and return it as uint8 (H, W).

    Args:
        contrast: grey levels between paper and ink, to which the noise is proportioned.
        amount: scales how often each fault occurs; 1 for clean synthetic ink, less for real crops.
    """
    rows, columns = image.shape
    unit = rows / 70.0
    chance = rng.random(5)
    if chance[0] < 0.45 * amount:
        sigma = unit * float(rng.uniform(0.3, 0.9 if rng.random() < 0.8 else 1.3))
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), max(sigma, 0.2)), dtype=np.float32)
    elif chance[0] < 0.53 * amount:
        image = np.asarray(
            cv2.filter2D(image, -1, _motion(rng, unit * float(rng.uniform(1.0, 3.0)))), np.float32
        )
    if chance[1] < 0.25 * amount and rows > 40:
        factor = max(float(rng.uniform(0.5, 0.9)), 32.0 / rows)
        small = cv2.resize(
            image, (max(round(columns * factor), 1), round(rows * factor)), interpolation=cv2.INTER_AREA
        )
        way = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
        image = np.asarray(cv2.resize(small, (columns, rows), interpolation=way), dtype=np.float32)
    if chance[2] < 0.5 * amount:
        strength = contrast * float(rng.uniform(0.0, 0.06 if rng.random() < 0.85 else 0.1))
        image = image + noise(rng, rows, columns, 0.7 if rng.random() < 0.4 else 0.0) * np.float32(strength)
    picture = np.clip(image, 0.0, 255.0).astype(np.uint8)
    if chance[3] < 0.35 * amount:
        table = 255.0 * (np.arange(256) / 255.0) ** math.exp(float(rng.uniform(-0.45, 0.45)))
        picture = np.asarray(cv2.LUT(picture, table.astype(np.uint8)), dtype=np.uint8)
    if chance[4] < 0.45 * amount:
        picture = jpeg(picture, int(rng.integers(25, 96)))
    return picture.reshape(rows, columns)
