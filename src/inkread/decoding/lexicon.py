"""A list of words that the writer is likely to use: a nudge towards them, not a cage.

Each character that leads on towards a listed word earns a bonus; a word that turns out not to be in
the list, or to be longer or shorter than one, gives its bonuses back (as in the contextual biasing of
Zhao et al., 2019). So words that are not in the list cost nothing, and no word is ever split or
joined to earn more: the bonus counts characters, not words.

The list itself is the trie: sorted, with bisection for a step, so that 100,000 words are ready at
once; steps already made are remembered.
"""

from __future__ import annotations

import os
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

from inkread.errors import ConfigError

WEIGHT = 0.6
"""Nats that a character of a listed word earns."""

_LARGEST = 64 * 2**20
_KEPT = 200_000
_APOSTROPHES = str.maketrans("’‘", "''")


class Lexicon:
    """A list of words; may be shared between threads and decoders.

    A word in small letters is also known with a capital and in capitals, a name such as "McKay"
    also in capitals; "New York" is two words. Digits and signs may be part of a word.

    Args:
        words: the list, in any order.
        weight: nats that a character of a listed word earns; 0 or more.

    Raises:
        ConfigError: no words, or a negative weight.
    """

    def __init__(self, words: Iterable[str], weight: float = WEIGHT) -> None:
        if weight < 0:
            raise ConfigError(f"The lexicon's weight is 0 or more, not {weight}.")
        self.weight = weight
        self._words = sorted({word for line in words for word in plain(line).split()})
        if not self._words:
            raise ConfigError("The lexicon holds no words; write one on each line.")
        self._capitals = sorted({word.upper() for word in self._words})
        self.unknown = Word(self, None, 0)
        self._start, self._made = Word(self, "", 0), 0

    def __len__(self) -> int:
        """Number of different words."""
        return len(self._words)

    @classmethod
    def load(cls, path: str | os.PathLike[str], weight: float = WEIGHT) -> Lexicon:
        """Read a UTF-8 file of one word a line; empty lines and those that begin with # are passed over.

        Raises:
            ConfigError: the file cannot be read, is not UTF-8, is over 64 MiB, or holds no words.
        """
        try:
            if os.stat(path).st_size > _LARGEST:
                raise ConfigError(f"The lexicon {path} is over 64 MiB; give a shorter list.")
            text = Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise ConfigError(
                f"The lexicon {path} cannot be read; name a file with one word a line."
            ) from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"The lexicon {path} is not UTF-8; save it as UTF-8 text.") from error
        return cls((line for line in text.splitlines() if not line.startswith("#")), weight)

    def lowered(self) -> Lexicon:
        """Return a lexicon of the same words in small letters."""
        return Lexicon((word.lower() for word in self._words), self.weight)

    def start(self) -> Word:
        """Return what stands before the first character of a word."""
        return self._start

    def word(self, text: str, loose: int) -> Word:
        """Return the beginning of a word, of which ``loose`` characters' bonus may yet be lost."""
        self._made += 1
        if self._made > _KEPT:  # the words already seen are kept no longer
            self._start, self._made = Word(self, "", 0), 0
        return Word(self, text, loose)

    def begins(self, text: str) -> bool:
        """Tell whether a listed word starts with ``text``."""
        return any(
            place < len(words) and words[place].startswith(form) for words, form, place in self._places(text)
        )

    def __contains__(self, text: object) -> bool:
        """Tell whether ``text`` is a listed word, in any case that it may be written in."""
        return isinstance(text, str) and any(
            place < len(words) and words[place] == form for words, form, place in self._places(text)
        )

    def _places(self, text: str) -> list[tuple[list[str], str, int]]:
        """Return where in which list each form of ``text`` that may stand there belongs."""
        forms = [(self._words, text)]
        if text[:1].isupper():
            forms.append((self._words, text[0].lower() + text[1:]))
            if text.isupper():
                forms.append((self._capitals, text))
        return [(words, form, bisect_left(words, form)) for words, form in forms]


def plain(text: str) -> str:
    """Return ``text`` in NFC and with straight apostrophes, as words are compared."""
    return unicodedata.normalize("NFC", text).translate(_APOSTROPHES)


class Word:
    """The word being written, as far as a lexicon knows it; made by ``Lexicon.start`` and ``after``.

    Attributes:
        ended: nats that it gives back if it ends here, 0 or less.
    """

    __slots__ = ("_after", "_lexicon", "_loose", "_text", "ended")

    def __init__(self, lexicon: Lexicon, text: str | None, loose: int) -> None:
        self._lexicon, self._text = lexicon, text
        self._loose = loose  # characters whose bonus may yet be lost
        self.ended = 0.0 if text in lexicon else -lexicon.weight * loose
        self._after: dict[str, tuple[Word, float]] = {}

    def after(self, character: str) -> tuple[Word, float]:
        """Return the word with ``character`` added, and the nats that this earns or gives back."""
        found = self._after.get(character)
        if found is None:
            found = self._after[character] = self._step(plain(character))
        return found

    def _step(self, character: str) -> tuple[Word, float]:
        lexicon, inside = self._lexicon, character.isalnum()
        if self._text is not None and lexicon.begins(self._text + character):
            loose = 0 if not inside and self._text in lexicon else self._loose
            return lexicon.word(self._text + character, loose + 1), lexicon.weight
        if inside:
            return lexicon.unknown, -lexicon.weight * self._loose
        return lexicon.start(), self.ended
