"""Text as word pieces: what a neural language model counts in.

A text is parted into words (each with the space before it), single digits and single marks, and each of
these into the longest pieces that are listed, from the left. Quotes and dashes are told apart no more than
the character models tell them: a pen does not. A letter that is no piece counts without its accent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

START = 0
"""Stands before each text, and after a shorter one to fill a batch."""

UNKNOWN = 1
"""Stands for a character that is no piece."""

_FIRST = 2
_CHUNKS = re.compile(r" ?(?:[^\W\d_]|')+| ?\d| ?[^\s\w]|\s")
_SHAPES = str.maketrans("’‘`“”–—―_…", "'''\"\"----.")
_BASES = str.maketrans("ØøÐðÞþß", "OoDdPps")
_REMEMBERED = 50_000  # words whose pieces are kept at hand


def chunks(text: str) -> list[str]:
    """Return the words, digits and marks of a text in order, each with the space before it."""
    return _CHUNKS.findall(" " + text.translate(_SHAPES))


def _base(character: str) -> str:
    return unicodedata.normalize("NFKD", character.translate(_BASES))[0]


class Pieces:
    """A list of word pieces; stateless but for a memory of words, and may be shared between threads.

    Args:
        pieces: different texts; the number of a piece is its place in the list, plus 2.

    Raises:
        ValueError: a piece that is empty or there twice, or holds a line break.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces = tuple(pieces)
        if len(set(self.pieces)) < len(self.pieces) or any(
            not piece or "\n" in piece for piece in self.pieces
        ):
            raise ValueError("Word pieces are different, not empty, and each is of one line.")
        self._numbers = {piece: number for number, piece in enumerate(self.pieces, _FIRST)}
        self._longest = max(map(len, self.pieces), default=0)
        self._known: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        """Return how many numbers there are, ``START`` and ``UNKNOWN`` included."""
        return len(self.pieces) + _FIRST

    def encode(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces; a text stands as if a space were before it."""
        return [number for chunk in chunks(text) for number in self._parted(chunk)]

    def _parted(self, chunk: str) -> tuple[int, ...]:
        found = self._known.get(chunk)
        if found is not None:
            return found
        numbers, start = [], 0
        while start < len(chunk):
            for end in range(min(len(chunk), start + self._longest), start, -1):
                number = self._numbers.get(chunk[start:end])
                if number is not None:
                    numbers.append(number)
                    start = end
                    break
            else:
                numbers.append(self._numbers.get(_base(chunk[start]), UNKNOWN))
                start += 1
        if len(self._known) >= _REMEMBERED:
            self._known = {}
        self._known[chunk] = tuple(numbers)
        return tuple(numbers)
