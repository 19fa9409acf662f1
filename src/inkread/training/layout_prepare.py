"""Pages with known lines -> folders of marked pages, which the line finder is trained on.

    python -m inkread.training.layout_prepare copiste data/raw/copiste/files data/processed/layout/copiste \
        --detector data/processed/detector.onnx
    python -m inkread.training.layout_prepare synthetic training/experiments/layout_pages.yaml \
        data/processed/layout/synthetic --count 600

Each page is laid flat as the reader does it. ALTO has no x-heights: they are told by the ink. Where
the published detector sees text that nobody transcribed (printed headers), nothing is known.
"""

from __future__ import annotations

from pathlib import Path

import click
import cv2
import numpy as np
import numpy.typing as npt
import yaml

from inkread.datasets.base import sample_rng
from inkread.datasets.copiste import Split, pages_of, read_split
from inkread.datasets.ground_truth import TruePage, read_ground_truth
from inkread.datasets.layout_pages import MarkedLine, MarkedPage, Points, write_page
from inkread.datasets.registry import make_page_source
from inkread.errors import DataError
from inkread.images.line import to_grey
from inkread.images.open import open_page
from inkread.images.page import Sheet, find_sheet
from inkread.ink.page_sample import PageSample
from inkread.layout.ink import ink_mask
from inkread.runtime.finder import Finder
from inkread.training.x_height import x_heights

_SIDE = 1280  # pixels of the long side at which text that was not transcribed is looked for
_TEXT = 0.3
_OWN = 0.3  # of an island of text that lies in transcribed lines' polygons makes it known


@click.group()
def main() -> None:
    """Make folders of marked pages."""


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--detector", type=click.Path(path_type=Path, exists=True), required=True,
              help="Bundle that sees text, transcribed or not.")  # fmt: skip
@click.option("--split", type=click.Choice(["train", "validation"]), default="train", show_default=True)
def copiste(folder: Path, out: Path, detector: Path, split: Split) -> None:
    """Mark the pages of one split of Copiste d'un jour, FOLDER, in OUT."""
    finder = Finder(detector, threads=1)
    pages = pages_of(read_split(folder), split)
    for page in pages:
        write_page(out, page, transcribed(read_ground_truth(folder / "alto" / f"{page}.xml"), finder))
    click.echo(f"{out}: {len(pages)} pages.")


@main.command()
@click.argument("recipe", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"), show_default=True)
@click.option("--first", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--count", type=click.IntRange(min=1), default=600, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def synthetic(recipe: Path, out: Path, data: Path, first: int, count: int, seed: int) -> None:
    """Draw COUNT pages as RECIPE says, from number FIRST on, into OUT; those that are there stay."""
    source = make_page_source(data, yaml.safe_load(recipe.read_text(encoding="utf-8")))
    for number in range(first, first + count):
        if not (out / f"{number:05d}.json").exists():
            write_page(out, f"{number:05d}", drawn(source.sample(number, sample_rng(seed, number))))
    click.echo(f"{out}: {count} pages.")


def drawn(sample: PageSample) -> MarkedPage:
    """Return a synthetic page as a marked one; lines that were crossed out, and print, are unknown."""
    sheet = find_sheet(sample.image)
    size = np.array([sheet.image.shape[1], sheet.image.shape[0]])
    lines, unknown = [], [_forward(sheet, box) for box in sample.print_boxes]
    for line in sample.lines:
        baseline, polygon = _forward(sheet, line.baseline), _forward(sheet, line.polygon)
        inside = ((polygon > 0) & (polygon < size)).all(axis=1).mean()
        if line.kind == "crossed" or 0.0 < inside < 0.5:
            unknown.append(polygon)
        elif inside > 0:
            lines.append(MarkedLine(baseline, line.x_height * _enlarged(sheet, line.baseline), polygon))
    return MarkedPage(sheet.image, tuple(lines), tuple(unknown))


def transcribed(truth: TruePage, finder: Finder) -> MarkedPage:
    """Return a transcribed page as a marked one.

    Raises:
        DataError: it has no image.
    """
    if truth.image is None:
        raise DataError(f"{truth.source} has no image beside it; put it there.")
    image = open_page(truth.image).image
    truth = truth.scaled(image.shape[1], image.shape[0])
    sheet = find_sheet(image)
    usable = [line for line in truth.lines if len(line.baseline) > 1 and len(line.polygon) > 2]
    baselines = [_forward(sheet, line.baseline) for line in usable]
    polygons = [_forward(sheet, line.polygon) for line in usable]
    gap = _gap(baselines, polygons)
    ink = ink_mask(to_grey(sheet.image), max(0.3 * gap, 4.0))
    sizes = x_heights(ink, baselines, polygons, gap)
    lines = tuple(
        MarkedLine(_within(baseline, polygon), size, polygon)
        for baseline, size, polygon in zip(baselines, sizes, polygons, strict=True)
    )
    return MarkedPage(sheet.image, lines, tuple(untranscribed(sheet.image, polygons, finder)))


def untranscribed(image: npt.NDArray[np.uint8], polygons: list[Points], finder: Finder) -> list[Points]:
    """Return boxes around what a finder takes for text outside of all polygons."""
    scale = min(_SIDE / max(image.shape[:2]), 1.0)
    small = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    text = (finder(np.asarray(small, dtype=np.uint8))[0] > _TEXT).astype(np.uint8)
    known = np.zeros_like(text)
    for polygon in polygons:
        cv2.fillPoly(known, [np.round(polygon * scale).astype(np.int32).reshape(-1, 1, 2)], 1)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(text)
    own = np.bincount(labels.reshape(-1), known.reshape(-1), minlength=count)
    boxes = []
    for number in range(1, count):
        left, top, wide, high, area = (int(value) for value in stats[number])
        if own[number] < _OWN * area:
            more = 0.6 * high + 2
            box = [(left - more, top - more), (left + wide + more, top - more),
                   (left + wide + more, top + high + more), (left - more, top + high + more)]  # fmt: skip
            boxes.append(np.array(box, dtype=np.float32) / np.float32(scale))
    return boxes


def _gap(baselines: list[Points], polygons: list[Points]) -> float:
    """The usual distance of lines; of a page of few lines, the usual height of a polygon."""
    middles = np.sort([float(baseline[:, 1].mean()) for baseline in baselines])
    heights = [float(np.ptp(polygon[:, 1])) for polygon in polygons]
    gaps = np.diff(middles)
    near = gaps[gaps > 0.25 * np.median(heights)] if len(gaps) else gaps
    return float(np.median(near)) if len(near) > 2 else float(np.median(heights)) if heights else 40.0


def _within(baseline: Points, polygon: Points) -> Points:
    """The baseline no longer than its polygon is wide."""
    left, right = float(polygon[:, 0].min()), float(polygon[:, 0].max())
    first, last = max(float(baseline[0, 0]), left), min(float(baseline[-1, 0]), right)
    if last - first < 2.0:
        return baseline
    inner = baseline[(baseline[:, 0] > first) & (baseline[:, 0] < last)]
    ends = [(x, float(np.interp(x, baseline[:, 0], baseline[:, 1]))) for x in (first, last)]
    return np.concatenate([[ends[0]], inner, [ends[1]]]).astype(np.float32)


def _forward(sheet: Sheet, points: Points) -> Points:
    flat = np.concatenate([points.astype(np.float64), np.ones((len(points), 1))], axis=1) @ sheet.matrix.T
    return np.asarray(flat[:, :2] / flat[:, 2:], dtype=np.float32)


def _enlarged(sheet: Sheet, baseline: Points) -> float:
    """By which factor the sheet shows the middle of a line larger, across the line."""
    middle = baseline[len(baseline) // 2].astype(np.float64)
    here = _forward(sheet, np.array([middle, middle + np.array([0.0, 8.0])], dtype=np.float32))
    return float(np.hypot(*(here[1] - here[0]))) / 8.0


if __name__ == "__main__":
    main()
