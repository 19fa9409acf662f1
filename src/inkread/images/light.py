"""Light on a page: shadows divided away, light ink on dark ground turned over."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

RgbImage = npt.NDArray[np.uint8]

_SIDE = 320  # pixels of the long side (of a strip: twice the short one) where brightness is measured
_WHITE = 250.0
_DARKEST = 50  # paper darker than this is no paper: it is not brightened further
_EVEN = 12  # levels of difference that are not worth correcting


def even_light(rgb: RgbImage) -> RgbImage:
    """Divide the paper's own brightness and tint away.

    Args:
        rgb: uint8 (H, W, 3), dark ink on light paper.

    Returns:
        uint8 (H, W, 3), paper near 250 in all channels; the image itself where its paper is even
        and white already.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, max(_SIDE / max(height, width), _SIDE / 2 / min(height, width)))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    reach = 2 * max(min(round(max(size) * 0.025), 8), 1) + 1
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), dtype=np.uint8))
    paper = np.asarray(cv2.medianBlur(closed, 2 * reach + 1), dtype=np.uint8)
    low = np.percentile(paper, 1.0)
    if low >= 255 - _EVEN:
        return rgb
    paper = np.asarray(cv2.GaussianBlur(np.maximum(paper, _DARKEST), (0, 0), 0.4 * reach), dtype=np.uint8)
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(rgb, full, scale=_WHITE), dtype=np.uint8).reshape(rgb.shape)


def is_light_on_dark(rgb: RgbImage) -> bool:
    """Whether the writing is lighter than its ground (a blackboard, an inverted scan).

    Args:
        rgb: uint8 (H, W, 3), a long side of about 1000 pixels.
    """
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    if float(np.median(grey)) > 127:
        return False
    side = min(31, (min(grey.shape) - 1) // 2 * 2 + 1)
    ground = cv2.medianBlur(grey, max(side, 3)).astype(np.int16)
    difference = grey.astype(np.int16) - ground
    lighter, darker = int((difference > 40).sum()), int((difference < -40).sum())
    return lighter > 2 * darker and lighter >= 30
