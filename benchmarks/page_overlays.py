"""Overlays of pages for the eye: true lines in green, read ones in turn in blue, red and violet, numbered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from page_scores import PageScore, Sheet
from page_systems import PageReading

from inkread.images.line import to_grey
from inkread.images.open import open_page

_SIDE = 1600
_TRUE = (0, 160, 0)
_READ = ((255, 0, 0), (0, 0, 255), (200, 0, 200))  # of blue, green and red, as OpenCV has them


def worst_pages(scores: PageScore, count: int) -> list[str]:
    """Return names of the pages with the most lines not found, split or merged; then of the highest CER."""

    def badness(name: str) -> tuple[int, float, str]:
        rate, lines = scores.pages[name]
        return lines.found - lines.lines - lines.split - lines.merged, -rate, name

    return sorted(scores.pages, key=badness)[:count]


def write_overlays(sheets: Sequence[Sheet], readings: Sequence[PageReading], scores: PageScore, folder: Path,
                   count: int) -> None:  # fmt: skip
    """Write ``RANK-NAME.png`` of the worst pages into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    ranks = {name: rank for rank, name in enumerate(worst_pages(scores, count), start=1)}
    for sheet, reading in zip(sheets, readings, strict=True):
        if rank := ranks.get(sheet.truth.name):
            cv2.imwrite(str(folder / f"{rank:02d}-{sheet.truth.name}.png"), overlay(sheet, reading))


def overlay(sheet: Sheet, reading: PageReading) -> npt.NDArray[np.uint8]:
    """Return a page with its true and its read lines drawn, uint8 (H, W, 3), BGR, long side at most 1600."""
    assert sheet.truth.image is not None
    grey = to_grey(open_page(sheet.truth.image).image)
    height, width = grey.shape
    scale = min(1.0, _SIDE / max(height, width))
    canvas = cv2.resize(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), None, fx=scale, fy=scale,
                        interpolation=cv2.INTER_AREA)  # fmt: skip
    true = np.array([width, height]) / np.array(sheet.truth.size) * scale
    for polygon in sheet.truth.polygons:
        cv2.polylines(canvas, [_points(polygon * true)], True, _TRUE, 2)
    for number, place in enumerate(reading.polygons):
        points, colour = _points(np.array(place) * scale), _READ[number % len(_READ)]
        cv2.polylines(canvas, [points], True, colour, 1, cv2.LINE_AA)
        left, top = points.reshape(-1, 2).min(axis=0).tolist()
        cv2.putText(
            canvas, str(number + 1), (max(left - 24, 0), top + 16), cv2.FONT_HERSHEY_SIMPLEX, 0.6, colour, 2
        )
    return np.asarray(canvas, dtype=np.uint8)


def _points(polygon: npt.NDArray[np.floating]) -> npt.NDArray[np.int32]:
    return np.round(polygon).astype(np.int32).reshape(-1, 1, 2)
