"""What a system made of a set of pages: its lines, its text, and its text kind by kind of line.

A page's text is compared as one string, so an error belongs to a kind of line (``lines.tsv`` beside
the pages: page, number of the line from 0, kind) by its place in the shortest alignment of the two:
a character of the reference to its own line, what was read too much to the line before it.

Where people write on printed matter, a set has ``prints.tsv`` beside its pages (page, then the corners
of a printed line, x and y in turn), as nobody is wrong who reads print: of a reading, words more than
half of whose place lies there are left out, and so are lines that have no other words; and ink that
lies there counts for no line. RapidOCR tells of no words: its lines are left out or stay whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from page_systems import PageReading, Place

from inkread.datasets.ground_truth import find_ground_truth, read_ground_truth
from inkread.evaluation import Scores, TruePage, compare_lines
from inkread.images.open import open_page
from inkread.line_metrics import LineCounts, Outlines
from inkread.metrics import alignment, fold

Points = npt.NDArray[np.float64]

CONSENT, CROSSED_OUT, OTHER = "consent", "crossed_out", ""
_HALF = 0.5


@dataclass(frozen=True)
class Sheet:
    """A page of a set: the truth, text and kind of each line in reading order, and the printed boxes."""

    truth: TruePage
    lines: tuple[tuple[str, str], ...]
    prints: tuple[Points, ...] = ()


@dataclass
class PageScore:
    """One system on one set; ``pages`` has the error rate and the counts of each page by name.

    ``courses`` tells whether baselines are known of both the truth and the system.
    """

    read: Scores = field(default_factory=Scores)
    lines: LineCounts = field(default_factory=LineCounts)
    errors: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    pages: dict[str, tuple[float, LineCounts]] = field(default_factory=dict)
    courses: bool = False

    def __add__(self, other: PageScore) -> PageScore:
        """Return the score of the pages of both."""
        read = Scores(
            self.read.characters + other.read.characters,
            self.read.words + other.read.words,
            self.read.items + other.read.items,
        )
        errors, characters = self.errors + other.errors, self.characters + other.characters
        return PageScore(
            read,
            self.lines + other.lines,
            errors,
            characters,
            self.pages | other.pages,
            self.courses or other.courses,
        )

    def add(self, sheet: Sheet, image: npt.NDArray[np.uint8], reading: PageReading) -> None:
        """Count one page."""
        truth = sheet.truth
        reading, image = without_print(reading, sheet.prints), paint_out(image, sheet.prints)
        self.read.add(truth.name, truth.text, reading.text)
        polygons, baselines = (
            [np.array(points, dtype=np.float64) for points in of]
            for of in (reading.polygons, reading.baselines)
        )
        counts = compare_lines(truth, image, Outlines(polygons, baselines))
        self.lines += counts
        self.courses |= bool(baselines) and any(len(baseline) for baseline in truth.baselines)
        errors, characters = errors_by_kind(sheet.lines, reading.text)
        self.errors += errors
        self.characters += characters
        self.pages[truth.name] = (self.read.items[-1][0], counts)

    def rate(self, kind: str) -> float:
        """Return the character error rate of one kind of lines, nan if there are none."""
        return self.errors[kind] / self.characters[kind] if self.characters[kind] else float("nan")


def read_sheets(folder: Path, limit: int | None = None) -> list[Sheet]:
    """Return the pages of a folder of images beside ALTO or PAGE-XML, crossed-out words left out."""
    kinds, prints = _kinds(folder / "lines.tsv"), _prints(folder / "prints.tsv")
    sheets = []
    for path in find_ground_truth(folder)[:limit]:
        page = read_ground_truth(path, crossed_out="drop")
        lines = [line for line in page.lines if line.text and len(line.polygon) > 2]
        polygons, baselines = tuple(line.polygon for line in lines), tuple(line.baseline for line in lines)
        truth = TruePage(path.stem, page.image, page.text, polygons, baselines, (page.width, page.height))
        texts = [
            (line.text, kinds.get((path.stem, number), OTHER))
            for number, line in enumerate(page.lines)
            if line.text
        ]
        sheets.append(Sheet(truth, tuple(texts), tuple(prints.get(path.stem, ()))))
    return sheets


def score(sheets: Sequence[Sheet], readings: Sequence[PageReading]) -> PageScore:
    """Compare a system's readings with the truth."""
    return sum(score_each(sheets, readings).values(), PageScore())


def score_each(sheets: Sequence[Sheet], readings: Sequence[PageReading]) -> dict[str, PageScore]:
    """Compare a system's readings with the truth, page by page; by the names of the pages."""
    scores = {}
    for sheet, reading in zip(sheets, readings, strict=True):
        assert sheet.truth.image is not None
        scores[sheet.truth.name] = one = PageScore()
        one.add(sheet, open_page(sheet.truth.image).image, reading)
    return scores


def read_traits(path: Path) -> dict[str, list[str]]:
    """Return names of pages by trait, the commonest first, from a table (page, trait, trait, ...)."""
    pages: dict[str, list[str]] = {}
    for row in path.read_text(encoding="utf-8").splitlines():
        page, *traits = row.split("\t")
        for trait in traits:
            pages.setdefault(trait, []).append(page)
    return dict(sorted(pages.items(), key=lambda item: (-len(item[1]), item[0])))


def without_print(reading: PageReading, prints: Sequence[Points]) -> PageReading:
    """Return a reading without the words more than half of which lie in printed boxes, (4, 2) each."""
    if not prints or len(reading.words) != len(reading.polygons):
        return reading
    words = [
        [(text, place) for text, place in line if _share_in(place, prints) <= _HALF] for line in reading.words
    ]
    kept = [number for number, line in enumerate(words) if line or not reading.words[number]]
    return PageReading(
        " ".join(" ".join(text for number in kept for text, _ in words[number]).split()),
        [reading.polygons[number] for number in kept],
        [reading.baselines[number] for number in kept] if reading.baselines else (),
        [words[number] for number in kept],
    )


def paint_out(image: npt.NDArray[np.uint8], prints: Sequence[Points]) -> npt.NDArray[np.uint8]:
    """Return a page, uint8 (H, W) or (H, W, 3), with printed boxes in the colour of the paper about them."""
    if not prints:
        return image
    image = image.copy()
    for box in prints:
        left, top = np.maximum(np.floor(box.min(axis=0)).astype(int) - 2, 0).tolist()
        right, bottom = (np.ceil(box.max(axis=0)).astype(int) + 3).tolist()
        about = image[top:bottom, left:right].reshape(-1, *image.shape[2:])
        if len(about):
            paper = np.percentile(about, 80, axis=0)
            cv2.fillPoly(
                image, [np.round(box).astype(np.int32).reshape(-1, 1, 2)], np.atleast_1d(paper).tolist()
            )
    return image


def _share_in(polygon: Place, prints: Sequence[Points]) -> float:
    """Return which share of a polygon lies in boxes."""
    place = np.array(polygon, dtype=np.float64).reshape(-1, 2)
    if len(place) < 3:
        return 0.0
    corner = np.floor(place.min(axis=0))
    columns, rows = (int(value) + 2 for value in place.max(axis=0) - corner)
    own, print_ = np.zeros((rows, columns), np.uint8), np.zeros((rows, columns), np.uint8)
    cv2.fillPoly(own, [np.round(place - corner).astype(np.int32).reshape(-1, 1, 2)], 1)
    for box in prints:
        cv2.fillPoly(print_, [np.round(box - corner).astype(np.int32).reshape(-1, 1, 2)], 1)
    return float((own & print_).sum() / max(own.sum(), 1))


def errors_by_kind(lines: Sequence[tuple[str, str]], read: str) -> tuple[Counter[str], Counter[str]]:
    """Return character errors and characters of a page by kind of line.

    Args:
        lines: text and kind of each line, in reading order.
        read: the page as it was read.
    """
    folded = [(fold(text), kind) for text, kind in lines]
    owners = [kind for text, kind in folded for _ in f"{text} "][:-1]
    reference = " ".join(text for text, _ in folded)
    errors: Counter[str] = Counter()
    place = 0
    for what, theirs, ours in alignment(reference, read):
        if what == "insert":
            errors[owners[max(place - 1, 0)]] += len(ours)
        elif what != "equal":
            errors.update(owners[place : place + len(theirs)])
        place += len(theirs)
    return errors, Counter(owners)


def _kinds(path: Path) -> Mapping[tuple[str, int], str]:
    if not path.is_file():
        return {}
    rows = [row.split("\t") for row in path.read_text(encoding="utf-8").splitlines()]
    return {(page, int(number)): kind for page, number, kind in rows}


def _prints(path: Path) -> Mapping[str, list[Points]]:
    """Return the printed boxes of each page, float64 (4, 2) each."""
    boxes: dict[str, list[Points]] = {}
    for row in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        page, *corners = row.split("\t")
        boxes.setdefault(page, []).append(np.array(corners, dtype=np.float64).reshape(-1, 2))
    return boxes
