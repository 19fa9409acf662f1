"""Lines of handwriting made of UNIPEN's words, characters and texts, each line of one hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from inkread.checks import check_share
from inkread.datasets.base import LineSample
from inkread.datasets.line_texts import mark_up, plain_line
from inkread.datasets.unipen import UnipenDataset
from inkread.datasets.unipen_hands import Inventory
from inkread.datasets.unipen_vocabulary import Vocabulary
from inkread.datasets.unipen_writers import Hand
from inkread.errors import ConfigError
from inkread.ink.compose import (
    Piece,
    Setting,
    choose_setting,
    draw,
    set_line,
    with_manner,
    with_small_capitals,
)
from inkread.ink.finish import finish
from inkread.ink.layer import InkLine


class Texts(Protocol):
    """What gives lines something to say; ``ink.corpus.Corpus`` does."""

    def line(self, rng: np.random.Generator, min_chars: int = 1, max_chars: int = 90) -> str:
        """Return a line of ``min_chars`` to ``max_chars`` characters, natural text for the most part."""

    def sentence(
        self, rng: np.random.Generator, min_chars: int = 1, max_chars: int = 90, language: str | None = None
    ) -> str:
        """Return natural text of that length in a language ("en"), or in any."""


Tokens = list[list[Piece]]
"""Words, each of one or several pieces glued together."""

PROPORTIONS: Mapping[str, float] = {
    "words": 0.27,
    "sentences": 0.27,
    "texts": 0.2,
    "windows": 0.1,
    "letters": 0.16,
}
"""Shares of the kinds of line: one hand's words side by side, English sentences for which hands of like
style lend the words that one lacks, texts as written, windows on texts that are too long for a line,
letters set one by one."""

_NEIGHBOURS = 0.5
_INNER_MARK = re.compile(r"['-]")


class UnipenLines:
    """A ``LineSource`` of UNIPEN's training (or other) writers.

    Args:
        root: the unpacked UNIPEN, or None where the cache is filled.
        cache: folder of the parsed strokes.
        split_file: table of pen file, writer and split.
        split: whose writers; "train" unless for measuring.
        proportions: shares of "words", "sentences", "texts", "windows" and "letters".
        corpus: says what is written; None uses a small built-in stock of sentences.
        neighbours: share of lines that get the strokes of a line above or below.
        manners: share of lines whose strokes are varied: see ``ink.manner``.
        capitals: share of the lines set letter by letter that are in capitals of one size.
        small_capitals: share of the others among these that are in large capitals and small ones, which mean
            small letters.

    Raises:
        ConfigError: no such split or kind, or a share that is none.
        DataError: neither source nor cache is there.
    """

    name = "unipen_lines"

    def __init__(
        self,
        root: Path | str | None,
        *,
        cache: Path | str,
        split_file: Path | str,
        split: str = "train",
        proportions: Mapping[str, float] = PROPORTIONS,
        corpus: Texts | None = None,
        neighbours: float = _NEIGHBOURS,
        manners: float = 0.0,
        capitals: float = 0.05,
        small_capitals: float = 0.1,
    ) -> None:
        check_share(capitals=capitals, small_capitals=small_capitals)
        unknown = set(proportions) - set(PROPORTIONS)
        if unknown:
            raise ConfigError(
                f"unipen_lines knows {', '.join(PROPORTIONS)}, not {', '.join(sorted(unknown))}; correct it."
            )
        self._inventory = Inventory(UnipenDataset(root, split, cache=cache, split_file=split_file))
        self._corpus = corpus
        self._neighbours, self._manners = neighbours, manners
        self._capitals, self._small = capitals, small_capitals
        kinds = [
            kind for kind in PROPORTIONS if proportions.get(kind, 0) > 0 and self._inventory.of(_needs(kind))
        ]
        if not kinds:
            raise ConfigError("unipen_lines has no writer for the proportions asked; raise one of them.")
        shares = np.array([float(proportions[kind]) for kind in kinds])
        self._kinds, self._shares = kinds, shares / shares.sum()
        self._vocabulary = Vocabulary(self._inventory) if "sentences" in kinds else None

    def sample(self, index: int, rng: np.random.Generator) -> LineSample:
        """Return the line numbered ``index``; the chance lies in ``rng`` alone."""
        line, key, neighbour = self.compose(rng)
        above = neighbour() if rng.random() < self._neighbours else None
        below = neighbour() if rng.random() < self._neighbours else None
        return LineSample(finish(line, rng, above, below), line.text, key)

    def compose(self, rng: np.random.Generator) -> tuple[InkLine, str, Callable[[], InkLine]]:
        """Return a line's ink, its key, and what draws another line of the same hand and setting."""
        while True:
            kind = self._kinds[int(rng.choice(len(self._kinds), p=self._shares))]
            hand = self._inventory.choose(_needs(kind), rng)
            donor = self._inventory.donor(rng)
            setting = choose_setting(rng)
            if self._manners and rng.random() < self._manners:
                setting = with_manner(setting, rng)
            length = _length(rng)
            tokens = self._tokens(kind, hand, donor, length, rng)
            if tokens:
                break
        strokes, text = set_line(tokens, setting, rng)

        def neighbour() -> InkLine:
            return self._neighbour(
                hand, setting, sum(piece.width for token in tokens for piece in token), rng
            )

        return draw(strokes, text, setting, rng), f"unipen_lines/{kind}/{hand.name}", neighbour

    def hand(self, rng: np.random.Generator) -> tuple[str, Callable[[int, np.random.Generator, str], Tokens]]:
        """Return a hand's name, and what has it write so many characters, about, after a given beginning."""
        kind = self._kinds[int(rng.choice(len(self._kinds), p=self._shares))]
        hand = self._inventory.choose(_needs(kind), rng)
        donor = self._inventory.donor(rng)

        def tokens(length: int, rng: np.random.Generator, lead: str = "") -> Tokens:
            first = [self._spelled(word, hand, donor, rng) for word in lead.split()]
            rest = self._tokens(kind, hand, donor, length, rng) if length else []
            return [*first, *rest] if all(first) else rest

        return hand.name, tokens

    def _neighbour(self, hand: Hand, setting: Setting, width: float, rng: np.random.Generator) -> InkLine:
        """Draw a line of words or characters to be seen at an edge only: what it says does not matter."""
        tokens: list[list[Piece]] = []
        filled = 0.0
        while filled < width or not tokens:
            token = self._inventory.any_token(hand, rng)
            tokens.append(token)
            filled += sum(piece.width for piece in token) + setting.word_gap
        strokes, text = set_line(tokens, setting, rng)
        return draw(strokes, text, setting, rng, fine=False)

    def _tokens(
        self, kind: str, hand: Hand, donor: Hand, length: int, rng: np.random.Generator
    ) -> list[list[Piece]]:
        """Return the pieces of one line of about ``length`` characters."""
        if kind == "texts":
            return [[piece] for piece in self._inventory.texts(hand, length, rng)]
        if kind == "windows":
            window = self._inventory.window(hand, length, rng)
            return [[window]] if window else []
        if kind == "letters":
            text = self._say(length, rng)
            if rng.random() < self._capitals or hand.only_capitals:
                text = text.upper()
            elif rng.random() < self._small and not text.islower():
                ratio = float(rng.uniform(0.66, 0.85))
                small = [self._small_capitals(word, hand, donor, ratio, rng) for word in text.split()]
                return [token for token in small if token]
            tokens = [self._token(word, hand, donor, rng, spell=True) for word in text.split()]
            return [token for token in tokens if token]
        if kind == "sentences":
            words = self._say(length, rng, "en").split()
            tokens = [self._token(word, hand, donor, rng, spell=False, lend=True) for word in words]
            return _fit([token for token in tokens if token], length)
        chance = rng.random()
        if chance < 0.5:
            words = self._say(length, rng).split()
            tokens = [self._token(word, hand, donor, rng, spell=False) for word in words]
            return _fit([token for token in tokens if token], length)
        tokens = self._inventory.run(hand, length, rng) if chance < 0.8 else []
        while not tokens or sum(len(_text(token)) + 1 for token in tokens) < length:
            tokens.append(self._inventory.any_token(hand, rng))
        marked = mark_up([_text(token) for token in tokens], rng)
        result: list[list[Piece]] = []
        for token, (before, after, extra) in zip(tokens, marked, strict=True):
            left = self._spelled(before, hand, donor, rng)
            right = self._spelled(after, hand, donor, rng)
            result.append(left + token + right)
            if extra:
                result.append(self._spelled(extra, hand, donor, rng))
        return _fit([token for token in result if token], length)

    def _say(self, length: int, rng: np.random.Generator, language: str | None = None) -> str:
        """Return a text of about ``length`` characters; in one language, it is natural text throughout."""
        if self._corpus is None:
            return plain_line(rng, max(length - 6, 1), length + 6)
        if language is not None:
            return self._corpus.sentence(rng, max(length - 6, 1), length + 6, language)
        return self._corpus.line(rng, max(length - 6, 1), length + 6)

    def _token(
        self, word: str, hand: Hand, donor: Hand, rng: np.random.Generator, spell: bool, lend: bool = False
    ) -> list[Piece]:
        """Write one word with its marks: as the hand wrote it, else by letters, else another word instead.

        With ``lend``, a hand of like style may have written it, or its parts about a hyphen or apostrophe.
        """
        whole = self._inventory.word(hand, word, rng)
        if whole is not None:
            return [whole]
        start, stop = 0, len(word)
        while start < stop and not word[start].isalnum():
            start += 1
        while stop > start and not word[stop - 1].isalnum():
            stop -= 1
        core = word[start:stop]
        middle: list[Piece] = []
        if core:
            found = self._inventory.word(hand, core, rng)
            if found is None and lend and self._vocabulary is not None:
                found = self._vocabulary.word(hand, core, rng)
            if found is not None:
                middle = [found]
            elif lend and (cut := _INNER_MARK.search(core)):
                left = self._token(core[: cut.start()], hand, donor, rng, spell, lend)
                right = self._token(core[cut.end() :], hand, donor, rng, spell, lend)
                mark = self._spelled(cut.group(), hand, donor, rng)
                middle = left + mark + right if left and mark and right else []
            elif spell or any(character.isdigit() for character in core):
                middle = self._spelled(core, hand, donor, rng)
            if not middle and not spell:
                middle = self._inventory.like(hand, core, rng)
            if not middle:
                return []
        before = self._spelled(word[:start], hand, donor, rng)
        after = self._spelled(word[stop:], hand, donor, rng)
        return before + middle + after

    def _spelled(self, text: str, hand: Hand, donor: Hand, rng: np.random.Generator) -> list[Piece]:
        """Write ``text`` by single characters, marks and digits of ``donor`` at need; or []."""
        pieces = []
        for character in text:
            piece = self._inventory.character(hand, character, rng)
            if piece is None and not character.isalpha():
                piece = self._inventory.character(donor, character, rng)
            if piece is None:
                return []
            pieces.append(piece)
        return pieces

    def _small_capitals(
        self, word: str, hand: Hand, donor: Hand, ratio: float, rng: np.random.Generator
    ) -> list[Piece]:
        """Write a word with capitals of ``ratio`` their size for its small letters, or []."""
        if len(word.upper()) != len(word):
            return []
        pieces = self._spelled(word.upper(), hand, donor, rng)
        return with_small_capitals(word, pieces, ratio)


def _needs(kind: str) -> str:
    """Return what a hand must have to begin a line of this kind."""
    return "words" if kind == "sentences" else kind


def _length(rng: np.random.Generator) -> int:
    """Draw how many characters a line has: about 45, sometimes a word or two."""
    if rng.random() < 0.08:
        return int(rng.integers(3, 16))
    return int(np.clip(rng.normal(44.0, 15.0), 10, 78))


def _text(token: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in token)


def _fit(tokens: list[list[Piece]], length: int) -> list[list[Piece]]:
    """Leave out what goes far beyond ``length`` characters (at least one token stays)."""
    used = 0
    for number, token in enumerate(tokens):
        used += len(_text(token)) + 1
        if used > length + 6 and number:
            return tokens[:number]
    return tokens
