"""What speaks for each character of a reading, as numbers.

- seen: the network's highest posterior of the character within its frames, as log odds;
- rival: how far it lies above the best other character there, in nats;
- agreed: the probability of those readings in which the same character stands there, as log odds;
- usual: the language model's logarithm of its probability after what stands before it;
- seen nearby, usual nearby: the means over the line of the posterior's logarithm, and of ``usual``;
- strange: how far the mean of ``usual`` lies below that of all but the oddest lines: letters that
  make no words are seldom writing;
- crowding: how much more ink than usual there is for one character: much ink for few characters is
  a drawing, or a script that the network does not know;
- short: one over the number of characters: little context to go by.

The language model's share is zero for readings made without one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from inkread.alphabet import BLANK, Alphabet
from inkread.decoding.calibration import CHARACTER, Floats, logit
from inkread.decoding.hypothesis import Hypothesis

LogProbs = npt.NDArray[np.float32]

READINGS = 5
"""Readings of a line that are heard, the best ones."""

_FAR = 8.0  # nats beyond which evidence is not heard louder
_UNUSUAL = -8.0
_STRANGE = -2.5  # nats a character
_ROOM = 6.0  # frames of ink that a character takes at most, for the most part


def evidence(
    log_probs: LogProbs,
    readings: Sequence[Hypothesis],
    alphabet: Alphabet,
    ink: float | None = None,
) -> Floats:
    """Return the ``CHARACTER`` features, float64 (N, F), of the N characters of the best reading.

    Args:
        log_probs: float32 (T, C), natural log of a softmax over C = len(alphabet) classes.
        readings: of this line, best first, at least one; ``READINGS`` of a search.
        alphabet: the characters of the classes.
        ink: frames that hold ink; None where it is not known.
    """
    best = readings[0]
    count = len(best.text)
    features = np.zeros((count, len(CHARACTER)))
    if not count:
        return features
    seen, rival = peaks(log_probs, best, alphabet)
    features[:, 0] = 1.0
    features[:, 1] = np.clip(seen - np.log1p(-np.minimum(np.exp(seen), 1.0 - 1e-4)), -_FAR, _FAR)
    features[:, 2] = np.clip(rival, -_FAR, _FAR)
    features[:, 5] = np.clip(seen, -_FAR, 0.0).mean()
    if best.usual:
        usual = np.clip(best.usual, _UNUSUAL, 0.0)
        features[:, 3] = logit(_agreed(readings[:READINGS]))
        features[:, 4], features[:, 6] = usual, usual.mean()
        features[:, 7] = max(_STRANGE - usual.mean(), 0.0)
    if ink is not None:
        features[:, 8] = max(math.log(max(ink, 1.0) / count / _ROOM), 0.0)
    features[:, 9] = 1.0 / count
    return features


def peaks(log_probs: LogProbs, best: Hypothesis, alphabet: Alphabet) -> tuple[Floats, Floats]:
    """Return of each character its best log posterior, and by how much it beats other characters there."""
    seen, rival = np.full(len(best.text), -_FAR), np.full(len(best.text), -_FAR)
    numbers = np.array(alphabet.encode(best.text), dtype=np.intp)
    places = [place for place, (first, last) in enumerate(best.frames) if last > first]
    if not places:
        return seen, rival
    numbers = numbers[places]
    rows = log_probs[
        [
            first + int(log_probs[first:last, number].argmax())
            for number, (first, last) in zip(numbers, (best.frames[place] for place in places), strict=True)
        ]
    ]
    each = np.arange(len(rows))
    seen[places] = rows[each, numbers]
    rows[:, BLANK] = rows[each, numbers] = -np.inf
    rival[places] = seen[places] - rows.max(axis=1)
    return seen, rival


def _agreed(readings: Sequence[Hypothesis]) -> Floats:
    """Return of each character of the first reading the probability of the readings that have it too."""
    top = max(reading.score for reading in readings)
    weights = [math.exp(reading.score - top) for reading in readings]
    text = readings[0].text
    agreed = np.full(len(text), weights[0])
    for weight, reading in zip(weights[1:], readings[1:], strict=True):
        for block in Levenshtein.opcodes(text, reading.text):
            if block.tag == "equal":
                agreed[block.src_start : block.src_end] += weight
    return np.asarray(agreed / sum(weights))
