"""Lines in capitals, of which the language model has read few: it weighs what small letters would say.

The best path tells which lines these are. Their capitals' probabilities are put under the small letters,
the line is read as any other, and what was read is put in capitals again, if that explains the line better
than reading it as it stands. The case of each letter is the network's word, not the language model's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from inkread.alphabet import Alphabet
from inkread.decoding.hypothesis import Hypothesis

LogProbs = npt.NDArray[np.float32]

SHARE = 0.7
"""Of a line's letters inside of words that are capitals, where the line may be in capitals."""

UNUSUAL = 4.0
"""Nats that capitals throughout must be worth: few lines are written so."""

_LEAST = 3  # letters inside of words, under which nothing is told by them
_RULED_OUT = np.float32(-100.0)  # nats


class Capitals:
    """What turns capitals to small letters and back; keeps no state and may be shared between threads.

    Args:
        alphabet: of the classes. Letters of which it lacks one case stay as they are.
    """

    def __init__(self, alphabet: Alphabet) -> None:
        pairs = [(small, small.upper()) for small in alphabet if small.islower()]
        pairs = [(small, large) for small, large in pairs if large != small and large in alphabet]
        self._small = [alphabet.class_of(small) for small, _ in pairs]
        self._large = [alphabet.class_of(large) for _, large in pairs]
        self._raised = str.maketrans(dict(pairs))

    def lowered(self, log_probs: LogProbs) -> LogProbs:
        """Return the posteriors of a line, float32 (T, C), with the capitals' under the small letters.

        What the network gave to small letters is lost: a line that has some is no better for it.
        """
        result = log_probs.copy()
        result[:, self._small] = log_probs[:, self._large]
        result[:, self._large] = _RULED_OUT
        return result

    def raised(self, reading: Hypothesis) -> Hypothesis:
        """Return a reading of a lowered line in capitals."""
        return replace(reading, text=reading.text.translate(self._raised))


def in_capitals(text: str) -> bool:
    """Tell whether ``SHARE`` of the letters that follow a letter are capitals, so "McKay & Co." is not."""
    inside = [text[place] for place in range(1, len(text)) if (text[place - 1] + text[place]).isalpha()]
    return len(inside) >= _LEAST and sum(map(str.isupper, inside)) >= SHARE * len(inside)
