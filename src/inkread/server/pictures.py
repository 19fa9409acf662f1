"""Pixels as a JPEG file: what a browser shows, and what is kept beside a transcription."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt


def shrunk(image: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Return uint8 (H, W, 3) whose longer side has at most ``side`` pixels."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def jpeg(image: npt.NDArray[np.uint8], quality: int) -> bytes:
    """Return uint8 (H, W, 3) RGB as a JPEG file of ``quality`` 1 to 100, without metadata."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return content.tobytes()
