"""Prefix search over CTC output: which texts are likeliest, all their paths summed (Graves & Jaitly, 2014).

A prefix is a node of a tree of texts. Each frame lets every prefix of the beam stay or grow by one class;
a text has one parent, so what a new one is worth is known before it is made, and it is made only if
it may stay. Probabilities are plain floats, scaled anew at each frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from inkread.alphabet import BLANK
from inkread.decoding.language import Context
from inkread.decoding.lexicon import Word

Frame = tuple[float, list[tuple[int, float]]]
"""The blank's probability, and the other classes worth looking at with theirs."""

Step = Callable[["Prefix", int], tuple[float, float, Word | None, float]]
"""Takes a prefix and a class; gives the factor of the longer text, the language model's log p of the
class (nats), the lexicon's word after it, and how much of the factor is an advance (nats)."""


class Prefix:
    """A text under construction.

    Attributes:
        parent, last: the text without its last class, and that class.
        weight: factor that came with the last class.
        usual: the language model's log p of the whole text, nats.
        word: what the lexicon thinks of the word begun.
        advance: nats that the text's weight holds for the search alone.
        ending: what its last words would bring in advance; found when it is first needed.
        context: what the language model remembers of the text; found when it is first needed.
        blank, label: sums of the text's paths that end in blank and in the last class.
        total: both together.
    """

    __slots__ = (
        "advance",
        "blank",
        "children",
        "context",
        "ending",
        "label",
        "last",
        "next_blank",
        "next_label",
        "parent",
        "seen",
        "total",
        "usual",
        "weight",
        "word",
    )

    def __init__(
        self,
        parent: Prefix | None,
        last: int,
        weight: float,
        usual: float,
        word: Word | None = None,
        advance: float = 0.0,
    ) -> None:
        self.parent, self.last, self.weight, self.usual, self.word = parent, last, weight, usual, word
        self.advance = advance
        self.ending: float | None = None
        self.blank = self.label = self.total = self.next_blank = self.next_label = 0.0
        self.seen = -1
        self.children: dict[int, Prefix] = {}
        self.context: Context | None = None

    def classes(self) -> list[int]:
        """Return the class of each character."""
        found: list[int] = []
        node: Prefix | None = self
        while node is not None and node.parent is not None:
            found.append(node.last)
            node = node.parent
        return found[::-1]


def search(
    frames: Sequence[Frame], root: Prefix, step: Step, most: Sequence[float], width: int, narrow: float
) -> list[tuple[Prefix, float]]:
    """Return the last beam, likeliest first, with the logarithm of each text's worth, its advance taken back.

    Args:
        frames: of one line.
        root: the empty text, with what language model and lexicon begin with.
        step: says what a text gains by one more class.
        most: the largest factor that ``step`` gives for each class.
        width: prefixes kept after each frame.
        narrow: share of the best prefix, above 0, under which others are not kept.
    """
    root.blank = root.total = 1.0
    beam, scale = [root], 0.0
    for number, (blank, labels) in enumerate(frames):
        least = _stay(beam, blank, dict(labels), number, narrow, width)
        beam, top = _best(beam + _grow(beam, labels, number, least, most, step), width, narrow)
        scale += math.log(top)
    found = [(prefix, scale + math.log(prefix.total) - prefix.advance) for prefix in beam]
    return sorted(found, key=lambda reading: reading[1], reverse=True)


def _stay(
    beam: list[Prefix], blank: float, likely: dict[int, float], number: int, narrow: float, width: int
) -> float:
    """Let all prefixes stay as they are; return what a new one must be worth to be kept."""
    best, worst = 0.0, math.inf
    for prefix in beam:
        prefix.next_blank = prefix.total * blank
        prefix.next_label = prefix.label * likely.get(prefix.last, 0.0)
        prefix.seen = number
        worth = prefix.next_blank + prefix.next_label
        if worth > best:
            best = worth
        if worth < worst:
            worst = worth
    return max(best * narrow, worst) if len(beam) == width else best * narrow


def _grow(
    beam: list[Prefix],
    labels: list[tuple[int, float]],
    number: int,
    least: float,
    most: Sequence[float],
    step: Step,
) -> list[Prefix]:
    """Let all prefixes grow; return the texts that are new to the beam."""
    new: list[Prefix] = []
    for prefix in beam:
        closed, total, last, children = prefix.blank, prefix.total, prefix.last, prefix.children
        for label, probability in labels:
            grown = (closed if label == last else total) * probability
            child = children.get(label)
            if child is None:
                if grown * most[label] < least:
                    continue
                weight, usual, word, advance = step(prefix, label)
                if grown * weight < least:
                    continue
                child = children[label] = Prefix(
                    prefix, label, weight, prefix.usual + usual, word, prefix.advance + advance
                )
            if child.seen != number:
                if grown * child.weight < least:
                    continue
                child.seen = number
                new.append(child)
            child.next_label += grown * child.weight
    return new


def _best(seen: list[Prefix], width: int, narrow: float) -> tuple[list[Prefix], float]:
    """Close the frame; return the prefixes worth keeping, scaled to the best one, and what that was worth."""
    for prefix in seen:
        prefix.blank, prefix.label = prefix.next_blank, prefix.next_label
        prefix.total = prefix.blank + prefix.label
        prefix.next_blank = prefix.next_label = 0.0
    seen.sort(key=_total, reverse=True)
    top = seen[0].total
    least, kept = top * narrow, []
    for prefix in seen[:width]:
        if prefix.total < least:
            break
        prefix.blank /= top
        prefix.label /= top
        prefix.total /= top
        kept.append(prefix)
    return kept, top


def _total(prefix: Prefix) -> float:
    return prefix.total


def root_of(context: Context | None, word: Word | None) -> Prefix:
    """Return the empty text."""
    root = Prefix(None, BLANK, 1.0, 0.0, word)
    root.context = context
    return root
