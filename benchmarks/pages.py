"""Compare inkread with others on a folder of pages (images beside ALTO or PAGE-XML).

    python benchmarks/pages.py FOLDER
    python benchmarks/pages.py FOLDER --system inkread --system rapidocr --system tesseract --language fr

Scoring: the text of all lines in reading order, joined by single spaces, against the same of the
transcription without crossed-out words; corpus CER and WER after the folding of inkread.metrics.
How many lines were found is for ``inkread evaluate pages FOLDER`` to say. Rivals are installed by
hand: pip install rapidocr==3.10.0; apt-get install tesseract-ocr tesseract-ocr-fra.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from systems import SYSTEMS, add_rows, processor, row_of, run_apart, show

from inkread.datasets.ground_truth import find_ground_truth, read_ground_truth
from inkread.metrics import character_errors

HEADER = ("set", "system", "pages", "characters", "CER %", "WER %", "s/page", "peak MB")


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--system", "systems", multiple=True, type=click.Choice(list(SYSTEMS)), help="Repeatable.")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", help="For Tesseract.")
@click.option("--threads", type=int, default=2, show_default=True, help="Threads and cores of each system.")
@click.option("--limit", type=int, help="Only the first so many pages.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Add the rows to this file.")
@click.option("--worst", type=int, default=5, show_default=True, help="Name so many worst pages.")
def main(
    folder: Path,
    systems: tuple[str, ...],
    language: str,
    threads: int,
    limit: int | None,
    table: Path | None,
    worst: int,
) -> None:
    truths = [read_ground_truth(path, crossed_out="drop") for path in find_ground_truth(folder)][:limit]
    images = [truth.image for truth in truths if truth.image is not None]
    if len(images) != len(truths):
        raise click.ClickException("Some pages have no image beside them; put it there.")
    click.echo(f"{processor()}, {date.today()}, {threads} threads")
    show(HEADER)
    references = [truth.text for truth in truths]
    results = []
    for system in systems or ("inkread-greedy", "inkread"):
        run = run_apart(system, images, language, pages=True, threads=threads)
        cells = row_of(folder.name, system, run, references, digits=2)
        show(cells)
        results.append(cells)
        rates = [
            (character_errors(reference, text).rate, image.name)
            for reference, text, image in zip(references, run.texts, images, strict=True)
        ]
        for rate, name in sorted(rates, reverse=True)[:worst]:
            click.echo(f"    {100 * rate:5.1f} %  {name}")
    if table:
        add_rows(table, HEADER, results)


if __name__ == "__main__":
    main()
