"""Line crops of transcribed pages: each line cut out by its polygon, straightened, alone on its paper.

This is how ground truth becomes training lines and line benchmarks; pages that have no
transcription are cut by ``layout``. A folder may hold a ``split.tsv`` (page's name, tab, split).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import numpy.typing as npt

from inkread.datasets.base import LineSample
from inkread.datasets.dataset import Split
from inkread.datasets.folder import open_line
from inkread.datasets.ground_truth import (
    Points,
    TrueLine,
    TruePage,
    find_ground_truth,
    read_ground_truth,
)
from inkread.datasets.own_lines import OwnLine, OwnLinesDataset
from inkread.datasets.splits import read_split_file
from inkread.errors import DataError, GroundTruthError

GreyImage = npt.NDArray[np.uint8]

MARGIN = 0.08
_STRIPS = 16


def cut_line(page: GreyImage, polygon: Points, baseline: Points | None = None) -> GreyImage:
    """Cut one line out of a page, straighten it, and cover what lies outside its polygon.

    Args:
        page: uint8 (H, W), grey, dark ink on light paper.
        polygon: float32 (N, 2), N of 3 or more, (x, y) in pixels of the page.
        baseline: float32 (M, 2), left to right, or None; the line is turned so that the straight
            through its ends is level (nothing else is done to a curved one).

    Returns:
        uint8 (h, w): the polygon's box with a margin of 8 % of its height all round; outside of
        the polygon, paper of the colour that lies around there.
    """
    turn = _levelling(polygon, baseline)
    points = polygon @ turn[:, :2].T + turn[:, 2]
    low, high = points.min(axis=0), points.max(axis=0)
    margin = max(round(MARGIN * float(high[1] - low[1])), 1)
    shift = np.floor(low) - margin
    width, height = (np.ceil(high - low).astype(int) + 2 * margin + 1).tolist()
    turn[:, 2] -= shift
    crop = np.asarray(
        cv2.warpAffine(page, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
    ).reshape(height, width)
    inside = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(inside, [np.round(points - shift).astype(np.int32).reshape(-1, 1, 2)], 255)
    cover = cv2.GaussianBlur(255 - inside, (3, 3), 0).astype(np.float32).reshape(height, width) / 255.0
    paper = _paper(crop, inside > 0)
    return np.asarray(crop * (1.0 - cover) + paper[None, :] * cover + 0.5, dtype=np.uint8)


def _levelling(polygon: Points, baseline: Points | None) -> npt.NDArray[np.float64]:
    """Return the 2 x 3 matrix that turns the page about the polygon's middle until the line is level."""
    angle = 0.0
    if baseline is not None and len(baseline) > 1:
        along = baseline[-1] - baseline[0]
        angle = float(np.degrees(np.arctan2(along[1], along[0])))
    x, y = polygon.mean(axis=0).tolist()
    return np.asarray(cv2.getRotationMatrix2D((x, y), angle, 1.0), dtype=np.float64).reshape(2, 3)


def _paper(crop: GreyImage, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """Return the paper's grey level for each column, float32 (w,): upper quartiles of strips, joined."""
    width = crop.shape[1]
    edges = np.linspace(0, width, min(_STRIPS, width) + 1).astype(np.int64)
    centres, levels = [], []
    for left, right in pairwise(edges.tolist()):
        values = crop[:, left:right][inside[:, left:right]]
        if values.size:
            centres.append((left + right) / 2.0)
            levels.append(float(np.percentile(values, 75)))
    return np.interp(np.arange(width), centres or [0.0], levels or [255.0]).astype(np.float32)


@lru_cache(maxsize=4)
def open_grey(path: Path) -> GreyImage:
    """Open a page image as ``open_line`` does; those opened last are kept, as their lines are cut in turn.

    Raises:
        GroundTruthError: it is not an image, or is damaged.
    """
    return open_line(path)


class GroundTruthLines:
    """Lines of the transcribed pages of a folder, a ``LineSource``.

    Lines without text, without a polygon, or with crossed-out words are left out.

    Args:
        folder: ALTO or PAGE-XML files (found in its folders too), images beside them.
        pages: stems of the files to use; None uses all.
        skip: called with (page stem, line number from 0, text); a true answer leaves the line out.
        capitals: stems of pages whose writer wrote capitals throughout though the transcription has
            normal case; their text is put in capitals.
        name: name of the source.

    Raises:
        GroundTruthError: no transcription, an image is missing, or no line is left.
    """

    def __init__(
        self,
        folder: str | Path,
        pages: Iterable[str] | None = None,
        skip: Callable[[str, int, str], bool] | None = None,
        capitals: Collection[str] = (),
        name: str = "ground_truth",
    ) -> None:
        self.name = name
        wanted = None if pages is None else set(pages)
        self._capitals = frozenset(capitals)
        self._pages: list[TruePage] = []
        self._lines: list[tuple[int, int]] = []
        for path in find_ground_truth(folder):
            if wanted is not None and path.stem not in wanted:
                continue
            page = read_ground_truth(path)
            if page.image is None:
                raise GroundTruthError(f"No image lies beside {path}; put it there under the same name.")
            for number, line in enumerate(page.lines):
                if is_usable(line) and not (skip and skip(path.stem, number, line.text)):
                    self._lines.append((len(self._pages), number))
            self._pages.append(page)
        if not self._lines:
            raise DataError(f"{folder} has no line of the pages asked for; check the list of pages.")

    def __len__(self) -> int:
        return len(self._lines)

    def sample(self, index: int, rng: np.random.Generator | None = None) -> LineSample:
        """Return line ``index``, counted round and round; ``rng`` is not used."""
        which, number = self._lines[index % len(self._lines)]
        page = self._pages[which]
        assert page.image is not None
        line = page.lines[number]
        text = unicodedata.normalize("NFC", line.text)
        stem = page.source.stem
        text = text.upper() if stem in self._capitals else text
        return LineSample(cut_from(page, number), text, f"{self.name}/{stem}/{number}")


class GroundTruthDataset(OwnLinesDataset):
    """The lines of transcribed pages (ALTO or PAGE-XML, images beside them).

    Lines without text, without a polygon, or with crossed-out words are left out. Writers are not
    known: the page stands for its writer, and splits are by page (by line, where there are fewer
    than three pages). For the arguments see ``OwnLinesDataset``.
    """

    folder: ClassVar[str] = "ground_truth"

    def find_lines(self) -> Sequence[OwnLine]:
        """Return the lines of all pages, page by page, in each file's reading order."""
        table = self.path / "split.tsv"
        splits = read_split_file(table) if table.is_file() else {}
        found: list[OwnLine] = []
        for path in find_ground_truth(self.path):
            page = read_ground_truth(path)
            name = path.relative_to(self.path).with_suffix("").as_posix()
            found += _own_lines(page, name, splits.get(path.stem, splits.get(name)))
        if not found:
            raise GroundTruthError(f"No line of {self.path} can be used; transcribe some, with polygons.")
        return found


def _own_lines(page: TruePage, name: str, split: Split | None) -> Iterator[OwnLine]:
    """Yield the usable lines of a page that goes by ``name``."""
    if page.image is None:
        raise GroundTruthError(f"No image lies beside {page.source}; put it there under the same name.")
    about = page.image.stat()
    for number, line in enumerate(page.lines):
        if is_usable(line):
            shape = f"{line.polygon.tolist()} {line.baseline.tolist()}"
            yield OwnLine(
                text=line.text,
                group=name,
                split=split,
                key=f"{name}/{number}",
                stamp=f"{about.st_size} {about.st_mtime_ns} {shape}",
                open=partial(cut_from, page, number),
                size=partial(_box, page, number),
            )


def is_usable(line: TrueLine) -> bool:
    """Tell whether a line can be trained on: it has text, a polygon, and no crossed-out words."""
    return bool(line.text) and len(line.polygon) > 2 and not line.crossed_out


def cut_from(page: TruePage, number: int) -> GreyImage:
    """Cut line ``number`` (from 0) out of its page's image, uint8 (h, w); see ``cut_line``.

    Raises:
        GroundTruthError: the page has no image, or one that cannot be opened.
    """
    if page.image is None:
        raise GroundTruthError(f"No image lies beside {page.source}; put it there under the same name.")
    image = open_grey(page.image)
    line = page.scaled(image.shape[1], image.shape[0]).lines[number]
    return cut_line(image, line.polygon, line.baseline)


def _box(page: TruePage, number: int) -> tuple[int, int]:
    """Return rows and columns of a line's box, in the file's unit, before it is levelled."""
    width, height = np.ptp(page.lines[number].polygon, axis=0).tolist()
    return max(round(height * (1 + 2 * MARGIN)), 1), max(round(width + 2 * MARGIN * height), 1)
