"""Compare inkread with others on folders of pages (images beside ALTO or PAGE-XML).

    python benchmarks/pages.py bench/copiste_pages_test bench/iam_pages_validation --all
    python benchmarks/pages.py FOLDER --system inkread --system tesseract-6 --language fr --worst 10 DIR

Lines, by the polygons of the transcription (crossed-out lines, without text, are not asked for):
found, where a read line shares half of both's ink, one to one; split and merged, which a line found
may be too; missed; on course, where a read baseline lies within a third of the lines' height
(inkread.line_metrics). Text: that of all lines in the system's reading order, joined by single
spaces, against the same of the transcription without crossed-out words; corpus CER and WER after the
folding of inkread.metrics; "rest" is the CER without the consent paragraph that every Copiste
volunteer copied and without lines that have crossed-out words, "crossed" that of the latter.

With --by, the same follows for the pages of each hardship that the table names (page, trait, trait,
...), which lies in the set's folder or where it is said; a page counts for each of its traits. Print on
synthetic pages stays to be seen; what is read there is not counted (page_scores.py says how).

Rivals are installed by hand: pip install rapidocr==3.10.0; apt-get install tesseract-ocr
tesseract-ocr-fra. tesseract-3 and -6 are its page segmentation modes.
"""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import click
from page_overlays import write_overlays
from page_scores import CROSSED_OUT, OTHER, PageScore, read_sheets, read_traits, score_each
from page_systems import PAGE_SYSTEMS, PageRun, run_pages
from systems import add_rows, processor, show

HEADER = ("set", "system", "pages", "lines", "found %", "split %", "merged %", "missed %", "course %",
          "CER %", "WER %", "rest %", "crossed %", "s/page", "peak MB")  # fmt: skip


@click.command(help=__doc__)
@click.argument(
    "folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--system", "systems", multiple=True, type=click.Choice(list(PAGE_SYSTEMS)), help="Repeatable.")
@click.option("--all", "every", is_flag=True, help="All systems.")
@click.option(
    "--language", type=click.Choice(["en", "fr"]), help="For Tesseract; by default from the set's name."
)
@click.option("--threads", type=int, default=2, show_default=True, help="Threads and cores of each system.")
@click.option("--limit", type=int, help="Only the first so many pages of each set.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Add the rows to this file.")
@click.option("--by", metavar="TRAITS.TSV", help="Also a row for each trait of pages in this table.")
@click.option("--worst", nargs=2, type=(click.IntRange(min=1), click.Path(path_type=Path)), metavar="N DIR",
              help="Draw each system's N worst pages into DIR/SET-SYSTEM.")  # fmt: skip
def main(
    folders: tuple[Path, ...],
    systems: tuple[str, ...],
    every: bool,
    language: str | None,
    threads: int,
    limit: int | None,
    table: Path | None,
    by: str | None,
    worst: tuple[int, Path] | None,
) -> None:
    click.echo(f"{processor()}, {date.today()}, {threads} threads")
    show(HEADER)
    rows = []
    for folder in folders:
        sheets = read_sheets(folder, limit)
        images = [sheet.truth.image for sheet in sheets if sheet.truth.image is not None]
        if len(images) != len(sheets):
            raise click.ClickException(f"Some pages of {folder} have no image beside them; put it there.")
        tongue = language or ("fr" if folder.name.startswith("copiste") else "en")
        for system in tuple(PAGE_SYSTEMS) if every else systems or ("inkread-greedy", "inkread"):
            run = run_pages(system, images, tongue, threads)
            each = score_each(sheets, run.readings)
            scores = sum(each.values(), PageScore())
            rows.append(row_of(folder.name, system, run, scores))
            show(rows[-1])
            for row in rows_by(folder, system, each, by) if by else ():
                rows.append(row)
                show(row)
            if worst:
                write_overlays(sheets, run.readings, scores, worst[1] / f"{folder.name}-{system}", worst[0])
    if table:
        add_rows(table, HEADER, rows)


def rows_by(folder: Path, system: str, each: dict[str, PageScore], table: str) -> list[tuple[str, ...]]:
    """Return a row for each trait of which the set has pages; seconds and memory are left empty."""
    path = folder / table if (folder / table).is_file() else Path(table)
    if not path.is_file():
        raise click.ClickException(f"There is no table {table} in {folder}; give the path of one.")
    rows = []
    for trait, names in read_traits(path).items():
        found = [each[name] for name in names if name in each]
        if found:
            rows.append(row_of(f"{folder.name}: {trait}", system, None, sum(found, PageScore())))
    return rows


def row_of(name: str, system: str, run: PageRun | None, scores: PageScore) -> tuple[str, ...]:
    """Return one row of the table; what a system or a set does not tell is left empty."""
    lines = scores.lines
    shares = [lines.found, lines.split, lines.merged, lines.missed]
    course = lines.on_course if scores.courses else math.nan
    rates = [
        scores.read.characters.rate,
        scores.read.words.rate,
        scores.rate(OTHER),
        scores.rate(CROSSED_OUT),
    ]
    percents = [count / max(lines.lines, 1) for count in (*shares, course)] + rates
    cells = [f"{100 * value:.2f}" if math.isfinite(value) else "" for value in percents]
    count = len(scores.pages)
    cost = (f"{run.seconds / max(count, 1):.2f}", f"{run.megabytes:.0f}") if run else ("", "")
    return (name, system, str(count), str(lines.lines), *cells, *cost)


if __name__ == "__main__":
    main()
