"""Read many pages in a row in one process, and write down after each how much memory it holds.

    python benchmarks/memory.py FOLDER... --count 500 --csv memory.csv --plot memory.png
    python benchmarks/memory.py photo.jpg --count 5

The pages of the folders are read in turn until there are ``--count``. "held" is what the process has
after a page (resident set), "peak" the most that it ever had. The command ends with code 1 where what
is held grows by more than ``--limit`` MB from the second quarter of the run, in the mean, to the last:
the first quarter fills caches. Linux only.
"""

from __future__ import annotations

import csv
import resource
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from statistics import fmean

import click
import numpy as np
from systems import processor

from inkread.images.open import SUFFIXES
from inkread.reader import Reader
from inkread.training.plot import Axis, draw_plot, save_picture

MIB = 1 << 20


@dataclass(frozen=True)
class Sample:
    """One page read: its place in the run from 1, and the process after it; MiB, seconds of processor."""

    page: int
    image: str
    lines: int
    seconds: float
    held: float
    peak: float


def held() -> float:
    """Return the memory that this process holds, MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / MIB


def peak() -> float:
    """Return the most memory that this process ever held, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(reader: Reader, images: Sequence[Path], count: int, table: Path | None = None) -> list[Sample]:
    """Read ``count`` pages, the images in turn; each row is written to ``table`` as it comes."""
    samples = []
    file = table.open("w", newline="", encoding="utf-8") if table else None
    try:
        writer = csv.writer(file) if file else None
        if writer:
            writer.writerow([field.name for field in fields(Sample)])
        for number, image in enumerate(islice(cycle(images), count), start=1):
            start = time.process_time()
            lines = len(reader.read(image).lines)
            spent = round(time.process_time() - start, 3)
            samples.append(Sample(number, image.name, lines, spent, round(held(), 1), round(peak(), 1)))
            if writer and file:
                writer.writerow(astuple(samples[-1]))
                file.flush()
    finally:
        if file:
            file.close()
    return samples


def growth(samples: Sequence[Sample]) -> float:
    """Return by how many MiB the last quarter's mean lies over the second quarter's; 0 for a short run."""
    quarter = len(samples) // 4
    if not quarter:
        return 0.0
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    return fmean(sample.held for sample in late) - fmean(sample.held for sample in early)


def found(places: Sequence[Path]) -> list[Path]:
    """Return the images that are named, and those in the folders that are."""
    images: list[Path] = []
    for place in places:
        inside = sorted(place.iterdir()) if place.is_dir() else [place]
        images += [path for path in inside if not place.is_dir() or path.suffix.lower() in SUFFIXES]
    return images


@click.command(help=__doc__)
@click.argument("places", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--count", type=click.IntRange(1), default=500, show_default=True, help="Pages to read.")
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True)
@click.option("--limit", type=float, default=10.0, show_default=True, help="MB that may be grown by.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Write a row for each page here.")
@click.option("--plot", "picture", type=click.Path(path_type=Path), help="Draw the run here, as PNG.")
def main(
    places: tuple[Path, ...], count: int, threads: int, limit: float, table: Path | None, picture: Path | None
) -> None:
    images = found(places)
    if not images:
        raise click.ClickException("There are no images in these folders; name others.")
    click.echo(f"{processor()}, {date.today()}, {threads} threads; before the first page {held():.0f} MB")
    samples = run(Reader(threads=threads), images, count, table)
    grown = growth(samples)
    seconds = fmean(sample.seconds for sample in samples)
    click.echo(
        f"{count} pages, {seconds:.2f} s of processor time each; held {samples[-1].held:.0f} MB, "
        f"peak {samples[-1].peak:.0f} MB; grown by {grown:.1f} MB"
    )
    if picture:
        curves = {
            name: np.array([(sample.page, getattr(sample, name)) for sample in samples], dtype=np.float64)
            for name in ("held", "peak")
        }
        save_picture(picture, draw_plot(curves, Axis("pages read", ".0f", whole=True), Axis("MB", ".0f")))
    if grown > limit:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
