"""The ordered characters a recogniser can write, and their class numbers.

Class 0 is the CTC blank; the first character is class 1.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from inkread.errors import AlphabetError

BLANK = 0

_ASCII = "".join(chr(code) for code in range(0x20, 0x7F))
_LATIN_1 = "".join(chr(code) for code in range(0xC0, 0x100) if code not in (0xD7, 0xF7))
_MARKS = "ŒœŸ«»’‘“”–—…€£§°·×½"


@dataclass(frozen=True)
class Alphabet:
    """An ordered, duplicate-free set of single characters.

    Args:
        characters: the characters of classes 1, 2, ...; class 0 is the blank.

    Raises:
        AlphabetError: an entry is not one character, or stands twice.
    """

    characters: tuple[str, ...]
    _classes: dict[str, int] = field(init=False, repr=False, compare=False)

    def __init__(self, characters: Iterable[str]) -> None:
        ordered = tuple(characters)
        classes = {character: number for number, character in enumerate(ordered, start=1)}
        if any(len(character) != 1 for character in ordered):
            raise AlphabetError("An alphabet is made of single characters; split longer entries.")
        if len(classes) != len(ordered):
            raise AlphabetError("An alphabet holds each character once; remove the duplicates.")
        object.__setattr__(self, "characters", ordered)
        object.__setattr__(self, "_classes", classes)

    def __len__(self) -> int:
        """Number of classes, the blank included."""
        return len(self.characters) + 1

    def __iter__(self) -> Iterator[str]:
        return iter(self.characters)

    def __contains__(self, character: object) -> bool:
        return character in self._classes

    def class_of(self, character: str) -> int:
        """Return the class number (1 or more) of one character."""
        try:
            return self._classes[character]
        except KeyError:
            raise AlphabetError(
                f"The alphabet does not hold {character!r} (U+{ord(character[:1] or ' '):04X}); "
                "remove it from the text, or train with an alphabet that holds it."
            ) from None

    def encode(self, text: str) -> list[int]:
        """Return the class numbers of ``text`` after NFC normalisation.

        Raises:
            AlphabetError: the text holds a character that the alphabet does not.
        """
        return [self.class_of(character) for character in unicodedata.normalize("NFC", text)]

    def decode(self, classes: Sequence[int]) -> str:
        """Return the text of class numbers; blanks are dropped, repeats are kept."""
        return "".join(self.characters[number - 1] for number in classes if number != BLANK)

    def missing(self, text: str) -> set[str]:
        """Return the characters of ``text`` (NFC) that the alphabet does not hold."""
        return set(unicodedata.normalize("NFC", text)) - self._classes.keys()


READER_ALPHABET = Alphabet(_ASCII + _LATIN_1 + _MARKS)
"""What the shipped reader writes: ASCII, the Latin-1 letters, and French and common marks."""
