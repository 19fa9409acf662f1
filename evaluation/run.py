#!/usr/bin/env python
"""Evaluation tests: measure the shipped models against ``thresholds.toml``.

    python evaluation/run.py                     # what this repository and ./data hold
    python evaluation/run.py --fast              # only what this repository holds
    python evaluation/run.py --only iam --data DIR

DIR is a data folder, with the benchmark sets that ``benchmarks/prepare.py`` makes in DIR or in
DIR/processed/bench. What has no data here is passed over with a line. Exit code 1 if a model falls
behind; every figure is appended to ``results.csv``.
"""

from __future__ import annotations

import csv
import json
import platform
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SMALL = "lines_small.onnx"
FIELDS = ("date", "commit", "machine", "name", "model", "metric", "figure", "threshold", "passed")


@dataclass(frozen=True)
class Figure:
    """One row of the table: the most (low) or least (high) that ``metric`` of ``data`` may be."""

    name: str
    model: str
    measure: str
    data: str
    metric: str
    direction: str
    threshold: float
    last: float | None = None

    def holds(self, value: float) -> bool:
        """Tell whether the model is as good as it must be; figures are compared as they are printed."""
        value, threshold = round(value, 4), round(self.threshold, 4)
        return value <= threshold if self.direction == "low" else value >= threshold


def read_table(path: Path) -> list[Figure]:
    """Read the table; a row with a missing or unknown key raises TypeError."""
    return [Figure(**row) for row in tomllib.loads(path.read_text(encoding="utf-8"))["figure"]]


def find_data(figure: Figure, data: Path, fast: bool) -> Path | None:
    """Return the folder to measure on, None where it is not here."""
    if (ROOT / figure.data).is_dir():
        return ROOT / figure.data
    if fast:
        return None
    if figure.measure == "characters":
        places = [data / "processed" / "unipen_characters", data / "raw" / "unipen" / "files"]
        return data if any(place.is_dir() for place in places) else None
    places = [data / "processed" / "bench" / figure.data, data / figure.data]
    return next((place for place in places if place.is_dir()), None)


def measure(kind: str, folder: Path, model: str) -> dict[str, Any]:
    """Run a measurement in a process of its own, as a user would, and return its figures.

    ``model`` is the file of weights that stands first in the row.
    """
    if kind == "characters":
        command = [sys.executable, str(HERE / "characters.py"), "--data", str(folder)]
    else:
        options = ["--json", "--worst", "0", "--threads", "1"]
        options += ["--model", "small"] if model == SMALL else []
        command = [sys.executable, "-m", "inkread", "evaluate", kind, str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise click.ClickException(f"{' '.join(command[1:])} failed: {done.stderr.strip()}")
    figures: dict[str, Any] = json.loads(done.stdout)
    if figures.get("lines_true"):
        figures["found"] = figures["lines_found"] / figures["lines_true"]
    return figures


def commit() -> str:
    """Return the commit measured, with a plus where files differ from it; "" outside of git."""
    told = []
    for words in (["rev-parse", "--short", "HEAD"], ["status", "--porcelain"]):
        done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
        told.append(done.stdout.strip() if done.returncode == 0 else "")
    return told[0] + ("+" if told[0] and told[1] else "")


def machine() -> str:
    """Return the name of the processor."""
    about = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", about.read_text()) if about.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()


def append(path: Path, row: dict[str, Any]) -> None:
    """Append a row to the results, with the header first in a new file."""
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)


def write_last(path: Path, figures: dict[str, float]) -> None:
    """Write figures into the table as ``last``, below their thresholds."""
    text = path.read_text(encoding="utf-8")
    for name, value in figures.items():
        row = rf'(name = "{re.escape(name)}"\n(?:[a-z]+ = .*\n)*?threshold = .*\n)(?:last = .*\n)?'
        text = re.sub(row, rf"\g<1>last = {value:.4f}\n", text)
    path.write_text(text, encoding="utf-8")


def run_all(figures: list[Figure], data: Path, fast: bool) -> Iterator[tuple[Figure, float | None, str]]:
    """Yield each row with its figure and the model's version; None and why where it cannot be measured."""
    known: dict[tuple[str, Path, str], dict[str, Any]] = {}
    for figure in figures:
        folder = find_data(figure, data, fast)
        missing = [name for name in figure.model.split(", ") if not _shipped(name)]
        if folder is None or missing:
            yield figure, None, f"no {missing[0] if missing else figure.data} here"
            continue
        key = (figure.measure, folder, figure.model.split(", ")[0])
        known[key] = known.get(key) or measure(*key)
        model = known[key].get("model", {})
        yield figure, float(known[key][figure.metric]), f"{model.get('name')} {model.get('version')}"


def _shipped(name: str) -> bool:
    import inkread

    return (Path(inkread.__file__).parent / "weights" / name).is_file()


@click.command()
@click.option("--only", multiple=True, metavar="TEXT", help="Rows whose name holds TEXT; may be given again.")
@click.option("--data", type=click.Path(path_type=Path), default=ROOT / "data", help="The data folder.")
@click.option("--fast", is_flag=True, help="Only what the data in this repository can tell.")
@click.option(
    "--table", type=click.Path(path_type=Path), default=HERE / "thresholds.toml", help="The thresholds."
)
@click.option(
    "--results", type=click.Path(path_type=Path), default=HERE / "results.csv", help="Is appended to."
)
@click.option("--write", is_flag=True, help="Write the figures into the table as last.")
def main(only: tuple[str, ...], data: Path, fast: bool, table: Path, results: Path, write: bool) -> None:
    """Measure the shipped models; exit code 1 if one falls behind its threshold."""
    figures = [
        f for f in read_table(table) if not only or any(text.lower() in f.name.lower() for text in only)
    ]
    if not figures:
        raise click.ClickException("No row of the table has such a name; see thresholds.toml.")
    stamp = {"date": f"{datetime.now(UTC):%Y-%m-%d %H:%M}", "commit": commit(),
             "machine": machine()}  # fmt: skip
    rows: list[dict[str, Any]] = []
    for figure, value, about in run_all(figures, data, fast):
        if value is None:
            click.echo(f"passed over  {figure.name}: {about}")
            continue
        passed = figure.holds(value)
        word, bound = (
            "ok" if passed else "FALLS BEHIND",
            "at most" if figure.direction == "low" else "at least",
        )
        shown = f"{figure.metric} {value:.4f}, {bound} {figure.threshold:.4f}"
        click.echo(f"{word:<12}  {figure.name}: {shown}")
        told = {"model": about, "metric": figure.metric, "figure": f"{value:.4f}"}
        rows.append(stamp | {"name": figure.name, "threshold": figure.threshold, "passed": passed} | told)
        append(results, rows[-1])
    if write:
        write_last(table, {row["name"]: float(row["figure"]) for row in rows})
    failed = sum(not row["passed"] for row in rows)
    click.echo(f"{len(rows)} measured, {failed} behind, {len(figures) - len(rows)} passed over.")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
