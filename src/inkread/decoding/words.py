"""The words of a language, to weigh whole readings with: made-up words are seldom written.

A character model knows how words sound, not which of them there are. The letters of known words in
each of the last few readings, all of it small letters, say that.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

_RUN = re.compile(r"[^\W_]+")
_SHORTEST = 3
_CODED = re.compile(r"(\d)(\D+)")


class Words:
    """A set of words, case aside; words of less than three letters or with other signs are left out.

    Args:
        words: in any order.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word.lower() for word in words if word.isalpha() and len(word) >= _SHORTEST)

    def __len__(self) -> int:
        return len(self._words)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and word.lower() in self._words

    def letters(self, text: str) -> int:
        """Return how many letters of ``text`` belong to known words; no part of "B2B" does.

        Nothing is said for words all in capitals, which codes and abbreviations look like.
        """
        return sum(
            len(word) for word in _RUN.findall(text) if word.lower() in self._words and not word.isupper()
        )

    def pack(self) -> bytes:
        """Return the words sorted, each as what it shares with the one before and the rest, deflated."""
        coded, last = [], ""
        for word in sorted(self._words):
            shared = 0
            while shared < min(len(last), len(word) - 1, 9) and last[shared] == word[shared]:
                shared += 1
            coded.append(f"{shared}{word[shared:]}")
            last = word
        return zlib.compress("".join(coded).encode(), 9)

    @classmethod
    def unpack(cls, packed: bytes) -> Words:
        """Return the words that ``pack`` packed.

        Raises:
            ValueError, zlib.error: anything else.
        """
        words, last = [], ""
        for shared, rest in _CODED.findall(zlib.decompress(packed).decode()):
            last = last[: int(shared)] + rest
            words.append(last)
        return cls(words)
