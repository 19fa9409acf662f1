"""Prefix beam search over CTC output, with a character language model and a lexicon.

The probability of a text is the sum over all its paths (Graves & Jaitly, 2014; Hannun et al.,
2014), times p(text)^weight from the language model, times e^bonus per character, times what the
lexicon gives for listed words. Probabilities are kept as plain floats scaled anew at each frame.
Classes that the network all but rules out in a frame are not looked at: where it is sure, the language
model has nothing to choose from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from inkread.alphabet import BLANK, Alphabet
from inkread.decoding.alignment import align
from inkread.decoding.hypothesis import Hypothesis
from inkread.decoding.language import Context, LanguageModel
from inkread.decoding.lexicon import Lexicon, Word

WIDTH = 16
"""Prefixes kept after each frame."""

CUTOFF = 1e-3
"""Classes under this probability in a frame are left out of it."""

TEMPERATURE = 1.15
"""Scores are divided by it before they become probabilities (Guo et al., 2017)."""

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
        "word",
    )

    def __init__(self, parent: _Prefix | None, last: int, weight: float, word: Word | None = None) -> None:
        self.parent, self.last, self.weight, self.word = parent, last, weight, word
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
        word_bonus: nats given for each letter of a word that the language model knows, to each text of
            the last beam.
        best: at most so many hypotheses are returned, and never more than ``width``.
        lexicon: words that the writer is likely to use.
    """

    def __init__(
        self,
        alphabet: Alphabet,
        language_model: LanguageModel | None,
        width: int = WIDTH,
        lm_weight: float = 0.6,
        bonus: float = 1.2,
        space_bonus: float = 0.4,
        word_bonus: float = 0.5,
        best: int = 5,
        cutoff: float = CUTOFF,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.alphabet, self.language_model, self.lexicon = alphabet, language_model, lexicon
        self.width, self.lm_weight, self.bonus, self.best = width, lm_weight, bonus, best
        self.cutoff, self.word_bonus = cutoff, word_bonus
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
        found = [(prefix.classes(), score) for prefix, score in self._search(log_probs, start)]
        if start is not None:
            found = [(classes, score + self._known(classes, blend)) for classes, score in found]
        found.sort(key=lambda pair: pair[1], reverse=True)
        shares = _shares([score for _, score in found])
        frames = align(log_probs, [classes for classes, _ in found[: self.best]])
        return [
            Hypothesis(self.alphabet.decode(classes), score, places, share, self._usual(classes, start))
            for (classes, score), places, share in zip(found, frames, shares, strict=False)
        ]

    def _search(
        self, log_probs: npt.NDArray[np.float32], start: Context | None
    ) -> list[tuple[_Prefix, float]]:
        """Return the last beam and its scores."""
        root = _Prefix(None, BLANK, 1.0)
        root.blank, root.context = 1.0, start
        most = 1.0 if start is None else math.exp(max(*self._bonuses, 0.0))
        if self.lexicon is not None:
            root.word = self.lexicon.start()
            most *= math.exp(self.lexicon.weight)
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
                            child = children[number] = self._grown(prefix, number)
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
        scored = [(prefix, scale + math.log(_total(prefix))) for prefix in beam]
        return [(prefix, score + (prefix.word.ended if prefix.word else 0.0)) for prefix, score in scored]

    def _known(self, classes: Sequence[int], blend: Mapping[str, float] | None) -> float:
        """Return what the known words of a text are worth, in nats."""
        if self.language_model is None or not self.language_model.words:
            return 0.0
        return self.word_bonus * self.language_model.known_letters(self.alphabet.decode(classes), blend)

    def _grown(self, prefix: _Prefix, number: int) -> _Prefix:
        """Return ``prefix`` with class ``number`` added."""
        weight = self._weight(prefix, number)
        if prefix.word is None:
            return _Prefix(prefix, number, weight)
        word, earned = prefix.word.after(self.alphabet.characters[number - 1])
        return _Prefix(prefix, number, weight * math.exp(earned), word)

    def _weight(self, prefix: _Prefix, number: int) -> float:
        """Return what the language model makes of class ``number`` after ``prefix``: a factor."""
        context = prefix.context
        if context is None:
            if prefix.parent is None or prefix.parent.context is None:
                return 1.0
            context = prefix.context = prefix.parent.context.after(self._symbols[prefix.last])
        log_probability = context.log_probability(self._symbols[number]) + self._shares[number]
        return math.exp(self.lm_weight * log_probability + self._bonuses[number])

    def _usual(self, classes: Sequence[int], context: Context | None) -> tuple[float, ...]:
        """Return log p of each character of a text from ``context`` on; nothing without one."""
        if context is None:
            return ()
        logs = []
        for number in classes:
            logs.append(context.log_probability(self._symbols[number]) + self._shares[number])
            context = context.after(self._symbols[number])
        return tuple(logs)


def _shares(scores: Sequence[float]) -> list[float]:
    """Return the probability of each score's text among all of them."""
    weights = [math.exp((score - scores[0]) / TEMPERATURE) for score in scores]
    return [weight / sum(weights) for weight in weights]


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
