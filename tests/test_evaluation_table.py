"""The evaluation tests: the table is whole, the fast part holds, and a model that falls behind is told."""

from __future__ import annotations

import csv
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "evaluation" / "thresholds.toml"


def run(*arguments: object, results: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        str(ROOT / "evaluation" / "run.py"),
        *map(str, arguments),
        "--results",
        results,
    ]
    return subprocess.run(command, capture_output=True, text=True, cwd=results.parent)


def rows() -> list[dict]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))["figure"]


def row(folder: Path, threshold: float) -> Path:
    """A table of one row, on one line of handwriting."""
    index = (ROOT / "evaluation" / "samples" / "lines" / "index.tsv").read_text(encoding="utf-8")
    (folder / "few").mkdir(exist_ok=True)
    name, text = index.splitlines()[0].split("\t")
    image = (ROOT / "evaluation" / "samples" / "lines" / name).resolve()
    (folder / "few" / image.name).write_bytes(image.read_bytes())
    (folder / "few" / "index.tsv").write_text(f"{image.name}\t{text}\n", encoding="utf-8")
    path = folder / "table.toml"
    path.write_text(
        '[[figure]]\nname = "few"\nmodel = "lines.onnx"\nmeasure = "lines"\ndata = "few"\n'
        f'metric = "cer"\ndirection = "low"\nthreshold = {threshold}\n',
        encoding="utf-8",
    )
    return path


def test_every_shipped_model_has_a_row_and_every_name_is_one() -> None:
    names = [figure["name"] for figure in rows()]
    assert len(set(names)) == len(names)
    measured = {model for figure in rows() for model in figure["model"].split(", ")}
    shipped = {path.name for path in (ROOT / "src" / "inkread" / "weights").glob("*.onnx")}
    assert shipped <= measured


def test_the_last_figures_are_within_their_thresholds() -> None:
    for figure in rows():
        if "last" in figure:
            better = figure["last"] <= figure["threshold"]
            assert better == (figure["direction"] == "low") or figure["last"] == figure["threshold"]


def test_the_shipped_models_hold_on_what_this_repository_has(tmp_path: Path) -> None:
    done = run("--fast", results=tmp_path / "results.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed over" in done.stdout and "0 behind" in done.stdout
    with (tmp_path / "results.csv").open(encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert len(written) == 4 and {entry["passed"] for entry in written} == {"True"}
    assert all(entry["date"] and entry["model"] for entry in written)


def test_a_model_that_falls_behind_fails_and_figures_are_kept(tmp_path: Path) -> None:
    results = tmp_path / "results.csv"
    table = row(tmp_path, threshold=-1.0)
    done = run("--table", table, "--data", tmp_path, "--write", results=results)
    assert done.returncode == 1 and "FALLS BEHIND" in done.stdout
    assert "last = 0." in table.read_text(encoding="utf-8")
    assert len(results.read_text(encoding="utf-8").splitlines()) == 2


def test_what_has_no_data_here_is_passed_over(tmp_path: Path) -> None:
    done = run("--only", "IAM", "--data", tmp_path, results=tmp_path / "results.csv")
    assert done.returncode == 0 and "no iam_validation here" in done.stdout
    assert run("--only", "nothing", results=tmp_path / "results.csv").returncode == 1
