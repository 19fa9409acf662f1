"""One UNIPEN writer's words, characters and texts, sorted out of the table of segments."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from inkread.alphabet import READER_ALPHABET
from inkread.datasets.unipen import LEVELS
from inkread.datasets.unipen_cache import StrokeTable

_DROPPED_WORDS = frozenset({"abm"})
_DROPPED_CHARACTERS = frozenset({"syn", "val"})
_DROPPED_TEXTS = frozenset({"abm", "atu", "apa", "apb", "apc", "apd", "ape", "app", "scr", "ced"})
_SPACED = frozenset({"cec", "cea", "ceb", "sta", "dar", "hpp", "hpb"})
_SPELLED = frozenset({"apa", "apb", "app"})
_LONGEST = 85
_DOUBTFUL = re.compile(r"\d \d \d|\. [a-z]| @ |(?:\b\w ){4}")

Entry = tuple[int, ...]
"""Segment numbers that make a word: one of level word, or several characters written side by side."""


@dataclass
class Hand:
    """One writer's inventory.

    Attributes:
        name: the writer.
        words: text -> entries.
        runs: per file, the words in the order in which they were written.
        characters: character -> segment numbers.
        texts: per file, one-row texts in order, with their labels.
        rows: texts on one row that are too long for a line, to be read through windows.
        capitals, smalls: the words that begin with a capital, and the others.
    """

    name: str
    words: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    runs: list[list[tuple[str, Entry]]] = field(default_factory=list)
    characters: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    texts: list[list[tuple[str, int]]] = field(default_factory=list)
    rows: list[tuple[str, int]] = field(default_factory=list)
    capitals: list[str] = field(default_factory=list)
    smalls: list[str] = field(default_factory=list)

    @property
    def only_capitals(self) -> bool:
        """Whether the hand has capitals and no small letters."""
        return "A" in self.characters and "a" not in self.characters


def natural(label: str) -> str:
    """Return a label with the spacing that the hand uses around marks: ``Hyun Y . Ix`` -> ``Hyun Y. Ix``."""
    text = re.sub(r"\s+([.,;:!?)\]}%])", r"\1", label)
    text = re.sub(r"([(\[{$#])\s+", r"\1", text)
    text = re.sub(r"(\w)\s*'\s*(\w)", r"\1'\2", text)
    text = re.sub(r"(\w) - (\w)", r"\1-\2", text)
    return re.sub(r'"\s*([^"]*?)\s*"', r'"\1"', text)


def fill_hands(table: StrokeTable) -> dict[str, Hand]:
    """Return each writer's inventory by his name, filled file by file from the table of segments."""
    hands: dict[str, Hand] = {}
    by_file: dict[int, list[int]] = defaultdict(list)
    for number, file in enumerate(table.file.tolist()):
        by_file[file].append(number)
    for file, numbers in by_file.items():
        source = table.files[file].split("/", 1)[0]
        name = table.writers[file]
        hand = hands.setdefault(name, Hand(name))
        words: list[tuple[str, Entry]] = []
        characters: list[tuple[str, int]] = []
        texts: list[tuple[str, int]] = []
        for number in numbers:
            label = table.label(number)
            if READER_ALPHABET.missing(label):
                continue
            level = LEVELS[int(table.level[number])]
            if level == "word" and source not in _DROPPED_WORDS and " " not in label:
                words.append((label, (number,)))
            elif level == "character" and source not in _DROPPED_CHARACTERS:
                characters.append((label, number))
            elif level == "text" and source not in _DROPPED_TEXTS and bool(table.one_row[number]):
                label = natural(label) if source in _SPACED else label
                if not _DOUBTFUL.search(label):
                    (texts if len(label) <= _LONGEST else hand.rows).append((label, number))
        if source in _SPELLED:
            words.extend(_spelled_words(table, numbers))
        for label, number in characters:
            hand.characters[label].append(number)
        for label, entry in words:
            hand.words[label].append(entry)
        if words:
            hand.runs.append(words)
        if texts:
            hand.texts.append(texts)
    for hand in hands.values():
        hand.words, hand.characters = dict(hand.words), dict(hand.characters)
        written = [word for word in hand.words if any(character.isalpha() for character in word)]
        hand.capitals = [word for word in written if word[0].isupper()]
        hand.smalls = [word for word in written if not word[0].isupper()]
    return hands


def _spelled_words(table: StrokeTable, numbers: Sequence[int]) -> list[tuple[str, Entry]]:
    """Put a file's characters together to the words of its text, if they spell it exactly."""
    of = {level: [n for n in numbers if int(table.level[n]) == level] for level in (0, 2)}
    result: list[tuple[str, Entry]] = []
    for text in of[2]:
        first, last = (int(value) for value in table.components[text])
        inside = [n for n in of[0] if first <= int(table.components[n, 0]) <= last]
        inside.sort(key=lambda n: int(table.components[n, 0]))
        label = table.label(text)
        if "".join(table.label(n) for n in inside) != label.replace(" ", ""):
            continue
        at = 0
        for word in label.split():
            result.append((word, tuple(inside[at : at + len(word)])))
            at += len(word)
    return result
