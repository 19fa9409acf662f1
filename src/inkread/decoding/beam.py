"""Prefix beam search over CTC output, with a character language model.

The probability of a text is the sum over all its paths (Graves & Jaitly, 2014; Hannun et al.,
2014), times p(text)^weight from the language model, times e^bonus per character. Probabilities
are kept as plain floats scaled anew at each frame. Classes that the network all but rules out in a
frame are not looked at: where it is sure, the language model has nothing to choose from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from inkread.alphabet import BLANK, Alphabet
from inkread.decoding.alignment import align
from inkread.decoding.hypothesis import Hypothesis
from inkread.decoding.language import Context, LanguageModel

CUTOFF = 1e-3
"""Classes under this probability in a frame are left out of it."""

_NARROW = 1e-5


class _Prefix:
    """A text under construction; ``blank`` and ``label`` are the sums of its paths by last class."""

    __slots__ = (
        "blank",
        "children",
        "context",
        "label",
        "last",
        "next_blank",
        "next_label",
        "parent",
        "weight",
    )

    def __init__(self, parent: _Prefix | None, last: int, weight: float) -> None:
        self.parent, self.last, self.weight = parent, last, weight
        self.blank = self.label = self.next_blank = self.next_label = 0.0
        self.children: dict[int, _Prefix] = {}
        self.context: Context | None = None

    def classes(self) -> list[int]:
        """Return the class of each character."""
        found: list[int] = []
        node: _Prefix | None = self
        while node is not None and node.parent is not None:
            found.append(node.last)
            node = node.parent
        return found[::-1]


def _total(prefix: _Prefix) -> float:
    return prefix.blank + prefix.label


class BeamDecoder:
    """Reads lines with a beam; keeps no state between lines and may be shared between threads.

    Args:
        alphabet: the characters of the classes.
        language_model: or ``None`` for none, which makes ``lm_weight`` and ``bonus`` idle.
        width: prefixes kept after each frame.
        lm_weight: exponent of the language model's probability.
        bonus: nats given for each character, against the model's liking for short texts.
        space_bonus: the same for a space, which costs little ink to invent.
        best: at most so many hypotheses are returned.
    """

    def __init__(
        self,
        alphabet: Alphabet,
        language_model: LanguageModel | None,
        width: int = 16,
        lm_weight: float = 0.6,
        bonus: float = 1.2,
        space_bonus: float = 0.4,
        best: int = 5,
        cutoff: float = CUTOFF,
    ) -> None:
        self.alphabet, self.language_model = alphabet, language_model
        self.width, self.lm_weight, self.bonus, self.best = width, lm_weight, bonus, best
        self.cutoff = cutoff
        self._bonuses = [bonus] * len(alphabet)
        if " " in alphabet:
            self._bonuses[alphabet.class_of(" ")] = space_bonus
        self._symbols = [0] * len(alphabet)
        self._shares = [0.0] * len(alphabet)
        if language_model is not None:
            symbols = language_model.symbols.encode("".join(alphabet)).tolist()
            self._symbols = [0, *symbols]
            self._shares = [0.0, *(language_model.symbols.share(symbol) for symbol in symbols)]

    def decode(
        self, log_probs: npt.NDArray[np.float32], blend: Mapping[str, float] | None = None
    ) -> list[Hypothesis]:
        """Read one line.

        Args:
            log_probs: float32 (T, C), natural log of a softmax over C = len(alphabet) classes.
            blend: weight of each language, as ``choose`` gives it; ``None`` weighs all alike,
                an empty one reads without a language model.

        Returns:
            Different texts, best first, at least one.
        """
        start = None
        if self.language_model is not None and (blend is None or blend):
            start = self.language_model.start(blend)
        found = self._search(log_probs, start)
        texts = [prefix.classes() for prefix, _ in found]
        frames = align(log_probs, texts)
        return [
            Hypothesis(self.alphabet.decode(classes), score, places)
            for classes, (_, score), places in zip(texts, found, frames, strict=True)
        ]

    def _search(
        self, log_probs: npt.NDArray[np.float32], start: Context | None
    ) -> list[tuple[_Prefix, float]]:
        """Return the best prefixes and their scores after the last frame."""
        root = _Prefix(None, BLANK, 1.0)
        root.blank, root.context = 1.0, start
        most = 1.0 if start is None else math.exp(max(*self._bonuses, 0.0))
        beam, scale = [root], 0.0
        for blank, labels in _frames(log_probs, self.cutoff):
            likely = dict(labels)
            stays: list[float] = []
            for prefix in beam:
                prefix.next_blank = (prefix.blank + prefix.label) * blank
                prefix.next_label = prefix.label * likely.get(prefix.last, 0.0)
                stays.append(prefix.next_blank + prefix.next_label)
            least = max(stays) * _NARROW
            if len(beam) == self.width:
                least = max(least, min(stays))
            seen = set(beam)
            for prefix in beam:
                closed, total, last, children = (
                    prefix.blank,
                    prefix.blank + prefix.label,
                    prefix.last,
                    prefix.children,
                )
                for number, probability in labels:
                    grown = (closed if number == last else total) * probability
                    child = children.get(number)
                    if child is None or child not in seen:
                        if grown * most < least:
                            continue
                        if child is None:
                            child = children[number] = _Prefix(prefix, number, self._weight(prefix, number))
                        seen.add(child)
                    child.next_label += grown * child.weight
            for prefix in seen:
                prefix.blank, prefix.label = prefix.next_blank, prefix.next_label
                prefix.next_blank = prefix.next_label = 0.0
            ranked = sorted(seen, key=_total, reverse=True)
            top = _total(ranked[0])
            least, beam = top * _NARROW, []
            for prefix in ranked[: self.width]:
                if prefix.blank + prefix.label < least:
                    break
                prefix.blank /= top
                prefix.label /= top
                beam.append(prefix)
            scale += math.log(top)
        return [(prefix, scale + math.log(_total(prefix))) for prefix in beam[: self.best]]

    def _weight(self, prefix: _Prefix, number: int) -> float:
        """Return what the language model makes of class ``number`` after ``prefix``: a factor."""
        context = prefix.context
        if context is None:
            if prefix.parent is None or prefix.parent.context is None:
                return 1.0
            context = prefix.context = prefix.parent.context.after(self._symbols[prefix.last])
        log_probability = context.log_probability(self._symbols[number]) + self._shares[number]
        return math.exp(self.lm_weight * log_probability + self._bonuses[number])


def _frames(log_probs: npt.NDArray[np.float32], cutoff: float) -> list[tuple[float, list[tuple[int, float]]]]:
    """Return of each frame the blank's probability and the classes over the cutoff with theirs.

    Of frames in a row that hold nothing but blank only the first is kept: the others change no text.
    """
    limit = math.log(cutoff)
    likely = log_probs > limit
    if len(log_probs):
        likely[np.arange(len(log_probs)), log_probs.argmax(axis=1)] = True
    rows, columns = np.nonzero(likely)
    values = np.exp(log_probs[rows, columns].astype(np.float64)).tolist()
    frames: list[tuple[float, list[tuple[int, float]]]] = [(0.0, []) for _ in range(len(log_probs))]
    for row, column, value in zip(rows.tolist(), columns.tolist(), values, strict=True):
        if column == BLANK:
            frames[row] = (value, frames[row][1])
        else:
            frames[row][1].append((column, value))
    kept: list[tuple[float, list[tuple[int, float]]]] = []
    for frame in frames:
        if frame[1] or not kept or kept[-1][1]:
            kept.append(frame)
    return kept
