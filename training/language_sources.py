"""Where the texts of both language models lie, and the options that say so."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from lxml import etree

from inkread.datasets.copiste import consent_lines, pages_of, read_split

Command = TypeVar("Command", bound=Callable[..., object])

_BOILERPLATE = re.compile(r"\A.*?\*\*\* ?START OF[^\n]*|\*\*\* ?END OF.*\Z", re.DOTALL)


def takes_texts(command: Command) -> Command:
    """Give a command the options --text (``folder``), --transcripts (``pages``) and --out (``out``)."""
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    options = (
        click.option("--text", "folder", type=folder, required=True),
        click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True),
        click.option(
            "--transcripts",
            "pages",
            type=folder,
            help="Folder of French pages with split.tsv and alto/; its training pages are used.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def texts_of(folder: Path) -> list[str]:
    """Return the texts of a folder in order of name, without the licence around them."""
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise click.ClickException(
            f"There is no text in {folder}; give the folder that holds {folder.name}/*.txt."
        )
    return [_BOILERPLATE.sub(" ", file.read_text(encoding="utf-8-sig", errors="replace")) for file in files]


def transcripts(folder: Path) -> str:
    """Return the text of all training pages of a folder with split.tsv and alto/.

    Left out: lines with crossed-out words, page names, and the paragraph that everybody copied
    but for three copies of it.
    """
    rows = read_split(folder)
    pages = pages_of(rows, "train")
    copied = consent_lines(rows, pages)
    copies = list(dict.fromkeys(page for page, _ in copied))[:3]
    dropped = {place for place in copied if place[0] not in copies}
    lines: list[str] = []
    for page in pages:
        tree = etree.parse(folder / "alto" / f"{page}.xml")
        for number, line in enumerate(tree.iterfind(".//{*}TextLine")):
            text = " ".join(word.get("CONTENT", "") for word in line.iterfind("{*}String"))
            if not (">" in text or "wikitexte_" in text or (page, number) in dropped):
                lines.append(text)
    return "\n".join(lines)
