"""The group: verbs that are imported when called, faults that are one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import inkread
from inkread.cli import _VERBS, LazyGroup, main


def test_version() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.stdout == f"inkread, version {inkread.__version__}\n"


def test_help_lists_the_verbs_without_importing_any() -> None:
    code = (
        "import sys\nfrom inkread.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'cv2', 'onnxruntime', 'torch', 'PIL'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert all(verb in done.stdout for verb in _VERBS)


@pytest.mark.parametrize("verb", list(_VERBS))
def test_every_verb_is_a_command_with_help(verb: str) -> None:
    command = main.get_command(click.Context(main), verb)
    assert command is not None and command.name == verb and command.help


def test_the_commands_know_the_readers_languages() -> None:
    from inkread import recogniser
    from inkread.cli import read

    assert read.LANGUAGES == recogniser.LANGUAGES


def test_an_unknown_verb() -> None:
    result = CliRunner().invoke(main, ["write"])
    assert result.exit_code == 2 and "write" in result.stderr


def test_a_path_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    @click.command("fails")
    def fails() -> None:
        (tmp_path / "file" / "below").mkdir()

    (tmp_path / "file").touch()
    group = LazyGroup("group")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LazyGroup, "get_command", lambda *_: fails)
        result = CliRunner().invoke(group, ["fails"])
    assert result.exit_code == 2
    assert result.stderr == (
        f"inkread: {tmp_path / 'file' / 'below'}: Not a directory; check the path and its permissions.\n"
    )


def test_models_are_listed() -> None:
    records = json.loads(CliRunner().invoke(main, ["models", "--json"]).stdout)
    kinds = {record["kind"]: record for record in reversed(records)}
    assert set(kinds) == {"line", "layout", "character", "language", "sentences"}
    assert len(records) == 6
    assert kinds["line"]["bytes"] <= 14_000_000 and kinds["layout"]["bytes"] <= 6_000_000
    table = CliRunner().invoke(main, ["models"]).stdout
    assert len(table.splitlines()) == len(records)
    assert kinds["line"]["name"] in table and kinds["line"]["version"] in table
