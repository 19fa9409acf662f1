from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.datasets import unipen_hands
from inkread.datasets.base import sample_rng
from inkread.datasets.line_texts import mark_up, plain_line
from inkread.datasets.unipen_hands import Inventory
from inkread.datasets.unipen_lines import UnipenLines
from inkread.datasets.unipen_writers import natural
from inkread.errors import ConfigError
from inkread.ink.compose import Piece


@pytest.fixture(scope="module")
def lines(words_and_texts: UnipenLines) -> UnipenLines:
    return words_and_texts


def test_a_sample_is_a_function_of_seed_and_index(lines: UnipenLines) -> None:
    for index in range(6):
        one = lines.sample(index, sample_rng(7, index))
        two = lines.sample(index, sample_rng(7, index))
        assert one.text == two.text and one.key == two.key
        assert np.array_equal(one.image, two.image)


def test_samples_differ_and_keep_to_the_alphabet(lines: UnipenLines) -> None:
    samples = [lines.sample(index, sample_rng(1, index)) for index in range(25)]
    assert len({sample.text for sample in samples}) > 12
    for sample in samples:
        assert sample.image.dtype == np.uint8 and sample.image.ndim == 2
        assert sample.text == sample.text.strip() and not READER_ALPHABET.missing(sample.text)
        assert sample.key.endswith("/abc/anna"), "training lines hold training writers only"


def test_the_ink_lies_inside_and_stands_on_the_baseline(lines: UnipenLines) -> None:
    for index in range(10):
        line, _, _ = lines.compose(sample_rng(3, index))
        x0, y0, x1, y1 = line.box
        rows, columns = line.coverage.shape
        assert 0 < x0 < x1 < columns and 0 < y0 < y1 < rows
        assert line.x_height * 0.5 < line.baseline - y0 < line.x_height * 3.0
        assert abs(y1 - line.baseline) < line.x_height


def test_manners_vary_all_lines_or_none(
    tmp_path: Path, make_unipen: Callable[[Path], tuple[Path, Path]]
) -> None:
    root, table = make_unipen(tmp_path / "source")
    plain, none, all_of_them = (
        UnipenLines(root, cache=tmp_path / "cache", split_file=table, proportions={"words": 1.0}, **settings)
        for settings in ({}, {"manners": 0.0}, {"manners": 1.0})
    )
    images = [
        [source.sample(index, sample_rng(4, index)).image for index in range(5)] for source in (plain, none)
    ]
    assert all(np.array_equal(one, two) for one, two in zip(*images, strict=True))
    key = all_of_them.sample(0, sample_rng(4, 0)).key
    assert key.startswith("unipen_lines/words/")
    varied = [all_of_them.sample(index, sample_rng(4, index)).image for index in range(5)]
    assert not any(np.array_equal(one, two) for one, two in zip(images[0], varied, strict=True))


@pytest.mark.parametrize(("share", "sizes"), [("capitals", {1.0}), ("small_capitals", {0.66, 0.85})])
def test_lines_in_capitals_of_one_size_and_of_two(
    tmp_path: Path,
    make_unipen: Callable[[Path], tuple[Path, Path]],
    monkeypatch: pytest.MonkeyPatch,
    share: str,
    sizes: set[float],
) -> None:
    class Say:
        def line(self, rng: np.random.Generator, min_chars: int = 1, max_chars: int = 90) -> str:
            return "No Moon"

        sentence = line

    def character(self: Inventory, hand: object, text: str, rng: np.random.Generator) -> Piece:
        drawn.append(text)
        return Piece(text, (np.array([[0, 0], [0.8, -1]], np.float32),), 0.8, 0.0, joined=False)

    drawn: list[str] = []
    root, table = make_unipen(tmp_path / "source")
    shares = {"capitals": 0.0, "small_capitals": 0.0, share: 1.0}
    monkeypatch.setattr(unipen_hands, "_SIZES", {**unipen_hands._SIZES, "letters": lambda hand: 1})
    source = UnipenLines(
        root, cache=tmp_path / "c", split_file=table, proportions={"letters": 1.0}, corpus=Say(), **shares
    )
    monkeypatch.setattr(Inventory, "character", character)
    monkeypatch.setattr(Inventory, "word", lambda *_: None)
    hand = source._inventory.choose("letters", np.random.default_rng(1))
    words = source._tokens("letters", hand, hand, 7, np.random.default_rng(2))
    pieces = [piece for word in words for piece in word]
    small = [piece.width / 0.8 for piece in pieces if piece.text.islower()]
    assert "".join(drawn) == "NOMOON"
    assert "".join(piece.text for piece in pieces) == ("NOMOON" if share == "capitals" else "NoMoon")
    assert all(min(sizes) <= size <= max(sizes) for size in small)
    assert all(piece.width == 0.8 for piece in pieces if piece.text.isupper())


def test_an_unknown_kind_is_refused(tmp_path: Path, make_unipen: Callable[[Path], tuple[Path, Path]]) -> None:
    root, table = make_unipen(tmp_path / "source")
    with pytest.raises(ConfigError, match="poems"):
        UnipenLines(root, cache=tmp_path / "cache", split_file=table, proportions={"poems": 1.0})


def test_spaced_labels_are_given_the_spacing_of_the_hand() -> None:
    assert natural("Hyun Y . Ix") == "Hyun Y. Ix"
    assert natural("It wasn ' t") == "It wasn't"
    assert natural('a " dog " barks !') == 'a "dog" barks!'
    assert natural("( 510 ) 874 - 3861") == "(510) 874-3861"


def test_marks_come_once_per_word_and_stock_lines_keep_their_length() -> None:
    rng = sample_rng(0, 0)
    assert len(mark_up(["no", "mono", "on"], rng)) == 3
    for length in (5, 20, 60):
        assert 0 < len(plain_line(rng, 1, length)) <= length
