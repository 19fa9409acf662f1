"""Characters that one cannot tell apart alone, once size and place on the line are lost.

Figures "with look-alikes folded" count a reading as right when it is of the same group as the truth.
The list is short on purpose: a pair is in it only where ordinary hands write both with one shape, and
only the letter's size, or what stands beside it, tells which is meant.
"""

from __future__ import annotations

from collections.abc import Mapping

PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))
"""The 94 printable characters of ASCII, without the space."""

LOOK_ALIKES: tuple[str, ...] = (
    "cC",
    "oO0",
    "pP",
    "sS",
    "uU",
    "vV",
    "wW",
    "xX",
    "zZ",
    "kK",
    "1lI|",
    "',",
    "-_",
)
"""The groups, each character in one at most.

Small letters that are their capitals made small; nought and the letter O; one, l, I and bars; commas
and apostrophes, which differ by their height on the line; hyphen and underscore, likewise.
"""

_FOLDED: Mapping[str, str] = {character: group[0] for group in LOOK_ALIKES for character in group}


def fold(character: str) -> str:
    """Return the first character of the group that ``character`` is of, or itself."""
    return _FOLDED.get(character, character)


def alike(one: str, other: str) -> bool:
    """Tell whether two characters are the same, or of one group."""
    return fold(one) == fold(other)
