"""The model card's table says what is in the package."""

from __future__ import annotations

import re

import pytest

from inkread.runtime.store import WEIGHTS

ROWS = re.findall(
    r"^\| `([\w.]+)` \|.*?\| ([\d.]+) MB", (WEIGHTS / "MODEL_CARD.md").read_text(), re.MULTILINE
)


def test_every_file_has_a_row() -> None:
    shipped = {path.name for path in WEIGHTS.iterdir() if path.suffix in (".onnx", ".ngrams")}
    assert {name for name, _ in ROWS} == shipped


@pytest.mark.parametrize(("name", "megabytes"), ROWS)
def test_sizes_are_those_of_the_files(name: str, megabytes: str) -> None:
    assert float(megabytes) == round((WEIGHTS / name).stat().st_size / 1e6, 1)
