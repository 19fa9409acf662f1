"""What lines say and what the language model reads share nothing, and nothing is lost."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "training" / "part_text.py"))


@pytest.mark.parametrize(
    "text", ["", "one line", "a\nb\nc\nd\ne\nf\n", "short\n" + "x" * 50 + "\nlast\n" * 9]
)
def test_the_four_parts_of_a_text_make_the_whole(text: str) -> None:
    pieces = [SCRIPT["parted"](text, part) for part in range(4)]
    assert "".join(held for _, held in pieces) == text
    assert all(len(kept) + len(held) == len(text) for kept, held in pieces)
    assert all(held == "" or held.endswith("\n") or text.endswith(held) for _, held in pieces)


def test_collections_of_many_files_are_parted_by_files(tmp_path: Path) -> None:
    for name, count in (("novels", 6), ("fr_one", 1)):
        (tmp_path / "text" / name).mkdir(parents=True)
        for number in range(count):
            lines = (f"{name} {number} {line}\n" for line in range(40))
            (tmp_path / "text" / name / f"{number}.txt").write_text("".join(lines), encoding="utf-8")
    arguments = ["--text", str(tmp_path / "text"), "--out", str(tmp_path / "out"), "--part", "1"]
    result = CliRunner().invoke(SCRIPT["main"], arguments, catch_exceptions=False)
    assert result.output == "fr_one: 1 files\nnovels: 6 files\n"

    def lines(part: str) -> set[str]:
        files = (tmp_path / "out" / part).rglob("*.txt")
        return {line for file in files for line in file.read_text(encoding="utf-8").splitlines()}

    model, held = lines("model"), lines("lines")
    assert not model & held and len(model | held) == 7 * 40
    assert {line.split()[1] for line in held if line.startswith("novels")} == {"1", "5"}
    assert 5 <= sum(line.startswith("fr_one") for line in held) <= 15
