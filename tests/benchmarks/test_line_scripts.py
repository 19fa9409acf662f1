"""The scripts that take a folder of lines, from their arguments to their tables and pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import cv2
import pytest
from click.testing import CliRunner

from inkread.datasets.folder import read_rows
from tests.benchmarks.conftest import TEXTS, rows_of

Run = Callable[..., str]


def test_lines_compares_systems_and_keeps_their_texts(run: Run, lines: Path, tmp_path: Path) -> None:
    table, texts = tmp_path / "lines.csv", tmp_path / "texts.tsv"
    printed = run(
        "lines", lines, "--system", "inkread-greedy", "--limit", 2, "--csv", table, "--texts", texts
    )
    (row,) = rows_of(table)
    assert (row["set"], row["system"], row["lines"]) == ("printed", "inkread-greedy", "2")
    assert row["characters"] == str(len("".join(TEXTS[:2])))
    assert float(row["CER %"]) < 20 and float(row["s/line"]) > 0 and float(row["peak MB"]) > 50
    assert "one thread" in printed and row["CER %"] in printed
    names = [line.split("\t")[:2] for line in texts.read_text(encoding="utf-8").splitlines()]
    assert names == [["bert-0.png", TEXTS[0]], ["anna-1.png", TEXTS[1]]]


def test_lines_adds_to_a_table_that_is_there(
    run: Run, lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from systems import Run as SystemRun

    monkeypatch.setattr("lines.run_apart", lambda *_, **__: SystemRun([*TEXTS[:2], ""], 1.5, 99.6))
    for system in ("rapidocr", "tesseract"):
        run("lines", lines, "--system", system, "--csv", tmp_path / "lines.csv")
    first, second = rows_of(tmp_path / "lines.csv")
    assert (first["system"], second["system"]) == ("rapidocr", "tesseract")
    assert first["CER %"] == f"{100 * 10 / 34:.2f}" and first["s/line"] == "0.5000"


def test_errors_names_confusions_and_draws_the_worst_lines(run: Run, lines: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "images").symlink_to(lines / "images")
    rows = (lines / "index.tsv").read_text(encoding="utf-8").replace("World", "Worla")
    (wrong / "index.tsv").write_text(rows, encoding="utf-8")
    sheet = tmp_path / "worst.png"
    printed = run("errors", wrong, "--language", "none", "--sheet", sheet)
    assert "wrong: 3 lines" in printed and "a>d 1" in printed and "letters" in printed
    assert "bert" in printed and "10+ characters" in printed
    picture = cv2.imread(str(sheet))
    assert picture is not None and picture.shape[1] == 2 * 720


def test_confidence_measures_each_set_and_all_together(run: Run, lines: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.symlink_to(lines)
    table = tmp_path / "confidence.csv"
    run("confidence", lines, other, "--csv", table, "--plot", tmp_path / "reliability.png")
    rows = rows_of(table)
    assert [(row["set"], row["system"], row["lines"]) for row in rows] == [
        (name, system, count)
        for name, count in (("printed", "3"), ("other", "3"), ("all", "6"))
        for system in ("inkread", "inkread-greedy")
    ]
    assert rows[0]["from"] == rows[4]["from"] and 0 < float(rows[0]["from"]) <= 1
    assert float(rows[0]["kept %"]) > 0
    assert (tmp_path / "reliability.png").stat().st_size > 1000


def test_confidence_fits_a_bundle(
    run: Run, lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inkread.runtime.session import LineSession
    from inkread.runtime.store import packaged

    monkeypatch.setattr("confidence.NO_WRITING", 5)
    out = tmp_path / "fitted.onnx"
    run("confidence", "--fit-on", lines, "--out", out, "--csv", tmp_path / "fit.csv")
    before, after = (LineSession(path, 1).contract.calibration for path in (packaged("line"), out))
    assert after and after.keys() == before.keys() and after != before
    steps = [row["system"] for row in rows_of(tmp_path / "fit.csv")]
    assert steps == ["inkread before", "inkread", "inkread-greedy before", "inkread-greedy"]


def test_no_hand_is_measured_by_what_was_fitted_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import confidence

    hands = [f"hand {number}" for number in range(12)]
    lines = [confidence.Told(hand, {}) for hand in hands for _ in range(3)]
    fits: list[set[str]] = []

    def fit(lines: list[confidence.Told]) -> int:
        fits.append({line.hand for line in lines} - {""})
        return len(fits) - 1

    monkeypatch.setattr("confidence.fit", fit)
    fitted = confidence.CrossFit.of(lines, [confidence.Told("", {})] * 36)
    assert fits[fitted.final] == set(hands)
    others = [confidence.Told(hand, {}) for hand in ("new", *hands)]
    groups = fitted.groups(others)
    assert sorted(line.hand for group in groups for line in group.lines) == sorted(["new", *hands])
    assert [line.hand for group in groups if group.calibration == fitted.final for line in group.lines] == [
        "new"
    ]
    for group in groups:
        assert not {line.hand for line in group.lines} & fits[group.calibration] - {"new"}
        assert len(fits[group.calibration]) > 6  # all others


def test_confidence_refuses_one_hand_and_two_sets_of_one_name(run: Run, lines: Path, tmp_path: Path) -> None:
    import confidence

    with pytest.raises(click.UsageError, match="more hands"):
        confidence.CrossFit.of([confidence.Told("anna", {})], [])
    (tmp_path / lines.name).mkdir()
    result = CliRunner().invoke(confidence.main, ["--fit-on", str(lines), str(tmp_path / lines.name)])
    assert result.exit_code == 2 and "Two sets are called printed" in result.output


def test_phone_photographs_a_folder_the_same_way_each_time(run: Run, lines: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run("prepare_lines", "phone", lines, tmp_path / name) == f"{name}: 3 lines\n"
    first, again = (read_rows(tmp_path / name) for name in ("one", "two"))
    assert [row.text for row in first] == list(TEXTS)
    for row, other in zip(first, again, strict=True):
        assert row.image.read_bytes() == other.image.read_bytes()
        photo = cv2.imread(str(row.image), cv2.IMREAD_GRAYSCALE)
        assert photo is not None and 40 <= photo.shape[0] <= 120 and photo.std() > 5
