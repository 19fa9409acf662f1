"""Prefix search over CTC output: which texts are likeliest, all their paths summed (Graves & Jaitly, 2014).

A prefix is a node of a tree of texts. Each frame lets every prefix of the beam stay or grow by one class;
a text has one parent, so what a new one is worth is known before it is made, and it is made only if
it may stay. Probabilities are plain floats, scaled anew at each frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import attrgetter

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
        next_blank, next_label, next_total: the same after the frame that is being looked at.
        turn: the last one in which the text was of the beam.
        number: of the text, in the order in which they were made; texts are found again by it.
    """

    __slots__ = (
        "advance",
        "blank",
        "context",
        "ending",
        "label",
        "last",
        "next_blank",
        "next_label",
        "next_total",
        "number",
        "parent",
        "total",
        "turn",
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
        self.blank = self.label = self.total = self.next_blank = self.next_label = self.next_total = 0.0
        self.turn, self.number = -1, 0
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
    beam, scale, turn = _closed([root], 1.0, 0), 0.0, 0
    made: dict[int, Prefix] = {}
    for blank, labels in frames:
        if not labels:
            for prefix in beam:
                prefix.blank, prefix.label = prefix.total, 0.0
            scale += math.log(blank)
            continue
        least = _stay(beam, blank, dict(labels), turn, narrow, width)
        seen = beam + _grow(beam, labels, turn, least, most, step, made)
        seen.sort(key=_NEXT, reverse=True)
        top, turn = seen[0].next_total, turn + 1
        scale += math.log(top)
        beam = _closed(_likeliest(seen, width, top * narrow), top, turn)
    found = [(prefix, scale + math.log(prefix.total) - prefix.advance) for prefix in beam]
    return sorted(found, key=lambda reading: reading[1], reverse=True)


def _stay(
    beam: list[Prefix], blank: float, likely: dict[int, float], turn: int, narrow: float, width: int
) -> float:
    """Let all prefixes stay as they are, and take what reaches them from others of the beam.

    Returns:
        What a new prefix must be worth to be kept.
    """
    best, worst = 0.0, math.inf
    for prefix in beam:
        worth = prefix.next_blank = prefix.total * blank
        last = prefix.last
        if last in likely:
            reached, parent = prefix.label, prefix.parent
            if parent is not None and parent.turn == turn:
                reached += (parent.blank if parent.last == last else parent.total) * prefix.weight
            reached *= likely[last]
            worth += reached
            prefix.next_label = reached
        else:
            prefix.next_label = 0.0
        prefix.next_total = worth
        if worth > best:
            best = worth
        if worth < worst:
            worst = worth
    return max(best * narrow, worst) if len(beam) == width else best * narrow


def _grow(
    beam: list[Prefix],
    labels: list[tuple[int, float]],
    turn: int,
    least: float,
    most: Sequence[float],
    step: Step,
    made: dict[int, Prefix],
) -> list[Prefix]:
    """Let all prefixes, which stand likeliest first, grow; return the texts that are new to the beam.

    All that were ever made are in ``made``, by their parent's number and their last class. Were they in their
    parents, a line's texts would hold each other, and Python's collector of such rings took half of the time.
    """
    new: list[Prefix] = []
    classes = len(most)
    for label, probability in labels:
        reach = probability * most[label]
        for prefix in beam:
            total = prefix.total
            if total * reach < least:
                break
            if prefix.last == label:
                total = prefix.blank
                if total * reach < least:
                    continue
            grown = total * probability
            key = prefix.number * classes + label
            child = made.get(key)
            if child is None:
                weight, usual, word, advance = step(prefix, label)
                if grown * weight < least:
                    continue
                child = made[key] = Prefix(
                    prefix, label, weight, prefix.usual + usual, word, prefix.advance + advance
                )
                child.number = len(made)
            elif child.turn == turn or grown * child.weight < least:
                continue  # it has stayed, or is not worth it
            child.next_blank = 0.0
            child.next_label = child.next_total = grown * child.weight
            new.append(child)
    return new


def _likeliest(seen: list[Prefix], width: int, least: float) -> list[Prefix]:
    """Return the first prefixes, ``width`` of them or fewer, that are worth at least ``least``."""
    if len(seen) > width:
        del seen[width:]
    while seen[-1].next_total < least:
        seen.pop()
    return seen


def _closed(beam: list[Prefix], top: float, turn: int) -> list[Prefix]:
    """Close a frame: what comes next is what is, scaled so that ``top`` becomes 1."""
    scale = 1.0 / top
    for prefix in beam:
        prefix.blank = prefix.next_blank * scale
        prefix.label = prefix.next_label * scale
        prefix.total = prefix.next_total * scale
        prefix.turn = turn
    return beam


def root_of(context: Context | None, word: Word | None) -> Prefix:
    """Return the empty text."""
    root = Prefix(None, BLANK, 1.0, 0.0, word)
    root.context = context
    root.next_blank = root.next_total = 1.0
    return root


_NEXT = attrgetter("next_total")
