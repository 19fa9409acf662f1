"""The words of a language and how usual each is, to weigh whole readings with.

Made-up words are seldom written, and a character model knows how words sound, not which there
are. Words are taken in small letters; numbers, and words all in capitals, which codes and
abbreviations look like, say nothing.
"""

from __future__ import annotations

import math
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+['’](?=[^\W\d_])|[^\W_]+")
_PARTED = re.compile(r"[^\W\d_] ?-$")
_SHORTEST = 3
_CODED = re.compile(r"(\d)(\D+)")
_STEP = 0.1  # nats between two stored levels
_LAST = 255


@dataclass(frozen=True, slots=True)
class Tally:
    """What a text's words are, with the weights of several languages possibly a mean.

    Attributes:
        letters: of known words of three letters and more.
        usual: sum of the known words' log probabilities, nats.
        known, unknown: how many words are listed, and how many are not.
        parted: 1 where the text ends in a part of a word and a hyphen; the part is neither known nor unknown.
    """

    letters: float = 0.0
    usual: float = 0.0
    known: float = 0.0
    unknown: float = 0.0
    parted: float = 0.0

    def plus(self, other: Tally, weight: float) -> Tally:
        """Return this tally with ``weight`` times the other added."""
        return Tally(
            self.letters + weight * other.letters,
            self.usual + weight * other.usual,
            self.known + weight * other.known,
            self.unknown + weight * other.unknown,
            self.parted + weight * other.parted,
        )


@dataclass(frozen=True, slots=True)
class WordWeights:
    """What the words of a text are worth, in nats; tuned on validation hands (docs/ledger.md).

    Attributes:
        letter: for each letter of a known word.
        usual: share of a known word's log probability.
        known: for each known word, which makes up for that.
        unknown: for each word that is not listed.
        habit: share of the characters' log probability that the words stand in for.
        parted: for a word that a hyphen parts at the line's end, of which the models' texts know nothing.
    """

    letter: float = 0.5
    usual: float = 0.4
    known: float = 2.4
    unknown: float = -2.4
    habit: float = -0.12
    parted: float = 1.0

    def worth(self, tally: Tally, usual: float) -> float:
        """Weigh the words of a text whose characters have log probability ``usual``."""
        return (
            self.letter * tally.letters
            + self.usual * tally.usual
            + self.known * tally.known
            + self.unknown * tally.unknown
            + self.parted * tally.parted
            + self.habit * usual
        )


WORD_WEIGHTS = WordWeights()
"""What is shipped."""


def words_of(text: str) -> list[str]:
    """Return the words of a text as they stand; "l'eau" and "don't" part after their apostrophes."""
    return _WORD.findall(text)


def folded(word: str) -> str:
    """Return a word as lists hold it: in small letters, with a plain apostrophe."""
    return word.lower().replace("’", "'")


class Words:
    """The words of one language.

    Args:
        chances: probability (above 0, to 1) of each word; those with digits or other signs are left out.
    """

    def __init__(self, chances: Mapping[str, float]) -> None:
        self._levels = {
            folded(word): min(round(-math.log(chance) / _STEP), _LAST)
            for word, chance in chances.items()
            if word.replace("'", "").isalpha()
        }

    @classmethod
    def _of_levels(cls, levels: dict[str, int]) -> Words:
        words = cls({})
        words._levels = levels
        return words

    def __len__(self) -> int:
        return len(self._levels)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and folded(word) in self._levels

    def tally(self, text: str) -> Tally:
        """Return what the words of a line are; no part of "B2B" is one."""
        letters = level = known = unknown = 0
        words, parted = words_of(text), _PARTED.search(text) is not None
        for word in words[:-1] if parted else words:
            if word.isupper() or word.isdigit():
                continue
            found = self._levels.get(folded(word))
            if found is None:
                unknown += 1
                continue
            known += 1
            level += found
            size = len(word.rstrip("'’"))
            if size >= _SHORTEST:
                letters += size
        return Tally(letters, -_STEP * level, known, unknown, float(parted))

    def pack(self) -> bytes:
        """Return the words sorted, each as what it shares with the one before and the rest; then levels."""
        coded, last = [], ""
        for word in sorted(self._levels):
            shared = 0
            while shared < min(len(last), len(word) - 1, 9) and last[shared] == word[shared]:
                shared += 1
            coded.append(f"{shared}{word[shared:]}")
            last = word
        spelled = zlib.compress("".join(coded).encode(), 9)
        levels = zlib.compress(bytes(self._levels[word] for word in sorted(self._levels)), 9)
        return struct.pack("<I", len(spelled)) + spelled + levels

    @classmethod
    def unpack(cls, packed: bytes) -> Words:
        """Return the words that ``pack`` packed.

        Raises:
            ValueError, struct.error, zlib.error: anything else.
        """
        end = 4 + int(struct.unpack_from("<I", packed)[0])
        levels = zlib.decompress(packed[end:])
        words, last = [], ""
        for shared, rest in _CODED.findall(zlib.decompress(packed[4:end]).decode()):
            last = last[: int(shared)] + rest
            words.append(last)
        return cls._of_levels(dict(zip(words, levels, strict=True)))
