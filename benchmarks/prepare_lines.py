"""Make the sets of lines that are drawn: hands of UNIPEN on plain paper, and phone photographs of any set.

    python benchmarks/prepare_lines.py unipen OUT/unipen_validation --cache CACHE \\
        --split-file SPLIT --text TEXT
    python benchmarks/prepare_lines.py capitals OUT/iam_validation OUT/capitals_en --cache CACHE \\
        --split-file SPLIT
    python benchmarks/prepare_lines.py small-capitals OUT/iam_validation OUT/small_capitals_en \\
        --cache CACHE --split-file SPLIT
    python benchmarks/prepare_lines.py phone OUT/iam_validation OUT/iam_validation_phone

``unipen`` sets lines of writers that nothing was trained on, black ink on white, cut with a little
room; ``capitals`` sets what the lines of a folder say in their block capitals, letter by letter;
``small-capitals`` the same with the small letters as capitals of two thirds to five sixths the size;
``phone`` takes a picture of each line of a folder under uneven light, a little warped, soft, grainy and
compressed. Each line's chance hangs on its number and the seed alone. ``index.tsv`` has the writer in
its third column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
from prepare import Grey, Row, write_lines

from inkread.datasets.base import sample_rng
from inkread.datasets.folder import read_rows
from inkread.datasets.unipen_lines import UnipenLines
from inkread.images.line import to_grey
from inkread.images.open import open_page
from inkread.ink.camera import shoot
from inkread.ink.corpus import Corpus
from inkread.ink.distort import choose_shape, take, warp
from inkread.ink.layer import InkLine
from inkread.ink.paper import clouds, noise

SEED = 20261122
CAPITALS = 44
"""Characters of a line in capitals at most."""
KINDS = {"words": 0.35, "sentences": 0.35, "texts": 0.2, "letters": 0.1}


def plain(line: InkLine) -> Grey:
    """Return a line's ink, black on white, with a margin of 8 % of its height."""
    x0, y0, x1, y1 = line.box
    room = round(0.08 * (y1 - y0))
    return np.asarray(255 - take(line.coverage, x0 - room, y0 - room, x1 + room, y1 + room), dtype=np.uint8)


def photograph(image: npt.NDArray[np.uint8], rng: np.random.Generator) -> Grey:
    """Return what a phone makes of a line, uint8 (H, W), dark on light, any size: 50 to 90 rows come out."""
    grey = to_grey(image)
    rows, columns = grey.shape
    paper, dark = float(np.percentile(grey, 80.0)), float(np.percentile(grey, 1.0))
    scale = float(rng.uniform(48.0, 80.0)) / rows
    shape = choose_shape(rng, columns, rows, scale, strength=0.5)
    sheet = warp(grey, shape, rng, fill=round(paper), pad=0).astype(np.float32)
    high, wide = sheet.shape
    sheet *= np.float32(rng.uniform(150.0, 235.0) / max(paper, 1.0))
    contrast = float(sheet.max()) * max(1.0 - dark / max(paper, 1.0), 0.1)
    x, y = np.linspace(-0.5, 0.5, wide)[None], np.linspace(-0.5, 0.5, high)[:, None]
    light = 1.0 - float(rng.uniform(0.1, 0.35)) * (
        0.5 + x * rng.choice((-1.0, 1.0)) + y * rng.uniform(-0.5, 0.5)
    )
    if rng.random() < 0.4:
        edge = (x - rng.uniform(-0.4, 0.4)) * (wide / high) + y * rng.uniform(-1.0, 1.0)
        light *= 1.0 - rng.uniform(0.05, 0.25) * (0.5 + 0.5 * np.tanh(edge * rng.uniform(1.0, 6.0)))
    sheet += clouds(rng, high, wide, 24) * np.float32(0.03 * contrast)
    sheet += noise(rng, high, wide, 0.7) * np.float32(0.03 * contrast)
    return shoot(np.asarray(sheet * light, dtype=np.float32), rng, contrast, amount=1.6)


@click.group(help=__doc__)
def main() -> None:
    pass


def of_unipen(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which hands write."""
    folder = click.Path(exists=True, path_type=Path)
    for option in (
        click.option("--root", type=folder, help="The unpacked UNIPEN, if not cached."),
        click.option("--cache", type=click.Path(path_type=Path), required=True, help="Parsed strokes."),
        click.option("--split-file", type=folder, required=True),
        click.option(
            "--split", type=click.Choice(["validation", "test"]), default="validation", show_default=True
        ),
    ):
        command = option(command)
    return command


def of_folder(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a folder whose lines are set by these hands, a place, and how many lines."""
    command = click.option("--count", type=click.IntRange(1), default=120, show_default=True)(command)
    command = click.argument("out", type=click.Path(file_okay=False, path_type=Path))(of_unipen(command))
    kind = click.Path(exists=True, file_okay=False, path_type=Path)
    return click.argument("folder", type=kind)(command)


def drawn(source: UnipenLines, count: int, seed: int) -> Iterator[Row]:
    """Yield so many lines of a source."""
    for number in range(count):
        line, key, _ = source.compose(sample_rng(seed, number))
        _, kind, writer = key.split("/", 2)
        yield f"{number:04d}-{kind}", plain(line), line.text, writer


class Said:
    """Texts of ``Corpus``'s kind: whole words of what lines say, from the first on."""

    def __init__(self, texts: Sequence[str]) -> None:
        whole = [" ".join(text.split()) for text in texts]
        self._texts = [text for text in whole if len(text) <= CAPITALS or " " in text[: CAPITALS + 1]]
        if not self._texts:
            raise click.ClickException("No line of the folder can be set so; give another folder.")

    def line(self, rng: np.random.Generator, min_chars: int = 1, max_chars: int = 90) -> str:
        """Return one of the texts, cut after a word to ``CAPITALS`` characters if it is longer."""
        text = self._texts[int(rng.integers(len(self._texts)))]
        return text if len(text) <= CAPITALS else text[: text.rfind(" ", 0, CAPITALS + 1)]

    def sentence(
        self, rng: np.random.Generator, min_chars: int = 1, max_chars: int = 90, language: str | None = None
    ) -> str:
        """Return the same."""
        return self.line(rng, min_chars, max_chars)


@main.command(short_help="Lines of held-out hands of UNIPEN, black on white.")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@of_unipen
@click.option("--text", type=click.Path(exists=True, path_type=Path), required=True, help="Texts to write.")
@click.option("--count", type=click.IntRange(1), default=500, show_default=True)
def unipen(out: Path, count: int, text: Path, **arguments: Any) -> None:
    source = UnipenLines(proportions=KINDS, corpus=Corpus(text), **arguments)
    write_lines(out, drawn(source, count, SEED))


@main.command(short_help="What the lines of a folder say, in block capitals of held-out hands of UNIPEN.")
@of_folder
def capitals(folder: Path, out: Path, count: int, **arguments: Any) -> None:
    texts = Said([row.text.upper() for row in read_rows(folder) if " " in row.text])
    source = UnipenLines(proportions={"letters": 1.0}, corpus=texts, **arguments)
    write_lines(out, drawn(source, count, SEED + 1))


@main.command(short_help="What the lines of a folder say, in large and small capitals of these hands.")
@of_folder
def small_capitals(folder: Path, out: Path, count: int, **arguments: Any) -> None:
    texts = Said([row.text for row in read_rows(folder) if _has_both_cases(row.text)])
    source = UnipenLines(
        proportions={"letters": 1.0}, corpus=texts, capitals=0.0, small_capitals=1.0, **arguments
    )
    rows = list(islice((row for row in drawn(source, 9 * count, SEED + 2) if _has_both_cases(row[2])), count))
    if len(rows) < count:
        raise click.ClickException(f"Only {len(rows)} lines have both cases; ask for fewer.")
    write_lines(out, rows)


def _has_both_cases(text: str) -> bool:
    return " " in text and text not in (text.upper(), text.lower())


@main.command(short_help="Phone photographs of the lines of a folder.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def phone(folder: Path, out: Path) -> None:
    write_lines(
        out,
        (
            (
                row.image.stem,
                photograph(open_page(row.image).image, sample_rng(SEED, number)),
                row.text,
                row.writer,
            )
            for number, row in enumerate(read_rows(folder))
        ),
    )


if __name__ == "__main__":
    main()
