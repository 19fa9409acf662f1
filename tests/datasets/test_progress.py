import sys

import pytest

from inkread.datasets import progress
from inkread.datasets.progress import counted


def test_quick_work_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(counted(range(5), "things")) == [0, 1, 2, 3, 4]
    assert capfd.readouterr() == ("", "")


def test_long_work_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(float(second) for second in range(0, 1000, 5))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    told: list[str] = []
    assert sum(counted((number for number in range(10)), "train examples", told.append)) == 45
    assert told == ["train examples: 1", "train examples: 4", "train examples: 7", "train examples: 10",
                    "train examples: 10 in 55 s"]  # fmt: skip


def test_a_known_number_is_told(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    clock = iter(float(second) for second in range(0, 10000, 30))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    list(counted(range(1000, 1003), "lines"))
    assert capfd.readouterr().err.splitlines()[0] == "lines: 1 of 3"


def test_on_a_terminal_one_line_moves(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    clock = iter(float(second) for second in range(0, 10000, 30))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    list(counted(range(2), "lines"))
    assert capfd.readouterr().err == "\rlines: 1 of 2\rlines: 2 of 2\rlines: 2 in 90 s    \n"
