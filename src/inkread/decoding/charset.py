"""Reading with part of the alphabet only: forms with digits, capitals, or a few letters.

A class that is not wanted gets no probability, and each frame is made to sum to one again. That is
exactly the distribution over the paths that touch no unwanted class, the blank left as an answer:
a stroke that looks like none of the characters asked for is read as nothing.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import numpy.typing as npt

from inkread.alphabet import BLANK, Alphabet
from inkread.errors import ConfigError

_RULED_OUT = np.float32(-100.0)  # nats
_RANGE = re.compile(r"(\w)-(\w)")

LogProbs = npt.NDArray[np.float32]


def parse(charset: str, alphabet: Alphabet) -> frozenset[str]:
    """Return the characters that a user asked for.

    Args:
        charset: ``"digits"``, ``"letters"`` (those of the alphabet, and the space), or the characters
            themselves, in which ``a-f`` stands for all from a to f, between two digits or two letters
            of one case; any other hyphen is a hyphen.
        alphabet: what the model can write.

    Raises:
        ConfigError: no characters, a range from back to front, or characters that the model lacks.
    """
    if charset == "digits":
        wanted = set("0123456789")
    elif charset == "letters":
        wanted = {character for character in alphabet if character.isalpha() or character == " "}
    else:
        charset = unicodedata.normalize("NFC", charset)
        wanted = set(_RANGE.sub(_expand, charset))
    if not wanted:
        raise ConfigError("The charset is empty; name its characters, such as 0123456789.")
    missing = sorted(wanted.difference(alphabet))
    if missing:
        raise ConfigError(
            f"The model cannot write {' '.join(missing)}; choose a charset among {''.join(alphabet)}"
        )
    return frozenset(wanted)


def restrict(log_probs: LogProbs, wanted: frozenset[str], alphabet: Alphabet) -> LogProbs:
    """Return ``log_probs`` with the unwanted classes ruled out.

    Args:
        log_probs: float32 (T, C), natural log of a softmax over C = len(alphabet) classes.
        wanted: characters of the alphabet.
        alphabet: the characters of the classes.
    """
    classes = [BLANK, *sorted(alphabet.class_of(character) for character in wanted)]
    kept = log_probs[:, classes]
    peak = kept.max(axis=1, keepdims=True)
    result = np.full_like(log_probs, _RULED_OUT)
    result[:, classes] = kept - peak - np.log(np.exp(kept - peak).sum(axis=1, keepdims=True))
    return result


def _expand(match: re.Match[str]) -> str:
    """Spell a range out; what is not between two of a kind stays as it stands."""
    first, last = match.groups()
    kind = unicodedata.category(first)
    if kind not in ("Nd", "Lu", "Ll") or unicodedata.category(last) != kind:
        return match.group()
    if last < first:
        raise ConfigError(f"The range {match.group()} runs backwards; write {last}-{first}.")
    every = map(chr, range(ord(first), ord(last) + 1))
    return "".join(character for character in every if unicodedata.category(character) == kind)
