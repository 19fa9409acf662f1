"""The scripts that draw what they measure on, from their arguments to their tables."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkread.datasets import unipen_hands
from inkread.datasets.folder import read_rows
from inkread.ink.compose import Piece
from tests.benchmarks.conftest import rows_of
from tests.datasets.conftest import write_unipen

Run = Callable[..., str]


def test_nothing_counts_what_is_read_with_confidence(run: Run, tmp_path: Path) -> None:
    table, sheet = tmp_path / "nothing.csv", tmp_path / "nothing.png"
    run("nothing", "--count", 9, "--system", "inkread-greedy", "--csv", table, "--sheet", sheet)
    rows = rows_of(table)
    assert sum(int(row["crops"]) for row in rows[:-1]) == int(rows[-1]["crops"]) == 9
    assert rows[-1]["kind"] == "all" and len(rows) > 6
    assert sum(int(row["over 0.5"]) for row in rows[:-1]) == int(rows[-1]["over 0.5"]) <= 2
    assert cv2.imread(str(sheet)) is not None


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with UNIPEN's files of a hand for validation (``unipen``) and a text to write."""
    folder = tmp_path_factory.mktemp("hands")
    _, table = write_unipen(folder / "unipen")
    table.write_text(table.read_text().replace("test", "validation"))
    for language in ("en", "fr", "de"):
        (folder / "text" / f"novels_{language}").mkdir(parents=True)
        novel = folder / "text" / f"novels_{language}" / "a.txt"
        novel.write_text("no mono on a noon moon, he said. " * 60)
    return folder


def test_lines_of_held_out_hands_are_set_and_their_boxes_measured(
    run: Run, hands: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(unipen_hands._SIZES, "letters", lambda hand: len(hand.characters))
    split, cache = hands / "unipen" / "split.tsv", tmp_path / "cache"
    common = ("--cache", cache, "--split-file", split)
    text = ("--root", hands / "unipen", "--text", hands / "text", "--count", 4)
    run("prepare_lines", "unipen", tmp_path / "set", *common, *text)
    rows = read_rows(tmp_path / "set")
    assert len(rows) == 4 and {row.writer for row in rows} == {"abc/bert"}
    assert all(row.text and cv2.imread(str(row.image)) is not None for row in rows)

    table = tmp_path / "boxes.csv"
    run("boxes", *common, "--lines", 2, "--csv", table)
    words, characters = rows_of(table)
    assert (words["kind"], characters["kind"], words["lines"]) == ("words", "characters", "2")
    for row in (words, characters):
        assert 0 < int(row["placed"]) <= int(row["pieces"])
        assert 0.2 < float(row["mean IoU"]) <= 1.0 and float(row["lost as 0"]) <= float(row["mean IoU"])


def test_texts_to_be_set_end_with_a_word() -> None:
    texts = import_module("prepare_lines").Said(["L'ÉTÉ", "one " * 40, "x" * 99, " " + "y" * 60])
    rng = np.random.default_rng(1)
    assert {texts.line(rng) for _ in range(50)} == {"L'ÉTÉ", ("one " * 11)[:-1]}


def test_sets_of_capitals_want_lines_that_can_be_set_so(run: Run, hands: Path, tmp_path: Path) -> None:
    (tmp_path / "lines").mkdir()
    cv2.imwrite(str(tmp_path / "lines" / "a.png"), np.full((20, 40), 255, np.uint8))
    (tmp_path / "lines" / "index.tsv").write_text("a.png\tONE WORD OR TWO\n")
    common = ("--cache", tmp_path / "c", "--split-file", hands / "unipen" / "split.tsv")
    with pytest.raises(AssertionError, match="can be set so"):
        run("prepare_lines", "small-capitals", tmp_path / "lines", tmp_path / "out", *common)
    assert not (tmp_path / "out").exists()


def test_small_capitals_stand_for_the_small_letters_of_lines(
    run: Run, hands: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def character(self: object, hand: object, text: str, rng: np.random.Generator) -> Piece:
        stroke = np.array([[0.1, 0.0], [0.4, -1.4], [0.7, 0.0]], np.float32)
        return Piece(text, (stroke,), 0.8, 0.0, joined=False)

    monkeypatch.setattr(unipen_hands.Inventory, "character", character)
    monkeypatch.setitem(unipen_hands._SIZES, "letters", lambda hand: 1)
    (tmp_path / "lines").mkdir()
    cv2.imwrite(str(tmp_path / "lines" / "a.png"), np.full((20, 40), 255, np.uint8))
    (tmp_path / "lines" / "index.tsv").write_text("a.png\tNoon on the Moon\n")
    common = (
        "--root",
        hands / "unipen",
        "--cache",
        tmp_path / "c",
        "--split-file",
        hands / "unipen" / "split.tsv",
    )
    run("prepare_lines", "small-capitals", tmp_path / "lines", tmp_path / "out", *common, "--count", 3)
    rows = read_rows(tmp_path / "out")
    assert [row.text for row in rows] == ["Noon on the Moon"] * 3
