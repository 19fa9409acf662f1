from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from inkread.datasets.base import sample_rng
from inkread.datasets.dataset import Dataset, Example, Split, Task
from inkread.datasets.emnist import EmnistDataset
from inkread.datasets.emnist_lines import EmnistLinesDataset
from inkread.datasets.unipen_characters import UnipenCharactersDataset
from inkread.errors import ConfigError, DataError

_LETTERS = "abcdefghijklmnopqrstuvwxyzT,"
_SPLITS: tuple[Split, ...] = ("train", "validation", "test")


class Marks(Dataset):
    """Letters whose pixels say which example they are: one grey for each, on a bar of the full height."""

    task: ClassVar[Task] = "characters"
    folder: ClassVar[str] = "marks"
    of_each = 6
    writers: tuple[str, ...] = ("anna", "bert")
    empty: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(_LETTERS)

    @property
    def input_shape(self) -> tuple[int, int]:
        return (28, 28)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (len(_LETTERS),)

    def arguments(self) -> Mapping[str, Any]:
        return {"of_each": self.of_each, "writers": self.writers, "empty": self.empty}

    def make(self) -> Mapping[Split, Iterator[Example]]:
        return {split: self._split(split) for split in _SPLITS if split not in self.empty}

    def _split(self, split: Split) -> Iterator[Example]:
        for number in range(len(_LETTERS) * self.of_each):
            image = np.full((28, 28), 255, np.uint8)
            image[:, 4:24] = _SPLITS.index(split) * 60 + number % 50
            writer = self.writers[number // len(_LETTERS) % len(self.writers)]
            yield Example(image, number % len(_LETTERS), f"{split}-{writer}" if writer else "")


class Single(Marks):
    """One example of each letter, of no known writer."""

    of_each = 1
    writers = ("",)


class Incomplete(Marks):
    """No examples to validate with."""

    empty = ("validation",)


def _lines(data: Path, characters: type[Marks] = Marks, **settings: Any) -> EmnistLinesDataset:
    sizes = {"num_train": 30, "num_test": 10, "num_validation": 5}
    return EmnistLinesDataset(data=data, characters=characters(data=data), **{**sizes, **settings})


def test_as_many_lines_as_asked_none_too_long(tmp_path: Path) -> None:
    lines = _lines(tmp_path, max_length=12)
    assert [len(lines.split(split)) for split in _SPLITS] == [30, 5, 10]
    height, width = lines.input_shape
    assert (height, width, lines.output_shape) == (28, 352, (12, len(_LETTERS) + 1))
    for split in _SPLITS:
        for example in lines.split(split):
            assert isinstance(example.target, str) and 1 <= len(example.target) <= 12
            assert set(example.target) <= set(lines.classes) and example.target == example.target.strip()
            assert example.image.shape[0] == 28 and example.image.shape[1] <= 12 * 28 <= width


def test_the_originals_arguments_and_shape() -> None:
    lines = EmnistLinesDataset(max_length=34, min_overlap=0, max_overlap=0.33, num_train=10, num_test=1)
    assert isinstance(lines.characters, EmnistDataset)
    assert lines.input_shape == (28, 960) and lines.output_shape == (34, 63)
    assert lines.classes[:3] == ("0", "1", "2") and lines.classes[-1] == " "


def test_each_letter_gets_a_glyph_of_its_own(tmp_path: Path) -> None:
    lines = _lines(tmp_path, min_overlap=0.0, max_overlap=0.0, one_writer=False)
    for seed in range(20):
        line = lines.draw("noon on", "train", sample_rng(1, seed))
        middles = line[14, 14::28].tolist()
        greys = [middles[n] for n in (1, 2, 5)]
        assert len(set(greys)) == 3, "three o, three glyphs"
        assert middles[4] == 255


def test_where_glyphs_run_out_they_are_used_again(tmp_path: Path) -> None:
    assert _lines(tmp_path, Single).draw("aaaa", "test", sample_rng(1, 1)).shape[0] == 28


def test_overlapping_glyphs_keep_the_darker_pixel(tmp_path: Path) -> None:
    lines = _lines(tmp_path, Single, min_overlap=0.5, max_overlap=0.5)
    line = lines.draw("ab", "train", sample_rng(1, 1))
    a, b = (lines.characters.split("train")[n].image for n in (0, 1))
    wanted = np.full((28, 42), 255, np.uint8)
    wanted[:, :28] = a
    wanted[:, 14:] = np.minimum(wanted[:, 14:], b)
    assert np.array_equal(line, wanted) and line[14, 16] == 0 and line[14, 30] == 1


def test_training_lines_are_of_training_glyphs_and_so_on(tmp_path: Path) -> None:
    lines = _lines(tmp_path)
    for number, split in enumerate(_SPLITS):
        for example in lines.split(split):
            ink = example.image[example.image < 255]
            assert 60 * number <= ink.min() and ink.max() < 60 * number + 50
            assert example.writer in (f"{split}-anna", f"{split}-bert")


def test_a_line_is_of_one_writer_where_writers_are_known(tmp_path: Path) -> None:
    lines = _lines(tmp_path, min_overlap=0.0, max_overlap=0.0)
    rows = np.asarray(lines.characters.load().split("train").writers)
    found = set()
    for seed in range(30):
        line = lines.draw("the, man", "train", sample_rng(3, seed))
        greys = set(line[14, 14::28].tolist()) - {255}
        writers = {
            writer
            for writer in ("train-anna", "train-bert")
            if greys <= {number % 50 for number in np.flatnonzero(rows == writer)}
        }
        assert writers
        found |= writers
    assert len(found) == 2
    assert {example.writer for example in _lines(tmp_path, Single).split("train")} == {""}
    assert {example.writer for example in _lines(tmp_path, one_writer=False).split("train")} == {""}


def test_lines_are_the_same_for_a_seed_and_others_for_another(tmp_path: Path) -> None:
    def made(**settings: Any) -> list[tuple[str, bytes]]:
        return [
            (str(line.target), line.image.tobytes()) for line in _lines(tmp_path, **settings).make()["train"]
        ]

    assert made() == made() and made() != made(seed=2)
    assert made(num_train=5) == made()[:5]
    assert _lines(tmp_path).processed != _lines(tmp_path, seed=2).processed
    assert _lines(tmp_path).processed != _lines(tmp_path, Single).processed


def test_texts_come_from_the_corpus_in_characters_that_have_glyphs(tmp_path: Path) -> None:
    before = _lines(tmp_path).processed
    (tmp_path / "raw" / "text" / "files" / "ewt").mkdir(parents=True)
    (tmp_path / "raw" / "text" / "files" / "ewt" / "a.txt").write_text("Thé WHALE; a 3-mast whale. " * 200)
    lines = _lines(tmp_path, max_length=20)
    assert _lines(tmp_path).processed != before
    texts = [str(text) for text in lines.split("train").targets]
    words = {word.strip(",") for text in texts for word in text.split()}
    assert words and words <= {"The", "whale", "a", "mast", "ma", "wha", "whal", "wh"}


def test_characters_may_be_named_with_arguments(tmp_path: Path) -> None:
    lines = EmnistLinesDataset(data=tmp_path, characters="UnipenCharactersDataset")
    assert isinstance(lines.characters, UnipenCharactersDataset)
    assert lines.characters.data == tmp_path and lines.characters.scale == "x_height"
    other = EmnistLinesDataset(characters="UnipenCharactersDataset", characters_args={"scale": "fill"})
    assert isinstance(other.characters, UnipenCharactersDataset) and other.characters.scale == "fill"


def test_on_unipen_letters_stand_on_the_line() -> None:
    rise = UnipenCharactersDataset(scale="x_height").rise
    assert rise(".") <= rise("g") <= rise("x") < rise("d") < rise("'")
    assert UnipenCharactersDataset().rise("'") == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_overlap": 0.5, "max_overlap": 0.3}, "min_overlap the smaller"),
        ({"max_overlap": 1.0}, "0 to 0.9"),
        ({"max_length": 0}, "max_length is 1 or more"),
        ({"num_test": -1}, "0 or more"),
        ({"characters": "EmnistLinesDataset"}, "no data set of characters"),
        ({"characters": "EmnistDatset"}, "EmnistDataset"),
        ({"characters_args": {"versoin": "digits"}}, "version"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        EmnistLinesDataset(**settings)


def test_missing_glyphs_are_plain_errors(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no validation examples"):
        _lines(tmp_path, Incomplete).load()
    assert len(_lines(tmp_path, Incomplete, num_validation=0).split("validation")) == 0
    with pytest.raises(DataError, match="no glyph of 'é'"):
        _lines(tmp_path).draw("é", "test", sample_rng(1, 1))
    with pytest.raises(DataError, match="inkread data fetch emnist"):
        EmnistLinesDataset(data=tmp_path).load()


def test_lines_of_a_share_of_the_characters_are_kept_apart(tmp_path: Path) -> None:
    def lines(**settings: Any) -> EmnistLinesDataset:
        return EmnistLinesDataset(data=tmp_path, characters=Marks(data=tmp_path, **settings), num_train=5)

    whole, shares = lines(), [lines(subsample_fraction=share) for share in (0.5, 0.2)]
    assert not any("share" in key for key in whole.arguments())
    other = lines(subsample_fraction=0.5, seed=2)
    assert len({found.processed for found in (whole, *shares, other)}) == 4
