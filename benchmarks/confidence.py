"""How true confidences are: expected calibration error, reliability diagram, lines kept at 99 %.

    python benchmarks/confidence.py SET... --plot reliability.png --csv confidence.csv
    python benchmarks/confidence.py SET... --fit-on FITTED... --bundle lines.onnx --out calibrated.onnx

A set is a folder of lines (index.tsv); its third column, or the image's name up to its last hyphen,
tells the hand. With ``--fit-on`` the calibration is fitted on one half of the hands of those sets
and on drawn crops that hold no Latin writing (benchmarks/nothing.py, other scripts and another seed
than its test), written into a copy of the bundle, and measured on the other half of the hands and on
the sets that it has not seen; each row is given before and after.

Of a character, a word (right to the letter) and a line (share of right characters) the table has how
often it is right, the mean confidence and the error, all in percent; ``kept`` is the largest part of
the lines, the surest first, of which 99 % of the characters are right, and ``from`` the confidence at
which it ends: what ``inkread read --reject`` takes. Of several sets the last rows, "all", have the
threshold for all of them together.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from nothing import SEED, crops
from systems import add_rows, show

from inkread.datasets.folder import read_rows
from inkread.decoding.calibration import Calibration, Scale
from inkread.decoding.evidence import evidence
from inkread.images.columns import ink_columns
from inkread.images.line import normal_scale
from inkread.images.open import open_page
from inkread.recogniser import Recogniser
from inkread.runtime.session import LineSession
from inkread.runtime.store import packaged
from inkread.training.calibrate import expected_calibration_error, reliability
from inkread.training.calibrate_lines import Judged, fit_scale, judge, sureness, write_calibration
from inkread.training.plot import Axis, draw_plot, save_picture

HEADER = (
    "set", "system", "lines", "char right", "char conf", "char ECE", "word right", "word conf", "word ECE",
    "line right", "line conf", "line ECE", "kept %", "from",
)  # fmt: skip
MODES = {"inkread": "auto", "inkread-greedy": "none"}
KEPT = 0.99
NO_WRITING = 0.5
"""Drawn crops without writing for each line that is fitted to: with fewer, other scripts are believed."""

SCRIPTS = ("greek", "armenian", "japanese", "greek", "korean")

_BATCH = 32

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a set: whose hand, and how it was read by each system (None: empty)."""

    hand: str
    readings: dict[str, Judged | None]


def tell(recogniser: Recogniser, session: LineSession, lines: Iterator[tuple[Image, str, str]]) -> list[Told]:
    """Read (image, reference, hand) lines, one by one, as every system does."""
    contract, told = session.contract, []
    while batch := list(islice(lines, _BATCH)):
        seen = recogniser.recognise([image for image, _, _ in batch])
        for (image, reference, hand), log_probs in zip(batch, seen, strict=True):
            ink = (
                np.count_nonzero(ink_columns(image)) * normal_scale(image, contract.height) / contract.stride
            )
            readings: dict[str, Judged | None] = {}
            for system, language in MODES.items():
                found = recogniser.decode([log_probs], language)[0][0]
                speaks = evidence(log_probs, found, session.alphabet, ink)
                readings[system] = judge(reference, found[0].text, speaks) if found[0].text else None
            told.append(Told(hand, readings))
    return told


def lines_of(folder: Path) -> Iterator[tuple[Image, str, str]]:
    """Yield (image, reference, hand) of a set."""
    for row in read_rows(folder):
        yield open_page(row.image).image, row.text, row.writer or row.image.stem.rpartition("-")[0]


def is_fitted(hand: str) -> bool:
    """Say to which half of the hands one belongs, whatever set it is in."""
    return zlib.crc32(hand.encode()) % 2 == 0


def kept(lines: Sequence[Judged], sure: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the share of the lines, surest first, that is right to ``KEPT``, and the least confidence."""
    order = np.argsort(-sure, kind="stable")
    errors = np.cumsum([lines[n].errors.errors for n in order])
    good = np.flatnonzero(errors <= (1.0 - KEPT) * np.cumsum([lines[n].errors.reference for n in order]))
    return (0.0, 1.0) if not len(good) else ((good[-1] + 1) / len(lines), float(sure[order[good[-1]]]))


def row_of(name: str, system: str, lines: Sequence[Judged], scale: Scale) -> tuple[str, ...]:
    """Return one row of the table."""
    sure = sureness(lines, scale)
    cells = []
    for confidence, right in pairs(lines, scale):
        error = expected_calibration_error(confidence, right)
        cells += [f"{100 * value:.1f}" for value in (right.mean(), confidence.mean())] + [
            f"{100 * error:.2f}"
        ]
    share, least = kept(lines, sure.lines)
    return (name, system, str(len(lines)), *cells, f"{100 * share:.0f}", f"{least:.3f}")


def pairs(
    lines: Sequence[Judged], scale: Scale
) -> list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """Return confidence and truth of all characters, of all words and of all lines."""
    sure = sureness(lines, scale)
    return [
        (sure.characters, np.concatenate([line.characters for line in lines])),
        (sure.words, np.concatenate([line.words for line in lines])),
        (sure.lines, np.array([line.share for line in lines])),
    ]


def diagram(lines: Sequence[Judged], scales: dict[str, Scale]) -> npt.NDArray[np.uint8]:
    """Return the reliability diagrams of characters, words and lines, one above the other."""
    pictures = []
    of = {name: pairs(lines, scale) for name, scale in scales.items()}
    for place, what in enumerate(("characters", "words", "lines")):
        curves = {"ideal": np.array([(0.0, 0.0), (1.0, 1.0)])}
        for name, measured in of.items():
            bins = reliability(*measured[place], bins=15)
            curves[name] = np.array([(entry.sure, entry.right) for entry in bins if entry.count >= 10])
        right = Axis(f"right share of {what}", ".1f", least=1.0)
        pictures.append(draw_plot(curves, Axis("confidence", ".2f", least=1.0), right))
    return np.concatenate(pictures)


@click.command(help=__doc__)
@click.argument("sets", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--fit-on", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--bundle", type=click.Path(exists=True, path_type=Path), help="By default the packaged one.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the calibrated bundle goes.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Add the rows to this file.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the reliability diagrams here.")
def main(
    sets: tuple[Path, ...],
    fit_on: tuple[Path, ...],
    bundle: Path | None,
    out: Path | None,
    table: Path | None,
    plot: Path | None,
) -> None:
    bundle = bundle or packaged("line")
    session = LineSession(bundle, 1)
    recogniser = Recogniser(bundle, threads=1)

    def told(lines: Iterator[tuple[Image, str, str]]) -> list[Told]:
        return tell(recogniser, session, lines)

    fitted = {folder.name: told(lines_of(folder)) for folder in fit_on}
    unseen = {folder.name: told(lines_of(folder)) for folder in sets if folder not in fit_on}
    before = after = Calibration.from_dict(session.contract.calibration)
    if fitted:
        learnt = [line for lines in fitted.values() for line in lines if is_fitted(line.hand)]
        blank = crops(math.ceil(NO_WRITING * len(learnt)), seed=SEED + 1, scripts=SCRIPTS)
        learnt += told((image, "", "") for _, image in blank)
        after = Calibration(*(fit_scale(_read(learnt, system), system == "inkread") for system in MODES))
        if out:
            write_calibration(bundle, after, out)
    measured: dict[str, list[Told]] = {
        f"{name}, other hands": [line for line in lines if not is_fitted(line.hand)]
        for name, lines in fitted.items()
    } | unseen
    measured = {name: lines for name, lines in measured.items() if any(_read(lines, s) for s in MODES)}
    every = [line for lines in measured.values() for line in lines]
    if len(measured) > 1:
        measured["all"] = every
    show(HEADER)
    rows = []
    for name, lines in measured.items():
        for system in MODES:
            mine = _read(lines, system)
            steps = {" before": before, "": after} if fitted else {"": before}
            for step, calibration in steps.items():
                rows.append(row_of(name, system + step, mine, _scale(calibration, system)))
                show(rows[-1])
    if table:
        add_rows(table, HEADER, rows)
    if plot:
        scales = {"calibrated" if fitted else "measured": after.with_model}
        save_picture(
            plot,
            diagram(_read(every, "inkread"), {"before": before.with_model} | scales if fitted else scales),
        )


def _read(lines: Sequence[Told], system: str) -> list[Judged]:
    return [judged for line in lines if (judged := line.readings[system]) is not None]


def _scale(calibration: Calibration, system: str) -> Scale:
    return calibration.with_model if system == "inkread" else calibration.alone


if __name__ == "__main__":
    main()
