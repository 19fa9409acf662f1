"""A second look at the last beam: a slower model of whole sentences weighs its readings again.

The search needs a model that answers in microseconds and looks back a few characters. Few readings are
left at its end, and a neural model that has seen the whole line can weigh those (n-best rescoring;
Mikolov et al., Interspeech 2010). It takes over a share of what the characters' model said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class SentenceScorer(Protocol):
    """A model of whole texts; used by several threads at once."""

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        """Return the natural logarithm of each text's probability."""
        ...


@dataclass(frozen=True, slots=True)
class Rescoring:
    """How readings are weighed again; tuned on validation hands (docs/ledger.md).

    Attributes:
        weight: exponent of the sentence model's probability.
        ngram_weight: exponent of the character model's, which it stands in for.
        bonus: nats given for each character, against the models' liking for short texts.
        most: so many of the best readings are weighed, and no others.
        sure: nothing is weighed where the best reading has this share of the probability or more.
    """

    weight: float = 0.2
    ngram_weight: float = -0.1
    bonus: float = 0.2
    most: int = 8
    sure: float = 0.8

    def weigh(
        self,
        scorer: SentenceScorer,
        texts: Sequence[str],
        scores: Sequence[float],
        usual: Sequence[float],
    ) -> list[float]:
        """Return new scores of the readings of one line.

        Args:
            scorer: the sentence model.
            texts: different readings.
            scores: of each, nats.
            usual: log p of each by the character model.

        Returns:
            A score of each reading; those that were not weighed change as the least favoured one that was.
        """
        order = sorted(range(len(texts)), key=lambda number: scores[number], reverse=True)
        best = scores[order[0]]
        if len(order) < 2 or 1.0 / sum(math.exp(score - best) for score in scores) >= self.sure:
            return list(scores)
        chosen = order[: self.most]
        found = scorer.log_probabilities([texts[number] for number in chosen])
        changes = {
            number: self.weight * log_probability
            + self.ngram_weight * usual[number]
            + self.bonus * len(texts[number])
            for number, log_probability in zip(chosen, found, strict=True)
        }
        least = min(changes.values())
        return [score + changes.get(number, least) for number, score in enumerate(scores)]


RESCORING = Rescoring()
"""What is shipped."""
