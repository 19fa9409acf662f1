"""The small recogniser that comes along: asked for by name, within its size, calibrated, and it reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from inkread import Reader
from inkread.cli import main
from inkread.errors import BundleError
from inkread.metrics import character_errors
from inkread.runtime.session import LineSession
from inkread.runtime.store import packaged
from tests.pictures import LINES, line_array, line_picture


def test_it_is_small_calibrated_and_of_the_alphabet_of_base() -> None:
    path = packaged("small")
    assert path.stat().st_size <= 3_000_000
    contract, base = (LineSession(packaged(name), threads=1).contract for name in ("small", "base"))
    assert contract.name == "inkread-small" and contract.alphabet == base.alphabet
    assert contract.calibration and contract.calibration != base.calibration


def test_a_reader_takes_it_by_name_and_reads_with_it() -> None:
    reader = Reader("small", threads=1, language="none")
    assert reader.model.name == "inkread-small"
    assert Reader("base", threads=1).model.name == Reader(threads=1).model.name == "inkread-base"
    lines = reader.read_lines([line_array(text) for text in LINES])
    errors = [character_errors(text, line.text).errors for text, line in zip(LINES, lines, strict=True)]
    assert sum(errors) <= 4, [line.text for line in lines]


def test_a_file_of_that_name_is_meant_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small").write_bytes(packaged("base").read_bytes())
    assert Reader("small", threads=1).model.name == "inkread-small"
    for own in ("./small", Path("small")):
        assert Reader(own, threads=1).model.name == "inkread-base"
    Path("small").unlink()
    with pytest.raises(BundleError, match=r"no model file \./small"):
        Reader("./small")


def test_the_command_reads_with_it_and_lists_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    line_picture(LINES[0]).save("line.png")
    words = ["read", "--lines", "--language", "none", "--threads", "1", "-f", "json", "line.png"]
    done = CliRunner().invoke(main, [*words, "--model", "small"])
    assert done.exit_code == 0 and '"inkread-small"' in done.stdout
    missing = CliRunner().invoke(main, [*words, "--model", "./small"])
    assert missing.exit_code != 0 and "./small" in str(missing.stderr) + str(missing.exception)
    records = json.loads(CliRunner().invoke(main, ["models", "--json"]).stdout)
    lines = {record["name"]: record["file"] for record in records if record["kind"] == "line"}
    assert lines == {"inkread-base": "lines.onnx", "inkread-small": "lines_small.onnx"}
