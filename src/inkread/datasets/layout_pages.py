"""Pages on which the lines are marked, as folders of pictures: what a line finder learns from.

A page is ``NAME.jpg``, the sheet as the reader sees it (flat, upright, evenly lit), and ``NAME.json``
with its lines and with places that nobody marked. ``training.layout_prepare`` writes such folders.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inkread.errors import DataError

Points = npt.NDArray[np.float32]
RgbImage = npt.NDArray[np.uint8]

_QUALITY = 92


@dataclass(frozen=True, slots=True, eq=False)
class MarkedLine:
    """One line of writing on a page, in the page's pixels as (x, y), origin at the top left.

    Attributes:
        baseline: float32 (M, 2), M >= 2, left to right.
        x_height: height of its small letters in pixels.
        polygon: float32 (N, 2), N >= 3, around its ink.
    """

    baseline: Points
    x_height: float
    polygon: Points

    def moved(self, matrix: npt.NDArray[np.float64]) -> MarkedLine:
        """The line on the page moved by an affine ``matrix``, (2, 3)."""
        scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
        return MarkedLine(_moved(self.baseline, matrix), self.x_height * scale, _moved(self.polygon, matrix))


@dataclass(frozen=True, slots=True, eq=False)
class MarkedPage:
    """A page, its lines, and polygons of what is neither known to be writing nor known to be none.

    Attributes:
        image: uint8 (H, W, 3), RGB, dark ink on light paper.
        lines: all of its written lines.
        unknown: float32 (N, 2) each: print, crossed-out lines, what was not transcribed.
    """

    image: RgbImage
    lines: tuple[MarkedLine, ...]
    unknown: tuple[Points, ...] = ()


def _moved(points: Points, matrix: npt.NDArray[np.float64]) -> Points:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], dtype=np.float32)


class MarkedPages(Sequence[MarkedPage]):
    """The pages of a folder by number, in the order of their names; each is read when asked for.

    Raises:
        DataError: the folder holds none.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.names = sorted(path.stem for path in self.folder.glob("*.json"))
        if not self.names:
            raise DataError(
                f"{folder} holds no marked pages; make them: python -m inkread.training.layout_prepare."
            )

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> MarkedPage:  # type: ignore[override]
        return read_page(self.folder, self.names[index])


def write_page(folder: str | Path, name: str, page: MarkedPage) -> None:
    """Write a page into a folder, which is made; the JSON comes last, and whole.

    Raises:
        DataError: the picture cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(page.image, cv2.COLOR_RGB2BGR), (cv2.IMWRITE_JPEG_QUALITY, _QUALITY)
    )
    if not done:
        raise DataError(
            f"The page {name} cannot be stored as JPEG; give one of less than 65,500 pixels a side."
        )
    values = {
        "lines": [
            {
                "baseline": _listed(line.baseline),
                "x_height": round(line.x_height, 2),
                "polygon": _listed(line.polygon),
            }
            for line in page.lines
        ],
        "unknown": [_listed(polygon) for polygon in page.unknown],
    }
    _write(folder / f"{name}.jpg", data.tobytes())
    _write(folder / f"{name}.json", json.dumps(values, separators=(",", ":")).encode())


def read_page(folder: str | Path, name: str) -> MarkedPage:
    """Read one page of a folder.

    Raises:
        DataError: it is missing or damaged.
    """
    path = Path(folder) / f"{name}.json"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        picture = cv2.imdecode(np.fromfile(path.with_suffix(".jpg"), dtype=np.uint8), cv2.IMREAD_COLOR)
        lines = tuple(
            MarkedLine(_points(line["baseline"]), float(line["x_height"]), _points(line["polygon"]))
            for line in values["lines"]
        )
        unknown = tuple(_points(polygon) for polygon in values["unknown"])
        if picture is None:
            raise ValueError("its picture is no JPEG")
        image = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)
    except (OSError, ValueError, KeyError, TypeError, cv2.error) as error:
        raise DataError(f"The marked page {path} cannot be read ({error}); make it anew.") from None
    return MarkedPage(image, lines, unknown)


def _listed(points: Points) -> list[list[float]]:
    listed: list[list[float]] = np.round(points.astype(np.float64), 1).tolist()
    return listed


def _points(listed: list[list[float]]) -> Points:
    return np.array(listed, dtype=np.float32).reshape(-1, 2)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_suffix(path.suffix + ".part")
    draft.write_bytes(content)
    os.replace(draft, path)
