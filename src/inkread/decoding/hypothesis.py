"""One reading of a line: its text, its score, and where each character stands in time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of a line.

    Attributes:
        text: the characters read.
        score: natural logarithm; only scores of one decoding of one line compare.
        frames: first frame and last frame + 1 of each character, in order and without overlap.
        probability: among all readings that were considered, of which these may be a few; 0 to 1.
        usual: the language model's logarithm of each character's probability; empty without a model.
        by_size: whether the sizes of its letters told their case.
    """

    text: str
    score: float
    frames: tuple[tuple[int, int], ...]
    probability: float = 1.0
    usual: tuple[float, ...] = ()
    by_size: bool = False
