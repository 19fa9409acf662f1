"""Tiny sets of lines, and what runs a script of benchmarks as its command line does."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from importlib import import_module, util
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.pictures import line_picture

HANDS = ("bert", "anna")
TEXTS = ("Hello World", "thank you for", "the letter")


@pytest.fixture(scope="session")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three lines by two hands."""
    folder = tmp_path_factory.mktemp("sets") / "printed"
    (folder / "images").mkdir(parents=True)
    rows = []
    for number, text in enumerate(TEXTS):
        name = f"{HANDS[number % 2]}-{number}"
        line_picture(text).save(folder / "images" / f"{name}.png")
        rows.append(f"images/{name}.png\t{text}\n")
    (folder / "index.tsv").write_text("".join(rows), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def own_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take ``lines`` for the script, whatever folder of that name other tests stood beside."""
    path = Path(__file__).parents[2] / "benchmarks" / "lines.py"
    spec = util.spec_from_file_location("lines", path)
    assert spec is not None and spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "lines", module)


@pytest.fixture
def run() -> Callable[..., str]:
    """Return what runs a script with arguments and returns what it printed."""

    def command(script: str, *arguments: object) -> str:
        result = CliRunner().invoke(
            import_module(script).main, [str(argument) for argument in arguments], catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        return result.stdout

    return command


def rows_of(table: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by its header."""
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
