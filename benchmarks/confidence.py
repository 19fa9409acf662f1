"""How true confidences are: expected calibration error, reliability diagram, lines kept at 99 %.

    python benchmarks/confidence.py SET... --plot reliability.png --csv confidence.csv
    python benchmarks/confidence.py SET... --fit-on FITTED... --bundle lines.onnx --out calibrated.onnx

A set is a folder of lines (index.tsv); its third column, or the image's name up to its last hyphen,
tells the hand. With ``--fit-on`` the calibration is fitted on the hands of those sets and on drawn
crops that hold no Latin writing (benchmarks/nothing.py, other scripts and another seed than its
test) and written into a copy of the bundle. It is measured on hands that it has not seen; those
that it was fitted on, in whatever set, are measured by cross-fitting: each fifth of them with a calibration
fitted on the four others. Each row is given before, with the calibration that the bundle came with,
and after; before, and without ``--fit-on``, a bundle is measured on hands that it may have been fitted on.

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
from inkread.images.line import frame_columns, stretch, to_grey
from inkread.images.open import open_page
from inkread.recogniser import Recogniser
from inkread.runtime.session import LineSession
from inkread.runtime.store import packaged
from inkread.training.calibrate import expected_calibration_error, reliability
from inkread.training.calibrate_lines import Judged, Sureness, fit_scale, judge, sureness, write_calibration
from inkread.training.plot import Axis, draw_plot, save_picture

HEADER = (
    "set", "system", "lines", "char right", "char conf", "char ECE", "word right", "word conf", "word ECE",
    "line right", "line conf", "line ECE", "kept %", "from",
)  # fmt: skip
MODES = {"inkread": "auto", "inkread-greedy": "none"}
KEPT = 0.99
WHAT = ("characters", "words", "lines")
"""Of what a ``Sureness`` has confidences."""

FOLDS = 5
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
            clear = stretch(to_grey(image))
            ink = np.count_nonzero(ink_columns(clear)) / frame_columns(
                clear, contract.height, contract.stride
            )
            readings: dict[str, Judged | None] = {}
            for system, language in MODES.items():
                found = recogniser.decode([log_probs], language, [image])[0][0]
                speaks = evidence(recogniser.evident(log_probs, found[0]), found, session.alphabet, ink)
                readings[system] = judge(reference, found[0].text, speaks) if found[0].text else None
            told.append(Told(hand, readings))
    return told


def lines_of(folder: Path) -> Iterator[tuple[Image, str, str]]:
    """Yield (image, reference, hand) of a set."""
    for row in read_rows(folder):
        yield open_page(row.image).image, row.text, row.writer or row.image.stem.rpartition("-")[0]


def fold_of(hand: str) -> int:
    """Say to which of ``FOLDS`` parts of the hands one belongs, whatever set it is in."""
    return zlib.crc32(hand.encode()) % FOLDS


@dataclass(frozen=True, slots=True)
class Group:
    """Lines and the calibration that they are measured with."""

    lines: Sequence[Told]
    calibration: Calibration

    def of(self, system: str) -> tuple[list[Judged], Scale]:
        """Return what ``system`` read, and how sure it is."""
        model = system == "inkread"
        return _read(self.lines, system), self.calibration.with_model if model else self.calibration.alone


@dataclass(frozen=True, slots=True)
class CrossFit:
    """A calibration of some hands, and those that measure it: each without one fold of the hands.

    Attributes:
        hands: that were fitted on.
        final: of all of them.
        without: by fold, of the hands of all other folds.
    """

    hands: frozenset[str]
    final: Calibration
    without: Sequence[Calibration]

    @classmethod
    def of(cls, lines: Sequence[Told], blank: Sequence[Told]) -> CrossFit:
        """Fit to lines of writing, and to some that hold none and belong to no hand."""
        if len({fold_of(line.hand) for line in lines}) < 2:
            raise click.UsageError("Fit on lines of more hands: all of these fall into one fold.")
        without = []
        for fold in range(FOLDS):
            other = [line for line in lines if fold_of(line.hand) != fold]
            without.append(fit([*other, *blank[: len(blank) * len(other) // len(lines)]]))
        return cls(frozenset(line.hand for line in lines), fit([*lines, *blank]), without)

    def groups(self, lines: Sequence[Told]) -> list[Group]:
        """Part lines by the calibration that has not seen their hands."""
        new = [line for line in lines if line.hand not in self.hands]
        parts = [
            Group([line for line in lines if line.hand in self.hands and fold_of(line.hand) == fold], own)
            for fold, own in enumerate(self.without)
        ]
        return [Group(new, self.final), *parts]


def fit(lines: Sequence[Told]) -> Calibration:
    """Fit a calibration to readings of some lines."""
    return Calibration(*(fit_scale(_read(lines, system), system == "inkread") for system in MODES))


def kept(lines: Sequence[Judged], sure: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the share of the lines, surest first, that is right to ``KEPT``, and the least confidence."""
    order = np.argsort(-sure, kind="stable")
    errors = np.cumsum([lines[n].errors.errors for n in order])
    good = np.flatnonzero(errors <= (1.0 - KEPT) * np.cumsum([lines[n].errors.reference for n in order]))
    return (0.0, 1.0) if not len(good) else ((good[-1] + 1) / len(lines), float(sure[order[good[-1]]]))


def sure_of(groups: Sequence[Group], system: str) -> tuple[list[Judged], Sureness]:
    """Return all readings of some groups, and how sure each group's calibration is of its own."""
    lines: list[Judged] = []
    parts: list[Sureness] = []
    for group in groups:
        mine, scale = group.of(system)
        if mine:
            lines += mine
            parts.append(sureness(mine, scale))
    joined = (np.concatenate([getattr(part, what) for part in parts]) for what in WHAT)
    return lines, Sureness(*joined)


def row_of(name: str, label: str, lines: Sequence[Judged], sure: Sureness) -> tuple[str, ...]:
    """Return one row of the table."""
    cells = []
    for confidence, right in pairs(lines, sure):
        error = expected_calibration_error(confidence, right)
        cells += [f"{100 * value:.1f}" for value in (right.mean(), confidence.mean())] + [
            f"{100 * error:.2f}"
        ]
    share, least = kept(lines, sure.lines)
    return (name, label, str(len(lines)), *cells, f"{100 * share:.0f}", f"{least:.3f}")


def pairs(
    lines: Sequence[Judged], sure: Sureness
) -> list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """Return confidence and truth of all characters, of all words and of all lines."""
    return [
        (sure.characters, np.concatenate([line.characters for line in lines])),
        (sure.words, np.concatenate([line.words for line in lines])),
        (sure.lines, np.array([line.share for line in lines])),
    ]


def diagram(curves_of: dict[str, tuple[list[Judged], Sureness]]) -> npt.NDArray[np.uint8]:
    """Return the reliability diagrams of characters, words and lines, one above the other."""
    pictures = []
    of = {name: pairs(lines, sure) for name, (lines, sure) in curves_of.items()}
    for place, what in enumerate(WHAT):
        curves = {"ideal": np.array([(0.0, 0.0), (1.0, 1.0)])}
        for name, measured in of.items():
            bins = reliability(*measured[place], bins=15)
            curves[name] = np.array([(entry.sure, entry.right) for entry in bins if entry.count >= 10])
        right = Axis(f"right share of {what}", ".1f", least=1.0)
        pictures.append(draw_plot(curves, Axis("confidence", ".2f", least=1.0), right))
    return np.concatenate(pictures)


@click.command(help=__doc__)
@click.argument("sets", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--fit-on",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
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

    folders: dict[str, Path] = {}
    for folder in (*fit_on, *sets):
        if folders.setdefault(folder.name, folder).resolve() != folder.resolve():
            raise click.UsageError(f"Two sets are called {folder.name}; rename a folder, to tell them apart.")
    read = {name: told(lines_of(folder)) for name, folder in folders.items()}
    before = Calibration.from_dict(session.contract.calibration)
    measured = {name: [Group(lines, before)] for name, lines in read.items()}
    steps = {"": measured}
    if fit_on:
        learnt = [line for folder in fit_on for line in read[folder.name]]
        blank = crops(math.ceil(NO_WRITING * len(learnt)), seed=SEED + 1, scripts=SCRIPTS)
        fitted = CrossFit.of(learnt, told((image, "", "") for _, image in blank))
        if out:
            write_calibration(bundle, fitted.final, out)
        steps = {" before": measured, "": {name: fitted.groups(lines) for name, lines in read.items()}}
    for groups in steps.values():
        if len(groups) > 1:
            groups["all"] = [group for parts in groups.values() for group in parts]
    show(HEADER)
    rows = []
    for name in measured:
        for system in MODES:
            for step, groups in steps.items():
                if any(group.of(system)[0] for group in groups[name]):
                    rows.append(row_of(name, system + step, *sure_of(groups[name], system)))
                    show(rows[-1])
    if table:
        add_rows(table, HEADER, rows)
    if plot:
        every = {
            step.strip() or ("calibrated" if fit_on else "measured"): groups for step, groups in steps.items()
        }
        last = list(measured)[-1]
        save_picture(
            plot, diagram({name: sure_of(groups[last], "inkread") for name, groups in every.items()})
        )


def _read(lines: Sequence[Told], system: str) -> list[Judged]:
    return [judged for line in lines if (judged := line.readings[system]) is not None]


if __name__ == "__main__":
    main()
