"""Lines set from single characters: natural text, a fresh glyph for each letter, one writer a line.

The glyphs are EMNIST's or of any data set of characters; those of its training split make the
training lines, those of its validation and test splits the others. Glyphs overlap a little and the
darker pixel stays, as ink does. A line is never longer than ``max_length`` characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from inkread.datasets.base import sample_rng
from inkread.datasets.dataset import SPLITS, Dataset, Example, Examples, Split, Task
from inkread.datasets.line_texts import plain_line
from inkread.datasets.names import find_dataset, make_dataset
from inkread.errors import ConfigError, DataError
from inkread.ink.corpus import Corpus

Numbers = npt.NDArray[np.int64]

_TRIES = 20
_DRAWS = 3
_MULTIPLE = 32


class EmnistLinesDataset(Dataset):
    """Lines of text set from the glyphs of a data set of characters.

    Texts are English out of ``data/raw/text/files``, or a few stock sentences where that folder is
    missing; characters that have no glyph are written as their other case, or left out. All splits
    draw from one corpus, so a short sentence may be in two of them (16 of 1,000 validation texts and
    19 of 1,000 test texts are in train too); their glyphs never are.

    Args:
        max_length: characters of the longest line, 1 or more.
        min_overlap, max_overlap: share of a glyph's width by which it lies over the one before;
            drawn anew for each line, 0 to 0.9.
        num_train, num_test: lines of the training and of the test split.
        num_validation: lines of the validation split; None is as many as ``num_test``.
        characters: the glyphs: a data set of characters, or the name of one ("EmnistDataset",
            "UnipenCharactersDataset", or "package.module.Class").
        characters_args: arguments of the data set that ``characters`` names.
        one_writer: take a line's glyphs from one writer as far as he wrote them, where the
            characters' writers are known; False takes each from anyone.
        **settings: as ``Dataset`` takes them.

    Raises:
        ConfigError: a setting out of its range, or no data set of characters.
    """

    task: ClassVar[Task] = "lines"
    folder: ClassVar[str] = "emnist_lines"

    def __init__(
        self,
        *,
        max_length: int = 34,
        min_overlap: float = 0.0,
        max_overlap: float = 0.33,
        num_train: int = 10000,
        num_test: int = 1000,
        num_validation: int | None = None,
        characters: str | Dataset = "EmnistDataset",
        characters_args: Mapping[str, Any] | None = None,
        one_writer: bool = True,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        if not 0.0 <= min_overlap <= max_overlap <= 0.9:
            raise ConfigError(
                f"Overlaps are 0 to 0.9 and min_overlap the smaller, not {min_overlap} and {max_overlap};"
                " correct them."
            )
        num_validation = num_test if num_validation is None else num_validation
        if max_length < 1 or min(num_train, num_test, num_validation) < 0:
            raise ConfigError("max_length is 1 or more and the numbers of lines 0 or more; correct them.")
        self.max_length = max_length
        self.overlap = (float(min_overlap), float(max_overlap))
        self.sizes: dict[Split, int] = {
            "train": num_train, "validation": num_validation, "test": num_test,
        }  # fmt: skip
        self.one_writer = one_writer
        self.characters = self._open(characters, characters_args)
        self._cases: dict[Split, _Case] = {}

    def _open(self, characters: str | Dataset, arguments: Mapping[str, Any] | None) -> Dataset:
        if isinstance(characters, str):
            usual = getattr(find_dataset(characters), "for_lines", {})
            characters = make_dataset(characters, {"data": self.data, **usual, **(arguments or {})})
        elif arguments:
            raise ConfigError("characters_args go with the name of a data set; leave them out.")
        if characters.task != "characters":
            raise ConfigError(f"{type(characters).__name__} is no data set of characters; name one that is.")
        return characters

    @property
    def drawn(self) -> tuple[str, ...]:
        """The characters that have glyphs, by class number."""
        return tuple(getattr(self.characters, "drawn", self.characters.classes))

    @property
    def classes(self) -> tuple[str, ...]:
        """The characters that texts may hold: those that have glyphs, and the blank between words."""
        return tuple(dict.fromkeys((*self.drawn, " ")))

    @property
    def input_shape(self) -> tuple[int, int]:
        """Height of a glyph, and ``max_length`` glyphs side by side, rounded up to a multiple of 32."""
        height, width = self.characters.input_shape
        return height, -(-width * self.max_length // _MULTIPLE) * _MULTIPLE

    @property
    def output_shape(self) -> tuple[int, ...]:
        """(max_length, classes)."""
        return self.max_length, len(self.classes)

    def arguments(self) -> Mapping[str, Any]:
        """Return what decides the lines: the numbers, the glyphs, and how much text there is."""
        texts = self.data / "raw" / "text" / "files"
        kind, share = type(self.characters), self.characters.subsample_fraction
        subsampled = {} if share is None else {"characters_share": [share, self.characters.seed]}
        return {
            "max_length": self.max_length,
            "overlap": self.overlap,
            "sizes": self.sizes,
            "characters": f"{kind.__module__}.{kind.__qualname__}",
            "characters_args": dict(self.characters.arguments()),
            "one_writer": self.one_writer,
            "text_bytes": sum(path.stat().st_size for path in texts.glob("*/*.txt")),
            "seed": self.seed,
            "made": 1,
            **subsampled,
        }

    def make(self) -> Mapping[Split, Iterator[Example]]:
        """Set the lines of each split.

        Raises:
            DataError: the characters' raw data are missing, or a split of them is empty.
        """
        self.characters.load()
        return {split: self._split(split) for split in SPLITS}

    def _split(self, split: Split) -> Iterator[Example]:
        if not self.sizes[split]:
            return
        case = self._case(split)
        for index in range(self.sizes[split]):
            rng = sample_rng(self.seed * len(SPLITS) + SPLITS.index(split), index)
            text = self._text(case, rng)
            image, writer = self._set(text, case, rng)
            yield Example(image, text, writer, f"{self.folder}/{split}/{index}")

    def draw(self, text: str, split: Split, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
        """Set a text of your own, uint8 (H, W), dark on light.

        Raises:
            DataError: a character that has no glyph in this split.
        """
        case = self._case(split)
        for character in text:
            if character != " " and character not in case.numbers:
                raise DataError(f"There is no glyph of {character!r}; leave it out of the text.")
        return self._set(text, case, rng)[0]

    def _case(self, split: Split) -> _Case:
        if split not in self._cases:
            self._cases[split] = _Case(self.characters.split(split), self.drawn)
        case = self._cases[split]
        if not case.numbers:
            raise DataError(
                f"The characters have no {split} examples; use other characters or no {split} lines."
            )
        return case

    @cached_property
    def _corpus(self) -> Corpus | None:
        folder = self.data / "raw" / "text" / "files"
        return Corpus(folder, {"en": 1.0}) if folder.is_dir() else None

    def _text(self, case: _Case, rng: np.random.Generator) -> str:
        """Draw a text that can be set, 1 to ``max_length`` characters."""
        for _ in range(_TRIES):
            if self._corpus is None:
                text = plain_line(rng, max_chars=self.max_length)
            else:
                text = self._corpus.sentence(rng, min(4, self.max_length), self.max_length)
            text = case.settable(text)[: self.max_length].strip()
            if text:
                return text
        letters = list(case.numbers)
        length = int(rng.integers(1, self.max_length + 1))
        return "".join(letters[int(number)] for number in rng.integers(len(letters), size=length)).strip()

    def _set(self, text: str, case: _Case, rng: np.random.Generator) -> tuple[npt.NDArray[np.uint8], str]:
        height, width = self.characters.input_shape
        step = width * (1.0 - float(rng.uniform(*self.overlap)))
        places = np.rint(np.arange(len(text)) * step).astype(int).tolist()
        line = np.full((height, places[-1] + width), 255, np.uint8)
        writer = case.choose_writer(rng) if self.one_writer else -1
        used: set[int] = set()
        rise = getattr(self.characters, "rise", None)
        for place, character in zip(places, text, strict=True):
            if character == " ":
                continue
            number = case.choose_glyph(character, writer, used, rng)
            glyph = case.examples[number].image
            if rise is not None:
                glyph = _lift(glyph, rise(character))
            window = line[:, place : place + width]
            np.minimum(window, glyph, out=window)
        return line, case.writers[writer] if writer >= 0 else ""


class _Case:
    """The glyphs of one split, by character and by writer."""

    def __init__(self, examples: Examples, drawn: tuple[str, ...]) -> None:
        self.examples = examples
        targets = np.asarray(examples.targets, np.int64).reshape(-1)
        names, of = np.unique(np.asarray(examples.writers, np.str_), return_inverse=True)
        of = of.reshape(-1)
        self.writers: list[str] = names.tolist()
        self._order = np.lexsort((targets, of))  # by writer, then by class
        self._of, self._targets = of[self._order], targets[self._order]
        self._edges = np.searchsorted(self._of, np.arange(len(names) + 1))
        self._classes = {character: number for number, character in enumerate(drawn)}
        self.numbers: dict[str, Numbers] = {
            drawn[target]: np.flatnonzero(targets == target)
            for target in np.unique(targets).tolist()
            if target < len(drawn) and drawn[target] != " "
        }

    def settable(self, text: str) -> str:
        """Return ``text`` in characters that have glyphs, blanks single."""
        kept = []
        for character in unicodedata.normalize("NFKD", text):
            forms = (character, character.swapcase())
            kept.append(" " if character.isspace() else next((f for f in forms if f in self.numbers), ""))
        return " ".join("".join(kept).split())

    def choose_writer(self, rng: np.random.Generator) -> int:
        """Draw a writer, by how much he wrote; -1 where writers are not known."""
        if self.writers in ([""], []):
            return -1
        return int(self._of[int(rng.integers(len(self._of)))])

    def choose_glyph(self, character: str, writer: int, used: set[int], rng: np.random.Generator) -> int:
        """Draw a glyph that the line does not have yet: the writer's, or else another's; note it."""
        pools = [self.numbers[character]]
        if writer >= 0:
            begin, end = self._edges[writer : writer + 2]
            found = np.searchsorted(self._targets[begin:end], self._classes[character] + np.arange(2))
            pools.insert(0, self._order[begin:end][found[0] : found[1]])
        for pool in pools:
            drawn = pool[rng.integers(len(pool), size=_DRAWS)].tolist() if len(pool) else []
            fresh = next((number for number in drawn if number not in used), None)
            if fresh is None and (left := sorted({*pool.tolist()} - used)):
                fresh = left[int(rng.integers(len(left)))]
            if fresh is not None:
                used.add(fresh)
                return int(fresh)
        return int(rng.choice(self.numbers[character]))


def _lift(glyph: npt.NDArray[np.uint8], rows: int) -> npt.NDArray[np.uint8]:
    """Return a glyph so many rows higher (or lower), as far as its ink stays inside."""
    inked = np.flatnonzero((glyph < 255).any(axis=1))
    if not len(inked):
        return glyph
    rows = int(np.clip(rows, inked[-1] + 1 - len(glyph), inked[0]))
    return np.concatenate((glyph[rows:], glyph[:rows])) if rows else glyph
