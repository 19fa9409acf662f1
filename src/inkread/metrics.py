"""How wrong a reading is: counts of errors, and rates over a corpus.

A corpus rate is the errors of all lines over the characters (or words) of all references, never
the mean of the lines' own rates. Reference and reading go through the same folding first. The
distance is Levenshtein's (1966): one for a substitution, an insertion or a deletion.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

_FOLDING = str.maketrans(
    dict.fromkeys("‘’‚‛", "'") | dict.fromkeys("“”„‟", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)

Step = tuple[str, str, str]


def fold(text: str) -> str:
    """Return ``text`` in the form in which texts are compared.

    Unicode NFC, every run of whitespace one space, none at the ends, curly quotes and dashes as
    in ASCII. Case, accents and punctuation count.
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_FOLDING).split())


@dataclass(frozen=True, slots=True)
class ErrorCounts:
    """Errors of a reading against a reference of ``reference`` characters or words."""

    substitutions: int = 0
    insertions: int = 0
    deletions: int = 0
    reference: int = 0

    @property
    def errors(self) -> int:
        """Substitutions, insertions and deletions together."""
        return self.substitutions + self.insertions + self.deletions

    @property
    def rate(self) -> float:
        """Errors over the reference's length, 0.0 and up (insertions may bring it over 1.0).

        An empty reference counts as of length one, so that words invented on a blank page show.
        """
        return self.errors / max(self.reference, 1)

    def __add__(self, other: ErrorCounts) -> ErrorCounts:
        return ErrorCounts(
            self.substitutions + other.substitutions,
            self.insertions + other.insertions,
            self.deletions + other.deletions,
            self.reference + other.reference,
        )


def _count(reference: Sequence[str], hypothesis: Sequence[str]) -> ErrorCounts:
    tags = [operation.tag for operation in Levenshtein.editops(reference, hypothesis)]
    return ErrorCounts(tags.count("replace"), tags.count("insert"), tags.count("delete"), len(reference))


def character_errors(reference: str, hypothesis: str) -> ErrorCounts:
    """Count character errors of ``hypothesis`` (what was read), both texts folded first."""
    return _count(fold(reference), fold(hypothesis))


def word_errors(reference: str, hypothesis: str) -> ErrorCounts:
    """Count word errors of ``hypothesis``; words are what stands between spaces after folding."""
    return _count(fold(reference).split(), fold(hypothesis).split())


def corpus_errors(
    pairs: Iterable[tuple[str, str]],
    errors: Callable[[str, str], ErrorCounts] = character_errors,
) -> ErrorCounts:
    """Add up the errors of ``(reference, hypothesis)`` pairs."""
    return sum((errors(reference, hypothesis) for reference, hypothesis in pairs), ErrorCounts())


def corpus_cer(pairs: Iterable[tuple[str, str]]) -> float:
    """Return the character error rate of ``(reference, hypothesis)`` pairs, a fraction."""
    return corpus_errors(pairs, character_errors).rate


def corpus_wer(pairs: Iterable[tuple[str, str]]) -> float:
    """Return the word error rate of ``(reference, hypothesis)`` pairs, a fraction."""
    return corpus_errors(pairs, word_errors).rate


def alignment(reference: str, hypothesis: str) -> list[Step]:
    """Align two texts (folded first) by one of their shortest edit scripts.

    Returns:
        Steps ``(what, piece of the reference, piece of the hypothesis)`` in order; ``what`` is
        ``equal``, ``replace``, ``insert`` or ``delete``. The pieces joined give the two texts.
    """
    left, right = fold(reference), fold(hypothesis)
    return [
        (block.tag, left[block.src_start : block.src_end], right[block.dest_start : block.dest_end])
        for block in Levenshtein.opcodes(left, right)
    ]
