"""How well the reader reads known texts: what users run is what is measured.

Rates are those of ``metrics``: a corpus' errors over its characters, after one folding. A line or
page that cannot be read counts as read empty.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inkread.datasets.folder import read_index, read_known_text
from inkread.datasets.ground_truth import CrossedOut, find_ground_truth, read_ground_truth
from inkread.document import Page
from inkread.errors import GroundTruthError, ImageError
from inkread.images.line import to_grey
from inkread.images.open import SUFFIXES, open_page
from inkread.layout.ink import ink_mask
from inkread.line_metrics import LineCounts, Outlines, count_lines
from inkread.metrics import ErrorCounts, character_errors, word_errors
from inkread.reader import Reader

_CHUNK = 32
_INK_SIDE = 2000  # pixels of the longer side at which ink is counted

Points = npt.NDArray[np.floating]
Step = Callable[[str], None]


@dataclass(slots=True)
class Scores:
    """Errors of readings against their references; ``items`` holds (rate, name, reference, reading)."""

    characters: ErrorCounts = field(default_factory=ErrorCounts)
    words: ErrorCounts = field(default_factory=ErrorCounts)
    items: list[tuple[float, str, str, str]] = field(default_factory=list)

    def add(self, name: str, reference: str, reading: str) -> None:
        """Count one line or page."""
        counts = character_errors(reference, reading)
        self.characters += counts
        self.words += word_errors(reference, reading)
        self.items.append((counts.rate, name, reference, reading))

    def worst(self, count: int) -> list[tuple[float, str, str, str]]:
        """Return the items of the highest rates, the worst first."""
        return sorted(self.items, key=lambda item: (-item[0], item[1]))[:count]


@dataclass(slots=True)
class LineScores:
    """Result of ``evaluate_lines``; ``seconds`` are those of normalising, network and decoding."""

    read: Scores = field(default_factory=Scores)
    greedy: Scores = field(default_factory=Scores)
    failed: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(slots=True)
class PageScores:
    """Result of ``evaluate_pages``; ``seconds`` are those from file to text."""

    read: Scores = field(default_factory=Scores)
    failed: list[tuple[str, str]] = field(default_factory=list)
    lines: LineCounts = field(default_factory=LineCounts)
    seconds: float = 0.0

    @property
    def lines_true(self) -> int:
        return self.lines.lines

    @property
    def lines_found(self) -> int:
        return self.lines.found

    @property
    def lines_read(self) -> int:
        return self.lines.read


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page to be read: its image, its text, and where its lines lie on an image of ``size``.

    ``polygons`` and ``baselines`` are empty where the truth is plain text.
    """

    name: str
    image: Path | None
    text: str
    polygons: tuple[Points, ...] = ()
    baselines: tuple[Points, ...] = ()
    size: tuple[float, float] = (1.0, 1.0)


def evaluate_lines(reader: Reader, folder: str | Path, limit: int | None = None) -> LineScores:
    """Read the line images of a folder with ``index.tsv`` (image path, tab, text).

    Raises:
        GroundTruthError: no such folder or index, or a row that is at fault.
    """
    rows = read_index(folder)[:limit]
    scores = LineScores()
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        images: dict[int, npt.NDArray[np.uint8]] = {}
        for number, (path, _) in enumerate(chunk):
            try:
                images[number] = open_page(path).image
            except ImageError as error:
                scores.failed.append((path.name, str(error)))
        started = time.perf_counter()
        seen = reader.recognise(list(images.values()))
        readings = [
            reader.decode([line], images=[image])[0][0][0].text
            for line, image in zip(seen, images.values(), strict=True)
        ]
        scores.seconds += time.perf_counter() - started
        greedy = [reader.decode([line], "none")[0][0][0].text for line in seen]
        texts = dict(zip(images, zip(readings, greedy, strict=True), strict=True))
        for number, (path, reference) in enumerate(chunk):
            reading, plain = texts.get(number, ("", ""))
            scores.read.add(path.name, reference, reading)
            scores.greedy.add(path.name, reference, plain)
    return scores


def evaluate_pages(
    reader: Reader,
    folder: str | Path,
    limit: int | None = None,
    crossed_out: CrossedOut = "drop",
    step: Step = lambda name: None,
) -> PageScores:
    """Read the page images of a folder whose texts are known.

    Args:
        reader: whose language applies.
        folder: images beside ALTO or PAGE-XML, or beside ``.txt`` of the same name.
        limit: only the first so many pages.
        crossed_out: ``"drop"`` leaves words marked as crossed out out of the reference.
        step: called with each page's name as it begins.

    Raises:
        GroundTruthError: no pages with known texts, or a transcription that is at fault.
    """
    scores = PageScores()
    for truth in find_pages(folder, crossed_out)[:limit]:
        step(truth.name)
        started = time.perf_counter()
        try:
            if truth.image is None:
                raise ImageError("There is no image beside the transcription; put it there.")
            opened = open_page(truth.image)
            page = reader.read(opened)
        except ImageError as error:
            scores.failed.append((truth.name, str(error)))
            scores.read.add(truth.name, truth.text, "")
            scores.lines += LineCounts(lines=len(truth.polygons), missed=len(truth.polygons))
            continue
        scores.seconds += time.perf_counter() - started
        scores.read.add(truth.name, truth.text, " ".join(line.text for line in page.lines))
        if truth.polygons:
            scores.lines += compare_lines(truth, opened.image, outlines_of(page))
    return scores


def find_pages(folder: str | Path, crossed_out: CrossedOut = "drop") -> list[TruePage]:
    """Return the pages of a folder whose texts are known, sorted by name; errors as ``evaluate_pages``."""
    folder = Path(folder)
    if not folder.is_dir():
        raise GroundTruthError(f"There is no folder {folder}; check its name.")
    pages: list[TruePage] = []
    try:
        transcriptions = find_ground_truth(folder)
    except GroundTruthError:
        transcriptions = []
    for path in transcriptions:
        truth = read_ground_truth(path, crossed_out)
        lines = [line for line in truth.lines if line.text and len(line.polygon) > 2]
        polygons, baselines = tuple(line.polygon for line in lines), tuple(line.baseline for line in lines)
        size = (truth.width, truth.height)
        pages.append(TruePage(path.stem, truth.image, truth.text, polygons, baselines, size))
    known = {page.image.resolve() for page in pages if page.image}
    for path in sorted(folder.rglob("*.txt")):
        beside = (path.with_suffix(suffix) for suffix in sorted(SUFFIXES))
        image = next((name for name in beside if name.is_file() and name.resolve() not in known), None)
        if image is not None:
            pages.append(TruePage(path.stem, image, " ".join(read_known_text(path).split())))
    if not pages:
        raise GroundTruthError(f"{folder} holds no ALTO, PAGE-XML or .txt beside images; name one that does.")
    return sorted(pages, key=lambda page: page.name)


def outlines_of(page: Page) -> Outlines:
    """Return where a page's lines were read, in the image's pixels."""
    polygons = [np.array(line.polygon, dtype=np.float64).reshape(-1, 2) for line in page.lines]
    return Outlines(polygons, [np.array(line.baseline).reshape(-1, 2) for line in page.lines])


def compare_lines(truth: TruePage, image: npt.NDArray[np.uint8], read: Outlines) -> LineCounts:
    """Compare the lines of a page with where they were read.

    Args:
        truth: of the page.
        image: uint8, the page as it was read, grey or RGB.
        read: in this image's pixels.
    """
    height, width = image.shape[:2]
    scale = min(1.0, _INK_SIDE / max(height, width))
    factors = np.array([width / truth.size[0], height / truth.size[1]]) * scale
    grey = to_grey(image)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    true = [polygon * factors for polygon in truth.polygons]
    x_height = 0.33 * float(np.median([np.ptp(polygon[:, 1]) for polygon in true]))
    ink = ink_mask(np.asarray(small, dtype=np.uint8), max(x_height, 2.0))
    courses = [baseline * factors for baseline in truth.baselines]
    polygons, baselines = ([points * scale for points in of] for of in (read.polygons, read.baselines))
    return count_lines(ink, Outlines(true, courses), Outlines(polygons, baselines))
