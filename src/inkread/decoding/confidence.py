"""How sure a reading is: probabilities, as far as held-out hands can tell.

A character's confidence is the chance that it stands there; a word's that the word is right to the
letter; a line's is the share of its characters that is right, to be expected. That is a mean a
character, comparable between short and long lines, and not the chance that the whole text is right,
which falls with the length. What is said of each comes from a bundle's ``Calibration``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkread.alphabet import Alphabet
from inkread.decoding.calibration import Calibration, line_features, logistic, word_features
from inkread.decoding.evidence import evidence, peaks
from inkread.decoding.hypothesis import Hypothesis

LogProbs = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure one reading is; all values are 0 to 1.

    Attributes:
        line: share of its characters that is right, to be expected; 0 for an empty text.
        words: of each word of the best reading's text (parted by spaces), that it is right.
        characters: of each character of that text, that it is right.
    """

    line: float
    words: tuple[float, ...]
    characters: tuple[float, ...]


def of(
    log_probs: LogProbs,
    readings: Sequence[Hypothesis],
    alphabet: Alphabet,
    calibration: Calibration,
    ink: float | None = None,
) -> Confidence:
    """Return how sure the readings of one line are.

    Args:
        log_probs: float32 (T, C), natural log of a softmax over C = len(alphabet) classes.
        readings: of this line, best first, at least one; ``READINGS`` of a search.
        alphabet: the characters of the classes.
        calibration: of the network that gave ``log_probs``.
        ink: frames that hold ink; None where it is not known.
    """
    text = readings[0].text
    if not text:
        return Confidence(0.0, (), ())
    scale = calibration.with_model if readings[0].usual else calibration.alone
    speaks = evidence(log_probs, readings, alphabet, ink)
    characters = logistic(speaks, scale.characters)
    words = logistic(word_features(text, speaks, characters), scale.words)
    line = logistic(line_features(characters), scale.line)
    return Confidence(float(line[0]), tuple(words.tolist()), tuple(characters.tolist()))


def of_characters(log_probs: LogProbs, reading: Hypothesis, alphabet: Alphabet) -> tuple[float, ...]:
    """Return the network's own posterior of each character of ``reading``, 0 to 1: nothing is calibrated."""
    return tuple(np.exp(peaks(log_probs, reading, alphabet)[0]).tolist())


def of_line(characters: Sequence[float]) -> float:
    """Return the mean of the characters' confidences, 0.0 if there are none: nothing is calibrated."""
    return sum(characters) / len(characters) if characters else 0.0
