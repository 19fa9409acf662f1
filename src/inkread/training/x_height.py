"""The height of a line's small letters, told by its ink where only its baseline and polygon are known."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_HALF = 0.5  # of the fullest row: fewer ink pixels than that are ascenders
_UP, _DOWN = 0.9, 0.3  # line distances above and below the baseline that are looked at
_MOST = 1.5  # times the page's usual x-height that a line's own may be, or one part of it


def x_heights(
    ink: npt.NDArray[np.uint8], baselines: Sequence[npt.NDArray[np.floating]],
    polygons: Sequence[npt.NDArray[np.floating]], gap: float,
) -> list[float]:  # fmt: skip
    """Estimate the x-height of each line of a page.

    Along the baseline, rows through small letters hold the most ink; the x-height reaches from the
    baseline to where, going up from the fullest row, less than half of that is left.

    Args:
        ink: uint8 (H, W), 1 for ink and 0 for paper.
        baselines: float (M, 2) each, left to right.
        polygons: float (N, 2) each, around each line's ink.
        gap: usual distance of lines in pixels.

    Returns:
        pixels, none far from the page's median.
    """
    own = [
        _x_height(ink, np.asarray(baseline, dtype=np.float64), polygon, gap)
        for baseline, polygon in zip(baselines, polygons, strict=True)
    ]
    known = [value for value in own if value > 0]
    usual = float(np.median(known)) if known else 0.25 * gap
    return [float(np.clip(value or usual, usual / _MOST, usual * _MOST)) for value in own]


def _x_height(
    ink: npt.NDArray[np.uint8], baseline: Floats, polygon: npt.NDArray[np.floating], gap: float
) -> float:
    """The line's own, 0 where it has no ink."""
    columns = np.arange(baseline[0, 0], baseline[-1, 0])
    if columns.size == 0:
        return 0.0
    inside = np.zeros(ink.shape, dtype=np.uint8)
    cv2.fillPoly(inside, [np.round(polygon).astype(np.int32).reshape(-1, 1, 2)], 1)
    feet = np.interp(columns, baseline[:, 0], baseline[:, 1])
    rows = np.arange(-int(_UP * gap), int(_DOWN * gap) + 1)
    map_x = np.broadcast_to(columns, (len(rows), len(columns))).astype(np.float32)
    map_y = (feet + rows[:, None]).astype(np.float32)
    straight = cv2.remap(ink * inside * 255, map_x, map_y, cv2.INTER_LINEAR)
    profile = np.convolve(straight.sum(axis=1, dtype=np.float64), [0.25, 0.5, 0.25], mode="same")
    foot = int(np.searchsorted(rows, 0))
    peak = int(profile[: foot + 1].argmax())
    if profile[peak] <= 0:
        return 0.0
    top = peak
    while top > 0 and profile[top] > _HALF * profile[peak]:
        top -= 1
    return float(foot - top)
