from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inkread.datasets.base import sample_rng
from inkread.datasets.unipen import UnipenDataset
from inkread.datasets.unipen_hands import Inventory
from inkread.datasets.unipen_lines import UnipenLines
from inkread.datasets.unipen_vocabulary import Style, Vocabulary, lean
from inkread.ink.compose import Piece


@pytest.fixture
def two_hands(
    tmp_path: Path, make_unipen: Callable[[Path], tuple[Path, Path]]
) -> tuple[Inventory, Path, Path]:
    """Both writers are for training; bert alone has "moon", anna alone has "noon"."""
    root, table = make_unipen(tmp_path / "source")
    table.write_text(table.read_text().replace("\ttest", "\ttrain"))
    for writer, word in (("anna", "moon"), ("bert", "noon")):
        path = root / f"data/7/abc/{writer}.dat"
        rows = [row for row in path.read_text().splitlines() if f'"{word}"' not in row]
        path.write_text("\n".join(rows) + "\n")
    inventory = Inventory(UnipenDataset(root, "train", cache=tmp_path / "cache", split_file=table))
    return inventory, tmp_path / "cache", table


def test_a_hand_writes_what_it_has_and_borrows_what_it_lacks(
    two_hands: tuple[Inventory, Path, Path],
) -> None:
    inventory, _, _ = two_hands
    vocabulary = Vocabulary(inventory)
    anna = inventory.hands["abc/anna"]
    rng = sample_rng(1, 1)
    own, lent = vocabulary.word(anna, "noon", rng), vocabulary.word(anna, "moon", rng)
    assert own is not None and own.text == "noon"
    assert "moon" not in anna.words
    assert lent is not None and lent.text == "moon"
    assert vocabulary.word(anna, "zebra", rng) is None
    assert "moon" in vocabulary and "zebra" not in vocabulary


def test_a_lent_word_takes_the_slant_and_pace_of_the_line() -> None:
    upright = Piece("l", (np.array(((0.5, -2.0), (0.5, 0.0)), np.float32),), 0.5, 0.2, True)
    leaning = lean(upright, 0.5, 2.0)
    (stroke,) = leaning.strokes
    assert np.allclose(stroke, ((1.0, -2.0), (0.0, 0.0))), "the top moved right by half a column a row"
    assert leaning.width == pytest.approx(1.0)
    assert leaning.gap == pytest.approx(0.4)


def test_styles_differ_by_slant_lifts_and_pace() -> None:
    style = Style(0.1, 0.5, 1.0)
    assert style.distance(style) == 0.0
    for other in (replace(style, slant=0.4), replace(style, lifts=1.0), replace(style, pace=1.6)):
        assert style.distance(other) > 0.25
        assert style.distance(other) == pytest.approx(other.distance(style))


def test_sentences_are_made_of_the_words_of_all_hands(two_hands: tuple[Inventory, Path, Path]) -> None:
    _, cache, table = two_hands

    class OneSentence:
        def line(self, rng: np.random.Generator, min_chars: int = 1, max_chars: int = 90) -> str:
            raise AssertionError("sentences are natural text")

        def sentence(
            self,
            rng: np.random.Generator,
            min_chars: int = 1,
            max_chars: int = 90,
            language: str | None = None,
        ) -> str:
            assert language == "en"
            return "no moon on noon lo-mo"

    settings = {"cache": cache, "split_file": table, "corpus": OneSentence()}
    lines = UnipenLines(None, proportions={"sentences": 1.0}, **settings)  # type: ignore[arg-type]
    texts = {lines.sample(index, sample_rng(1, index)).text for index in range(8)}
    # the hyphen is nowhere among these hands' characters, so another word stands for lo-mo
    assert all(text.startswith("no moon on noon"[: len(text)]) for text in texts)
    assert any(text.startswith("no moon on noon ") for text in texts)
