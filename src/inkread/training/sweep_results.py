"""What came of a sweep: its trials, the best first, as a table to read and one to compute with."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inkread.training.sweep_space import Sweep

if TYPE_CHECKING:
    from optuna import Study


@dataclass(frozen=True)
class Result:
    """One trial, numbered from 1: state COMPLETE, PRUNED, FAIL or RUNNING, the best score, if any."""

    number: int
    state: str
    score: float | None
    values: dict[str, Any]
    seconds: float
    error: str = ""


def results(study: Study, sweep: Sweep) -> list[Result]:
    """Return the trials of a sweep: those with a score first, the best before the others."""
    found = []
    for trial in study.get_trials(deepcopy=False):
        scores = [value for value in trial.intermediate_values.values() if math.isfinite(value)]
        scores += [trial.value] if trial.value is not None and trial.state.name == "COMPLETE" else []
        best = (min if sweep.goal == "minimize" else max)(scores) if scores else None
        attributes = trial.user_attrs
        values = attributes.get("values", trial.params)
        seconds, error = attributes.get("seconds", 0.0), attributes.get("error", "")
        found.append(Result(trial.number + 1, trial.state.name, best, values, seconds, error))
    sign = 1.0 if sweep.goal == "minimize" else -1.0
    return sorted(found, key=lambda r: (r.state == "FAIL", r.score is None, sign * (r.score or 0), r.number))


def write_results(path: Path, sweep: Sweep, rows: list[Result]) -> None:
    """Write the trials as CSV: number, state, score, seconds, what varies, error."""
    names = sweep.columns
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["trial", "state", sweep.metric, "seconds", *names, "error"])
        for row in rows:
            values = [sweep.row(row.values).get(name) for name in names]
            writer.writerow([row.number, row.state, row.score, round(row.seconds, 1), *values, row.error])


def table(sweep: Sweep, rows: list[Result]) -> str:
    """Return the trials as lines of text, the best first."""
    names = sweep.columns
    short = [name.rpartition(".")[2] for name in names]
    cells = [["", "trial", sweep.metric, "state", "seconds", *short]]
    for rank, row in enumerate(rows, 1):
        score = "" if row.score is None else f"{row.score:.4g}"
        values = [shown(sweep.row(row.values).get(name)) for name in names]
        cells.append([str(rank), str(row.number), score, row.state.lower(), f"{row.seconds:.0f}", *values])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)) for line in cells)


def shown(value: Any) -> str:
    """Return a setting as a table shows it."""
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
