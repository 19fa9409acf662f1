"""Copiste d'un jour (BAnQ): modern French hands, split by the text that a volunteer copied.

The split list (``split.tsv``: page, text, split, lines, consent_lines, crossed_out_lines) also
names the lines of the consent paragraph that every volunteer copied: trained on whole, a reader
would learn it by heart.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from inkread.datasets.ground_truth_lines import GroundTruthLines
from inkread.errors import DataError

Split = Literal["train", "validation", "test"]
Consent = Literal["all", "few", "none"]
CONSENT_STEP = 12


def read_split(folder: str | Path) -> dict[str, dict[str, str]]:
    """Return the rows of ``split.tsv`` by page stem.

    Raises:
        DataError: the list is missing.
    """
    path = Path(folder) / "split.tsv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row["page"]: row for row in csv.DictReader(file, delimiter="\t")}
    except (OSError, KeyError) as error:
        raise DataError(f"{path} cannot be read ({error}); it belongs to the data, fetch it anew.") from None


def pages_of(rows: Mapping[str, Mapping[str, str]], split: Split) -> list[str]:
    """Return the page stems of one split, sorted."""
    return sorted(page for page, row in rows.items() if row["split"] == split)


def consent_lines(rows: Mapping[str, Mapping[str, str]], pages: list[str]) -> list[tuple[str, int]]:
    """Return (page stem, line number from 0) of the consent paragraph's lines on ``pages``, in order."""
    return [
        (page, int(number)) for page in pages for number in rows[page]["consent_lines"].split(",") if number
    ]


def read_case_faults(path: str | Path) -> dict[str, str]:
    """Return ``capitals`` or ``mixed`` by page stem, for pages written so though the text is in normal case.

    The list has one page a line, a tab, and the word; ``#`` starts a remark.

    Raises:
        DataError: the list is missing.
    """
    try:
        content = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); check its name.") from None
    rows = (line.split("\t") for line in content.splitlines())
    return {row[0]: row[1].strip() for row in rows if len(row) > 1 and not row[0].startswith("#")}


def copiste_lines(
    folder: str | Path,
    split: Split,
    consent: Consent = "all",
    case_faults: Mapping[str, str] | None = None,
) -> GroundTruthLines:
    """Return the lines of one split, crossed-out lines left out.

    Args:
        folder: holds ``alto``, ``pages`` and ``split.tsv``.
        split: which part.
        consent: lines of the consent paragraph: all of them, one in twelve, or none.
        case_faults: from ``read_case_faults``, for training: pages in capitals get their text in
            capitals, mixed ones are left out. Scoring takes the transcription as it is.

    Raises:
        DataError: the split list is missing.
        GroundTruthError: transcriptions or images are missing.
    """
    rows = read_split(folder)
    faults = case_faults or {}
    pages = [page for page in pages_of(rows, split) if faults.get(page) != "mixed"]
    of_consent = consent_lines(rows, pages)
    kept = {"all": of_consent, "few": of_consent[::CONSENT_STEP], "none": []}[consent]
    dropped = set(of_consent) - set(kept)
    return GroundTruthLines(
        folder,
        pages,
        skip=lambda page, number, text: (page, number) in dropped,
        capitals={page for page, ink in faults.items() if ink == "capitals"},
        name="copiste",
    )
