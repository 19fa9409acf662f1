"""``inkread evaluate`` as a user types it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from inkread.cli import main
from inkread.reader import Reader
from tests.pictures import LINES, line_picture, page_picture


@pytest.fixture
def run(reader: Reader, monkeypatch: pytest.MonkeyPatch):
    """Run the command with the shared reader."""
    monkeypatch.setattr("inkread.reader.Reader", lambda *_: reader)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["evaluate", *arguments], catch_exceptions=False)

    return invoke


def lines_folder(folder: Path) -> str:
    texts = {"a.png": "Hello World", "b.png": "Hello Mary"}
    for name, text in texts.items():
        line_picture(text).save(folder / name)
    rows = [f"{name}\t{text}" for name, text in texts.items()]
    (folder / "index.tsv").write_text("\n".join([*rows, "gone.png\tnever seen"]))
    return str(folder)


def test_lines_json(run, tmp_path: Path) -> None:
    record = json.loads(run("lines", "--json", lines_folder(tmp_path)).stdout)
    assert {"cer", "wer", "cer_greedy", "lines", "characters", "seconds"} <= set(record)
    assert record["lines"] == 3 and record["characters"] == 31 and record["words"] == 6
    assert record["cer"] == record["cer_greedy"] == pytest.approx(10 / 31)
    assert record["wer"] == pytest.approx(2 / 6) and record["seconds"] > 0
    assert [failed["name"] for failed in record["failed"]] == ["gone.png"]


def test_lines_table(run, tmp_path: Path) -> None:
    result = run("lines", "--worst", "1", lines_folder(tmp_path))
    assert "3 lines, 31 characters, 6 words" in result.stdout and "lines a second" in result.stdout
    assert "gone.png: There is no such file" in result.stderr
    assert "text: never seen" in result.stdout
    assert "2 lines" in run("lines", "--limit", "2", str(tmp_path)).stdout


def test_pages_beside_text(run, tmp_path: Path) -> None:
    page_picture().save(tmp_path / "letter.jpg", quality=95)
    (tmp_path / "letter.txt").write_text("\n".join(LINES))
    record = json.loads(run("pages", "--json", str(tmp_path)).stdout)
    assert {"cer", "wer", "pages", "lines_true", "lines_found", "seconds"} <= set(record)
    assert record["pages"] == 1 and record["cer"] < 0.1 and record["lines_true"] == 0


def test_folders_without_truth(run, tmp_path: Path) -> None:
    for verb in ("lines", "pages"):
        result = run(verb, str(tmp_path))
        assert result.exit_code == 2 and result.stderr.count("\n") == 1 and "inkread: " in result.stderr
        assert run(verb, str(tmp_path / "nowhere")).exit_code == 2


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_names_that_are_no_text(run, tmp_path: Path, flags: list[str]) -> None:
    name = os.fsdecode(b"c\xff")
    page_picture().save(tmp_path / f"{name}.jpg", quality=95)
    (tmp_path / f"{name}.txt").write_text("something else")
    result = run("pages", *flags, str(tmp_path))
    assert result.exit_code == 0 and "c\ufffd" in result.stdout
