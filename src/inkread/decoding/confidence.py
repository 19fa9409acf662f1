"""How sure a reading is, from the network's own posteriors.

The language model has a say in the alternatives' probabilities alone, by way of their scores.

A character's confidence is the highest posterior of its class within its frames; a word's is that
of its weakest character; a line's is the geometric mean of its characters' and of the spaces'
between them. That is a mean a character, comparable between short and long lines, and not the
chance that the whole text is right, which falls with the length.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkread.alphabet import Alphabet
from inkread.decoding.hypothesis import Hypothesis

LogProbs = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure one reading is; all values are 0 to 1.

    Attributes:
        line: geometric mean of ``characters``; 0 for an empty text.
        characters: of each character of the best reading's text.
        alternatives: of each further reading, its probability among those considered.
    """

    line: float
    characters: tuple[float, ...]
    alternatives: tuple[float, ...]


def of(
    log_probs: LogProbs, readings: Sequence[Hypothesis], alphabet: Alphabet, temperature: float = 1.0
) -> Confidence:
    """Return how sure the readings of one line are.

    Args:
        log_probs: float32 (T, C), natural log of a softmax over C = len(alphabet) classes.
        readings: of this line, best first, at least one.
        alphabet: the characters of the classes.
        temperature: the logarithms are divided by it first; over 1 makes less sure (Guo et al., 2017).
    """
    characters = of_characters(log_probs, readings[0], alphabet, temperature)
    return Confidence(of_line(characters), characters, among(readings, temperature)[1:])


def of_characters(
    log_probs: LogProbs, reading: Hypothesis, alphabet: Alphabet, temperature: float = 1.0
) -> tuple[float, ...]:
    """Return the confidence of each character of ``reading``, 0 to 1."""
    if not reading.text:
        return ()
    heated = heat(log_probs, temperature)
    classes = alphabet.encode(reading.text)
    return tuple(
        min(math.exp(float(heated[first:last, number].max())), 1.0) if last > first else 0.0
        for number, (first, last) in zip(classes, reading.frames, strict=True)
    )


def of_line(characters: Sequence[float]) -> float:
    """Return the geometric mean of the characters' confidences, 0.0 if there are none."""
    if not characters:
        return 0.0
    return math.exp(sum(math.log(max(value, 1e-6)) for value in characters) / len(characters))


def of_words(text: str, characters: Sequence[float]) -> tuple[float, ...]:
    """Return the confidence of each word of ``text`` (parted by spaces): its weakest character's."""
    words: list[float] = []
    inside = False
    for character, value in zip(text, characters, strict=True):
        if character == " ":
            inside = False
        elif inside:
            words[-1] = min(words[-1], value)
        else:
            words.append(value)
            inside = True
    return tuple(words)


def among(readings: Sequence[Hypothesis], temperature: float = 1.0) -> tuple[float, ...]:
    """Return the probability of each reading among ``readings``, from their scores; they sum to 1."""
    top = max(reading.score for reading in readings)
    weights = [math.exp((reading.score - top) / temperature) for reading in readings]
    return tuple(weight / sum(weights) for weight in weights)


def heat(log_probs: LogProbs, temperature: float) -> LogProbs:
    """Divide by ``temperature`` and make each frame's probabilities sum to one again."""
    if temperature == 1.0:
        return log_probs
    scaled = log_probs / np.float32(temperature)
    peak = scaled.max(axis=1, keepdims=True)
    return np.asarray(
        scaled - peak - np.log(np.exp(scaled - peak).sum(axis=1, keepdims=True)), dtype=np.float32
    )
