"""Progress: nothing for one file, plain lines in a pipe, a bar on a terminal."""

from __future__ import annotations

import sys

import pytest

from inkread.cli.progress import progress


def test_one_file_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(1, alone=True) as step:
        step("a.png")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("alone", [True, False])
def test_plain_lines_in_a_pipe(alone: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with progress(2, alone=alone) as step:
        step("a.png")
        step("b.png")
    assert capsys.readouterr() == ("", "[1/2] a.png\n[2/2] b.png\n")


def test_a_bar_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress(2, alone=True) as step:
        step("a[1].png")
        step("b.png")
    out, err = capsys.readouterr()
    assert out == "" and "2/2" in err and "b.png" in err and "[1/2]" not in err
