"""Lines in capitals, of which the language model has read few: it weighs what small letters would say.

The best path tells which lines these are. Both cases of each letter count as the small one, the line is read
as any other, and if that explains it better than reading it as it stands, each word gets its case from what
was seen: capitals throughout, unless its letters say otherwise ("1er", "Dr", "km").
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from inkread.alphabet import Alphabet
from inkread.decoding.alignment import Frames, align
from inkread.decoding.hypothesis import Hypothesis

LogProbs = npt.NDArray[np.float32]

SHARE = 0.7
"""Of a line's letters inside of words that are capitals, where the line may be in capitals."""

UNUSUAL = 4.0
"""Nats that capitals throughout must be worth: few lines are written so."""

_LEAST = 3  # letters inside of words, under which nothing is told by them
_RULED_OUT = np.float32(-100.0)  # nats
_SURE = 4.0  # nats that the case of one letter weighs at most
_CAPITALISED, _EACH = 2.0, 6.0  # nats that a word's case costs where it is not one throughout


class Capitals:
    """What makes capitals small letters and gives the case back; may be shared between threads.

    Args:
        alphabet: of the classes. Letters of which it lacks one case stay as they are.
    """

    def __init__(self, alphabet: Alphabet) -> None:
        pairs = [(small, small.upper()) for small in alphabet if small.islower()]
        pairs = [(small, large) for small, large in pairs if large != small and large in alphabet]
        self._alphabet = alphabet
        self._small = [alphabet.class_of(small) for small, _ in pairs]
        self._large = [alphabet.class_of(large) for _, large in pairs]
        self._pairs = {
            small: (alphabet.class_of(small), alphabet.class_of(large), large) for small, large in pairs
        }

    def both_in(self, characters: Set[str]) -> bool:
        """Tell whether characters have both cases of each letter of which they have one."""
        return all(
            (small in characters) == (large in characters) for small, (_, _, large) in self._pairs.items()
        )

    def lowered(self, log_probs: LogProbs) -> LogProbs:
        """Return the posteriors of a line, float32 (T, C), both cases under the small letter."""
        result = log_probs.copy()
        result[:, self._small] = np.logaddexp(log_probs[:, self._small], log_probs[:, self._large])
        result[:, self._large] = _RULED_OUT
        return result

    def either(
        self, log_probs: LogProbs, frames: Frames = (), nats: npt.NDArray[np.floating] | None = None
    ) -> LogProbs:
        """Return the posteriors with as much for the capital as for the small letter, or by what sizes say.

        Args:
            log_probs: of a line, float32 (T, C).
            frames: first and last + 1 frame of each character of a reading.
            nats: of each of these by how much it is likelier a large letter (see ``sizes``).
        """
        result = self.lowered(log_probs)
        larger = np.zeros((len(result), 1), dtype=np.float32)
        for (first, last), each in zip(frames, () if nats is None else nats.tolist(), strict=True):
            larger[first:last] = each
        result[:, self._large] = result[:, self._small] + larger
        return result

    def cased(self, readings: Sequence[Hypothesis], log_probs: LogProbs) -> list[Hypothesis]:
        """Return readings of a lowered line with the case that was seen.

        Args:
            readings: of ``lowered(log_probs)``, at least one.
            log_probs: of the line as it stands.
        """
        codes = [self._alphabet.encode(reading.text) for reading in readings]
        placed = align(self.lowered(log_probs), codes)
        return [
            replace(reading, text=self._cased(reading.text, frames, log_probs))
            for reading, frames in zip(readings, placed, strict=True)
        ]

    def _cased(self, text: str, frames: Frames, log_probs: LogProbs) -> str:
        larger: list[float | None] = [None] * len(text)  # nats by which each letter's capital is likelier
        for place, (character, (first, last)) in enumerate(zip(text, frames, strict=True)):
            if character in self._pairs and last > first:
                small, large, _ = self._pairs[character]
                nats = float(log_probs[first:last, large].max() - log_probs[first:last, small].max())
                larger[place] = min(max(nats, -_SURE), _SURE)
        result: list[str] = []
        start = 0
        for word in text.split(" "):
            seen = larger[start : start + len(word)]
            start += len(word) + 1
            raised = zip(word, _raised(seen), strict=True)
            result.append("".join(self._pairs[letter][2] if up else letter for letter, up in raised))
        return " ".join(result)


def _raised(seen: Sequence[float | None]) -> list[bool]:
    """Return which characters of a word become capitals; None is no letter of two cases."""
    letters = [place for place, nats in enumerate(seen) if nats is not None]
    first = letters[:1]
    each = [place for place in letters if (seen[place] or 0.0) > 0.0]
    choices: tuple[tuple[list[int], float], ...] = (
        (letters, 0.0),
        ([], 0.0),
        (first, _CAPITALISED),
        (each, _EACH),
    )
    chosen, _ = max(choices, key=lambda choice: sum(seen[place] or 0.0 for place in choice[0]) - choice[1])
    return [place in chosen for place in range(len(seen))]


def in_capitals(text: str) -> bool:
    """Tell whether ``SHARE`` of the letters that follow a letter are capitals, so "McKay & Co." is not."""
    inside = [text[place] for place in range(1, len(text)) if (text[place - 1] + text[place]).isalpha()]
    return len(inside) >= _LEAST and sum(map(str.isupper, inside)) >= SHARE * len(inside)
