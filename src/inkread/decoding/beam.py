"""Prefix beam search over CTC output, with a character language model and a lexicon.

The probability of a text is the sum over all its paths (Graves & Jaitly, 2014; Hannun et al.,
2014), times p(text)^weight from the language model, times e^bonus per character, times what the
lexicon gives for listed words. Probabilities are kept as plain floats scaled anew at each frame.
Classes that the network all but rules out in a frame are not looked at: where it is sure, the language
model has nothing to choose from.

What its words are worth is known when a text is complete, and by then the search may have lost it. So
words count in advance as soon as a space or a mark follows; the last beam gives that back and each of its
texts is weighed as a whole.
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
from inkread.decoding.rescoring import RESCORING, Rescoring, SentenceScorer
from inkread.decoding.search import Frame, Prefix, Step, root_of, search
from inkread.decoding.words import WORD_WEIGHTS, WordWeights

WIDTH = 128
"""Prefixes kept after each frame."""

CUTOFF = 7e-4
"""Classes under this probability in a frame are left out of it."""

TEMPERATURE = 1.15
"""Scores are divided by it before they become probabilities (Guo et al., 2017)."""

NARROW = 3e-4
"""Prefixes worth less than this share of the best one are not kept."""

MARKS = frozenset('"“”«»-–—')
"""Quotes, hyphens and dashes: texts differ more in how often these are written than other signs."""

_IN_WORDS = frozenset("'’-")
_ANY = 1e30  # no bound on what a class brings: a word may end before it, and count in advance


class BeamDecoder:
    """Reads lines with a beam; keeps no state between lines and may be shared between threads.

    Args:
        alphabet: the characters of the classes.
        language_model: or ``None`` for none, which makes all weights and bonuses, and ``sentences``, idle.
        width: prefixes kept after each frame.
        lm_weight: exponent of the language model's probability.
        bonus: nats given for each character, against the model's liking for short texts.
        space_bonus: the same for a space, which costs little ink to invent.
        mark_bonus: the same for each of ``MARKS``, which the model expects too seldom.
        words: what the language model's words are worth to a text.
        best: at most so many hypotheses are returned, and never more than ``width``.
        cutoff: classes under this probability in a frame are left out of it.
        narrow: share of the best prefix, above 0, under which others are not kept.
        lexicon: words that the writer is likely to use.
        sentences: a model of whole texts that weighs the last beam again, where a language model is
            used at all; or ``None``.
        rescoring: how it does.
    """

    def __init__(
        self,
        alphabet: Alphabet,
        language_model: LanguageModel | None,
        width: int = WIDTH,
        lm_weight: float = 0.6,
        bonus: float = 1.2,
        space_bonus: float = 0.4,
        mark_bonus: float = 2.0,
        words: WordWeights = WORD_WEIGHTS,
        best: int = 5,
        cutoff: float = CUTOFF,
        narrow: float = NARROW,
        lexicon: Lexicon | None = None,
        sentences: SentenceScorer | None = None,
        rescoring: Rescoring = RESCORING,
    ) -> None:
        self.alphabet, self.language_model, self.lexicon = alphabet, language_model, lexicon
        self.sentences, self.rescoring = sentences, rescoring
        self.width, self.lm_weight, self.bonus, self.best = width, lm_weight, bonus, best
        self.cutoff, self.narrow, self.words = cutoff, narrow, words
        self._bonuses = [bonus] * len(alphabet)
        for sign in alphabet:
            if sign == " " or sign in MARKS:
                self._bonuses[alphabet.class_of(sign)] = space_bonus if sign == " " else mark_bonus
        self._ends = [True, *(not (sign.isalnum() or sign in _IN_WORDS) for sign in alphabet)]
        self._most = [
            _ANY if ends else math.exp(bonus) for ends, bonus in zip(self._ends, self._bonuses, strict=True)
        ]
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
        found = self._ranked(log_probs, start, blend)
        shares = _shares([score for _, score in found])
        (frames,) = align(log_probs, [found[0][0]])
        usual = self._usual(found[0][0], start)
        return [
            Hypothesis(
                self.alphabet.decode(classes),
                score,
                () if number else frames,
                share,
                () if number else usual,
            )
            for number, ((classes, score), share) in enumerate(zip(found[: self.best], shares, strict=False))
        ]

    def _ranked(
        self, log_probs: npt.NDArray[np.float32], start: Context | None, blend: Mapping[str, float] | None
    ) -> list[tuple[list[int], float]]:
        """Return the classes and the score of each text of the last beam, best first."""
        last = self._search(log_probs, start, blend)
        readings = [prefix.classes() for prefix, _ in last]
        scores = [score for _, score in last]
        if start is not None:
            texts = [self.alphabet.decode(classes) for classes in readings]
            usual = [prefix.usual for prefix, _ in last]
            scores = [
                score + self._worth(text, log_p, blend)
                for score, text, log_p in zip(scores, texts, usual, strict=True)
            ]
            if self.sentences is not None:
                scores = self.rescoring.weigh(self.sentences, texts, scores, usual)
        return sorted(zip(readings, scores, strict=True), key=lambda reading: reading[1], reverse=True)

    def _search(
        self, log_probs: npt.NDArray[np.float32], start: Context | None, blend: Mapping[str, float] | None
    ) -> list[tuple[Prefix, float]]:
        """Return the last beam and its scores."""
        most, word = self._most if start is not None else [1.0] * len(self.alphabet), None
        if self.lexicon is not None:
            word = self.lexicon.start()
            most = [factor * math.exp(self.lexicon.weight) for factor in most]
        step = self._stepper(blend)
        last = search(
            _frames(log_probs, self.cutoff), root_of(start, word), step, most, self.width, self.narrow
        )
        return [(prefix, score + (prefix.word.ended if prefix.word else 0.0)) for prefix, score in last]

    def _stepper(self, blend: Mapping[str, float] | None) -> Step:
        """Return what says what a class brings to a text of one line; see ``search.Step``."""
        symbols, shares, bonuses = self._symbols, self._shares, self._bonuses
        ends, characters, lm_weight = self._ends, self.alphabet.characters, self.lm_weight
        known: dict[tuple[int, ...], float] = {}

        def in_advance(prefix: Prefix) -> float:
            if prefix.ending is None:
                classes = self._unweighed(prefix)
                if classes not in known:  # a space after it: a hyphen is at the line's end at its end alone
                    known[classes] = self._worth(self.alphabet.decode(classes) + " ", 0.0, blend)
                prefix.ending = known[classes]
            return prefix.ending

        def step(prefix: Prefix, number: int) -> tuple[float, float, Word | None, float]:
            usual = nats = advance = 0.0
            context, parent, word = prefix.context, prefix.parent, prefix.word
            if context is None and parent is not None and parent.context is not None:
                context = prefix.context = parent.context.after(symbols[prefix.last])
            if context is not None:
                usual = context.log_probability(symbols[number]) + shares[number]
                if ends[number] and not ends[prefix.last]:
                    advance = in_advance(prefix)
                nats = lm_weight * usual + bonuses[number] + advance
            if word is not None:
                word, earned = word.after(characters[number - 1])
                nats += earned
            return math.exp(nats), usual, word, advance

        return step

    def _unweighed(self, prefix: Prefix) -> tuple[int, ...]:
        """Return the classes of the words at the end of a text that have not been counted in advance."""
        classes: list[int] = []
        node: Prefix | None = prefix
        while node is not None and not self._ends[node.last]:
            classes.append(node.last)
            node = node.parent
        return tuple(reversed(classes))

    def _worth(self, text: str, usual: float, blend: Mapping[str, float] | None) -> float:
        """Return what the words of a text are worth, in nats; ``usual`` is the characters' log p."""
        if self.language_model is None or not self.language_model.words:
            return 0.0
        return self.words.worth(self.language_model.tally(text, blend), usual)

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


def _frames(log_probs: npt.NDArray[np.float32], cutoff: float) -> list[Frame]:
    """Return of each frame the blank's probability and the classes over the cutoff with theirs.

    Of frames in a row that hold nothing but blank only the first is kept: the others change no text.
    """
    limit = math.log(cutoff)
    likely = log_probs > limit
    if len(log_probs):
        likely[np.arange(len(log_probs)), log_probs.argmax(axis=1)] = True
    rows, columns = np.nonzero(likely)
    values = np.exp(log_probs[rows, columns].astype(np.float64)).tolist()
    frames: list[Frame] = [(0.0, []) for _ in range(len(log_probs))]
    for row, column, value in zip(rows.tolist(), columns.tolist(), values, strict=True):
        if column == BLANK:
            frames[row] = (value, frames[row][1])
        else:
            frames[row][1].append((column, value))
    kept: list[Frame] = []
    for frame in frames:
        if frame[1] or not kept or kept[-1][1]:
            kept.append(frame)
    return kept
