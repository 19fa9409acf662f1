"""Make synthetic test pages that show every hardship which inkread's training pages may have.

    python benchmarks/prepare_pages.py OUT --data data --split test --count 40

writes into OUT images beside PAGE-XML; the hands are UNIPEN's of that split and the font families
that training pages never show, so nothing of them was trained on. The shipped line finder has seen all
fonts, though: for it, --no-fonts leaves them out. Beside the pages lie

- ``traits.tsv``: page, trait, trait, ... (kind of page, of picture, and what is hard on it);
- ``lines.tsv``: page, number of the line, ``crossed_out`` for lines with crossed-out words;
- ``prints.tsv``: page, corners of a line of print (see page_scores.py).

Of five times as many pages those are taken that together show each trait often enough.
DATA is the folder that the trainings use, with raw/unipen, raw/fonts, raw/text and a cache of
UNIPEN in processed/unipen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import click
import cv2
import numpy as np

from inkread.datasets.base import sample_rng
from inkread.datasets.registry import make_page_source
from inkread.datasets.synthetic_pages import SyntheticPages
from inkread.document import Line, ModelInfo, Page, Polygon, Region
from inkread.ink.page_sample import PageLine, PageSample
from inkread.writers import pagexml

OFTEN = 3
_TYPES = {"heading": "heading", "margin": "marginalia", "number": "page-number"}


def source_of(data: Path, split: str, with_fonts: bool = True) -> SyntheticPages:
    """Return pages of the hands of one split; those of "train" are as trainings see them."""
    corpus = {"text": "raw/text/files"}
    pens = {
        "root": "raw/unipen/files",
        "cache": "processed/unipen",
        "split_file": "raw/unipen/split.tsv",
        "split": split,
        "corpus": corpus,
        "proportions": {"words": 0.25, "sentences": 0.45, "texts": 0.1, "letters": 0.2},
    }
    part = "train" if split == "train" else "test"
    settings = {
        "source": "synthetic_pages",
        "pens": pens,
        "fonts": {"fonts": "raw/fonts/files", "corpus": corpus, "part": part} if with_fonts else None,
        "corpus": corpus,
        "sides": (1400, 2200),
        "x_heights": (11.0, 60.0),
    }
    return make_page_source(data, settings)


def choose(traits: Sequence[frozenset[str]], count: int) -> list[int]:
    """Return numbers of ``count`` pages, in order, that together show each trait ``OFTEN``."""
    common = Counter(trait for page in traits for trait in page)
    shown: Counter[str] = Counter()
    left = set(range(len(traits)))
    chosen: list[int] = []
    while left and len(chosen) < count:

        def gain(number: int) -> tuple[float, int]:
            wanted = [1.0 / common[trait] for trait in traits[number] if shown[trait] < OFTEN]
            return sum(wanted) / max(len(traits[number]), 1) ** 0.5, -number

        best = max(left, key=gain)
        left.remove(best)
        chosen.append(best)
        shown.update(traits[best])
    return sorted(chosen)


def page_of(sample: PageSample, image: str) -> Page:
    """Return a page's truth as a document: one region for each run of lines of a block."""
    rows, columns = sample.owner.shape
    regions = []
    for _, group in groupby(sample.lines, key=lambda line: line.region):
        lines = list(group)
        kinds = {_TYPES.get(line.kind, "paragraph") for line in lines}
        kind = kinds.pop() if len(kinds) == 1 else "paragraph"
        regions.append(Region(tuple(_line(line) for line in lines), kind))
    return Page(1, columns, rows, ModelInfo("synthetic_pages", "1"), tuple(regions), source=image)


def _line(line: PageLine) -> Line:
    return Line(line.text, 1.0, _points(line.polygon), _points(line.baseline))


def _points(points: np.ndarray) -> Polygon:
    return tuple((float(x), float(y)) for x, y in points)


def write_page(folder: Path, name: str, sample: PageSample) -> None:
    """Write a page's image, JPEG for what is in colour, and its PAGE-XML."""
    coloured = bool(np.ptp(sample.image, axis=2).any())
    image = folder / f"{name}.{'jpg' if coloured else 'png'}"
    picture = sample.image[:, :, ::-1] if coloured else sample.image[:, :, 0]
    cv2.imwrite(str(image), picture, [cv2.IMWRITE_JPEG_QUALITY, 92] if coloured else [])
    with (folder / f"{name}.xml").open("wb") as file:
        pagexml.write([page_of(sample, image.name)], file)


@click.command(help=__doc__)
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--data", default=Path("data"), show_default=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--split", type=click.Choice(["train", "validation", "test"]), default="test", show_default=True
)
@click.option("--count", type=click.IntRange(1), default=40, show_default=True, help="Pages.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True)
@click.option("--fonts/--no-fonts", "with_fonts", default=True, show_default=True, help="Or pens alone.")
def main(out: Path, data: Path, split: str, count: int, seed: int, with_fonts: bool) -> None:
    source = source_of(data, split, with_fonts)
    found = [source.sample(number, sample_rng(seed, number)).traits for number in range(5 * count)]
    write_set(out, source, seed, choose(found, count))


def write_set(out: Path, source: SyntheticPages, seed: int, numbers: Sequence[int]) -> None:
    """Write the pages of these numbers and the tables beside them into a folder, which is made."""
    out.mkdir(parents=True, exist_ok=True)
    traits, crossed, prints = [], [], []
    for number in numbers:
        sample = source.sample(number, sample_rng(seed, number))
        name = f"page-{number:03d}"
        write_page(out, name, sample)
        traits.append("\t".join((name, *sorted(sample.traits))))
        crossed += [f"{name}\t{line.order}\tcrossed_out" for line in sample.lines if line.crossed]
        prints += [
            f"{name}\t" + "\t".join(f"{value:.1f}" for value in box.ravel()) for box in sample.print_boxes
        ]
    for file, rows in (("traits", traits), ("lines", crossed), ("prints", prints)):
        (out / f"{file}.tsv").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    counts = Counter(trait for row in traits for trait in row.split("\t")[1:])
    click.echo(f"{out.name}: {len(traits)} pages; " + ", ".join(f"{n} {t}" for t, n in counts.most_common()))


if __name__ == "__main__":
    main()
