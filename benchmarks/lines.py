"""Compare inkread with others on a folder of lines (index.tsv: image path, tab, text).

    python benchmarks/lines.py FOLDER --system inkread-greedy --system inkread
    python benchmarks/lines.py FOLDER --system rapidocr --system tesseract --language fr

Every system has one process, one thread and one core, and reads the lines one by one; images are
opened within the time, models are loaded outside of it (Tesseract's within). Scoring: corpus CER
and WER after the folding of inkread.metrics, and CER of letters and digits alone; a line that fails
counts as read empty. Rivals are installed by hand: see benchmarks/systems.py. Sets are made by
benchmarks/prepare.py and prepare_lines.py.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from systems import SYSTEMS, add_rows, processor, row_of, run_apart, show

from inkread.datasets.folder import read_index

HEADER = ("set", "system", "lines", "characters", "CER %", "WER %", "letters %", "s/line", "peak MB")


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--system", "systems", multiple=True, type=click.Choice(list(SYSTEMS)), help="Repeatable.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", help="For Tesseract.")
@click.option(
    "--bundle", type=click.Path(exists=True, path_type=Path), help="Another line bundle for inkread."
)
@click.option("--limit", type=int, help="Only the first so many lines.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Add the rows to this file.")
@click.option("--texts", type=click.Path(path_type=Path), help="Write image, reference and readings here.")
def main(
    folder: Path,
    systems: tuple[str, ...],
    language: str,
    bundle: Path | None,
    limit: int | None,
    table: Path | None,
    texts: Path | None,
) -> None:
    rows = read_index(folder)[:limit]
    images, references = [row[0] for row in rows], [row[1] for row in rows]
    click.echo(f"{processor()}, {date.today()}, one thread")
    show(HEADER)
    results, readings = [], []
    for system in systems or ("inkread-greedy", "inkread"):
        run = run_apart(system, images, language, bundle=bundle)
        cells = row_of(folder.name, system, run, references, digits=4)
        show(cells)
        results.append(cells)
        readings.append(run.texts)
    if table:
        add_rows(table, HEADER, results)
    if texts:
        content = zip([image.name for image in images], references, *readings, strict=True)
        texts.write_text("".join("\t".join(row) + "\n" for row in content), encoding="utf-8")


if __name__ == "__main__":
    main()
