"""What goes wrong on a set of lines: by character, hand, length and quality, and its worst lines to look at.

    python benchmarks/errors.py SET --sheet worst.png --language none

``letters``, ``case``, ``accents``, ``digits``, ``marks`` and ``spaces`` say what kind of character was
missed, put in, or taken for another; a confusion is written as what stands there > what was read.
Look at validation sets alone.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np
import numpy.typing as npt
from nothing import sheet

from inkread.datasets.folder import read_rows
from inkread.images.line import to_grey
from inkread.images.open import open_page
from inkread.metrics import ErrorCounts, alignment, character_errors
from inkread.recogniser import Recogniser

_WORST = 40
_COMMONEST = 30


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A line: its name, hand and image, what stands there, what was read."""

    name: str
    hand: str
    image: npt.NDArray[np.uint8]
    text: str
    read: str

    @property
    def errors(self) -> ErrorCounts:
        """Its character errors."""
        return character_errors(self.text, self.read)


def kind_of(written: str, read: str) -> str:
    """Return what kind of error it is to read one character (or none, "") for another."""
    either = written or read
    if " " in (written, read):
        return "spaces"
    if written.lower() == read.lower():
        return "case"
    if _base(written).lower() == _base(read).lower():
        return "accents"
    if either.isdigit():
        return "digits"
    return "letters" if either.isalpha() else "marks"


def confusions(cases: Iterable[Case]) -> Counter[tuple[str, str]]:
    """Count (written, read) characters that differ; "" where there is none."""
    found: Counter[tuple[str, str]] = Counter()
    for case in cases:
        for tag, written, read in alignment(case.text, case.read):
            if tag != "equal":
                length = max(len(written), len(read))
                pairs = zip(written.ljust(length, "\0"), read.ljust(length, "\0"), strict=True)
                found.update((a.strip("\0"), b.strip("\0")) for a, b in pairs)
    return found


def table(title: str, cases: Sequence[Case], group: Callable[[Case], str], most: int | None = None) -> None:
    """Print the error rate of each group; with ``most``, the groups of most errors."""
    groups: dict[str, list[ErrorCounts]] = defaultdict(list)
    for case in cases:
        groups[group(case)].append(case.errors)
    sums = {name: sum(errors, ErrorCounts()) for name, errors in groups.items()}
    names = sorted(sums) if most is None else sorted(sums, key=lambda name: -sums[name].errors)[:most]
    print(f"\n{title}")
    for name in names:
        errors = sums[name]
        print(f"  {name:28} {len(groups[name]):4} lines {errors.errors:5} errors {100 * errors.rate:6.2f} %")


def _base(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def _contrast(case: Case) -> str:
    grey = to_grey(case.image)
    low, high = np.percentile(grey, (1.0, 80.0))
    return next(
        name for limit, name in ((60, "0-60"), (120, "060-120"), (999, "120-255")) if high - low < limit
    )


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--bundle", type=click.Path(exists=True, path_type=Path), help="Another line bundle.")
@click.option("--language", default="auto", show_default=True)
@click.option("--sheet", "picture", type=click.Path(path_type=Path), help="Draw the worst lines here.")
def main(folder: Path, bundle: Path | None, language: str, picture: Path | None) -> None:
    recogniser = Recogniser(bundle, threads=1, language=language)
    cases = []
    for row in read_rows(folder):
        image = open_page(row.image).image
        readings, _ = recogniser.decode(recogniser.recognise([image]), images=[image])
        hand = row.writer or row.image.stem.rpartition("-")[0]
        cases.append(Case(row.image.stem, hand, image, row.text, readings[0][0].text))
    whole = sum((case.errors for case in cases), ErrorCounts())
    parts = f"{whole.substitutions} taken for others, {whole.deletions} missed, {whole.insertions} put in"
    print(f"{folder.name}: {len(cases)} lines, {100 * whole.rate:.2f} %: {parts}")
    pairs = confusions(cases)
    kinds: Counter[str] = Counter()
    for pair, count in pairs.items():
        kinds[kind_of(*pair)] += count
    print("\nkinds:", ", ".join(f"{name} {count}" for name, count in kinds.most_common()))
    print(
        "commonest:", "  ".join(f"{a or '∅'}>{b or '∅'} {n}" for (a, b), n in pairs.most_common(_COMMONEST))
    )
    table("by length", cases, lambda case: f"{min(len(case.text) // 10, 8) * 10:02}+ characters")
    table("by height", cases, lambda case: f"{min(case.image.shape[0] // 30, 6) * 30:03}+ rows")
    table("by contrast", cases, _contrast)
    table("by hand, those with most errors", cases, lambda case: case.hand, 12)
    if picture:
        worst = sorted(cases, key=lambda case: -case.errors.errors)[:_WORST]
        items = [(to_grey(case.image), f"{case.errors.errors}: {case.read}") for case in worst]
        cv2.imwrite(str(picture), sheet(items, columns=2, width=720))


if __name__ == "__main__":
    main()
