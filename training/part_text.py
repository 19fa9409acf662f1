"""Part gathered texts in two, so that a language model meets what training lines say as new.

    python training/part_text.py --text data/raw/text/files --out data/raw/text/parted --part 0

OUT/model gets three quarters of each collection, for ``build_language.py --text``; OUT/lines the quarter that
``--part`` names (0 to 3), for a recipe's ``corpus``. Collections of five files and more are parted by
files, others by place in each file.
"""

from __future__ import annotations

from pathlib import Path

import click

QUARTERS = 4
_MANY = 5


def parted(text: str, part: int) -> tuple[str, str]:
    """Return a text without one of its quarters, and that quarter; both of whole lines."""
    first, last = (_line_near(text, len(text) * place // QUARTERS) for place in (part, part + 1))
    return text[:first] + text[last:], text[first:last]


def _line_near(text: str, place: int) -> int:
    return text.find("\n", place - 1) + 1 or len(text) if place else 0


@click.command(help=__doc__)
@click.option(
    "--text", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--part", type=click.IntRange(0, QUARTERS - 1), default=0, show_default=True)
def main(folder: Path, out: Path, part: int) -> None:
    for collection in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = sorted(collection.glob("*.txt"))
        for number, file in enumerate(files):
            text = file.read_text(encoding="utf-8-sig", errors="replace")
            if len(files) >= _MANY:
                held = number % QUARTERS == part
                pieces = ("", text) if held else (text, "")
            else:
                pieces = parted(text, part)
            for name, piece in zip(("model", "lines"), pieces, strict=True):
                if piece:
                    place = out / name / collection.name / file.name
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_text(piece, encoding="utf-8")
        click.echo(f"{collection.name}: {len(files)} files")


if __name__ == "__main__":
    main()
