"""``docs/original-readme.md`` names nothing that is not here."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "original-readme.md").read_text(encoding="utf-8")
FOLDERS = (
    "src/",
    "tests/",
    "training/",
    "tasks/",
    "evaluation/",
    "docker/",
    "samples/",
    "api/",
    "docs/",
    ".ci",
)
ROWS = [line.split("|")[2:-1] for line in TEXT.splitlines() if line.startswith("| ") and "| here" not in line]
HERE = [word for row in ROWS for cell in row for word in re.findall(r"`([^`]+)`", cell)]


def test_every_path_on_the_right_is_here() -> None:
    paths = {part.rstrip(",:") for word in HERE for part in word.split() if part.startswith(FOLDERS)}
    missing = sorted(path for path in paths if not (ROOT / path).exists())
    assert len(paths) > 20 and not missing


def test_every_verb_and_name_is_there() -> None:
    from inkread.cli import main
    from inkread.datasets.names import DATASETS

    verbs = {word.split()[1] for word in HERE if word.startswith("inkread ")}
    assert verbs >= {"data", "experiment", "read", "sweep"} and verbs <= set(main.list_commands(None))
    assert {word for word in HERE if re.fullmatch(r"\w+Dataset", word)} <= set(DATASETS)


def test_every_dotted_name_is_there() -> None:
    pytest.importorskip("torch")
    dotted = [word for word in HERE if re.fullmatch(r"inkread(\.\w+)+", word)]
    assert len(dotted) > 5
    for name in dotted:
        assert _has(name), name


def _has(name: str) -> bool:
    """Tell whether a module, or something in one, has this name."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:count]))
        except ImportError:
            continue
        for part in parts[count:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False
