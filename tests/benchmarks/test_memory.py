"""The run over many pages: its table, and what counts as growth."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import memory


def samples(held: list[float]) -> list[memory.Sample]:
    return [memory.Sample(number, "", 1, 0.1, value, value) for number, value in enumerate(held, start=1)]


def test_growth_is_what_is_held_more_at_the_end_than_after_the_first_quarter() -> None:
    assert memory.growth(samples([50, 90, 90, 100, 100, 100, 100, 100])) == 5
    assert memory.growth(samples([100 + number for number in range(40)])) == 20
    assert memory.growth(samples([1, 2, 3])) == 0


def test_pages_are_read_in_turn_and_each_is_written_down(tmp_path: Path) -> None:
    for name in ("a.png", "b.JPG", "notes.txt"):
        (tmp_path / name).touch()
    images = memory.found([tmp_path])
    seen: list[str] = []

    def read(image: Path) -> SimpleNamespace:
        seen.append(image.name)
        return SimpleNamespace(lines=[1, 2])

    table = tmp_path / "memory.csv"
    run = memory.run(SimpleNamespace(read=read), images, 5, table)
    assert seen == ["a.png", "b.JPG", "a.png", "b.JPG", "a.png"]
    rows = list(csv.DictReader(table.open()))
    assert [row["page"] for row in rows] == list("12345") and rows[4]["lines"] == "2"
    assert 0 < run[-1].held < run[-1].peak + 5
