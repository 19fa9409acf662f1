"""Counts of characters in text become a pruned, quantised n-gram model.

Probabilities are interpolated modified Kneser-Ney (Chen & Goodman, 1998), thinned by weighted
difference (Seymore & Rosenfeld, 1996), and closed with back-off weights that make each context sum to one.
All n-grams of one order are one sorted array of packed 64-bit keys, so each step is a few
NumPy calls over the whole order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkread.decoding.language import LOG_STEP, NgramModel
from inkread.decoding.language_text import tidy
from inkread.decoding.symbols import Symbols

BITS = 7
MAX_ORDER = 64 // BITS

Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Order:
    """All n-grams of one length: sorted keys, and what is known of each."""

    keys: Keys
    counts: npt.NDArray[np.int64]
    probabilities: Floats


def windows(codes: Codes, order: int) -> Keys:
    """Return the packed key of each run of ``order`` symbols in ``codes`` (values under 128)."""
    length = len(codes) - order + 1
    keys = np.zeros(max(length, 0), dtype=np.uint64)
    for offset in range(order):
        keys <<= np.uint64(BITS)
        keys |= codes[offset : offset + len(keys)]
    return keys


def find(keys: Keys, wanted: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the places of ``wanted`` in sorted ``keys``, and which of them are really there."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return places.astype(np.int64), keys[places] == wanted


def suffix(keys: Keys, order: int) -> Keys:
    """Drop the first symbol of each n-gram of length ``order``."""
    return keys & np.uint64((1 << BITS * (order - 1)) - 1)


def estimate(codes: Codes, order: int, symbols: int) -> list[Order]:
    """Count all n-grams up to ``order`` and give each its interpolated modified Kneser-Ney probability.

    Args:
        codes: uint8 (N,), symbol numbers in 0..symbols-1 of the whole text.
        order: longest n-gram, 1 to ``MAX_ORDER``.
        symbols: size of the symbol table, at most 127.

    Returns:
        One ``Order`` per length, 1 to ``order``; length 1 holds every symbol.
    """
    longest = np.sort(windows(codes, order))
    orders: list[Order] = []
    keys, counts = _counted(longest, order, 1)
    for length in range(1, order + 1):
        used = counts
        if length < order:
            longer_keys, longer_counts = _counted(longest, order, length + 1)
            places, there = find(keys, suffix(longer_keys, length + 1))
            used = np.maximum(np.bincount(places[there], minlength=len(keys)), 1)
        taken = _discounts(used)[np.minimum(used, 3)]
        first = _heads(keys >> np.uint64(BITS))
        kinds = np.diff(np.append(first, len(keys)))
        totals = np.repeat(np.add.reduceat(used, first), kinds)
        spared = np.repeat(np.add.reduceat(taken, first), kinds)
        if length == 1:
            lower = np.full(len(keys), 1.0 / symbols)
        else:
            places, there = find(orders[-1].keys, suffix(keys, length))
            lower = np.where(there, orders[-1].probabilities[places], 1.0 / symbols)
        orders.append(Order(keys, counts, (used - taken + spared * lower) / totals))
        if length == 1:
            orders[0] = _completed(orders[0], symbols, float(spared[0] / totals[0]))
        if length < order:
            keys, counts = longer_keys, longer_counts
    return orders


def _heads(values: Keys) -> npt.NDArray[np.int64]:
    """Return where each run of equal values begins."""
    return np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1]))).astype(np.int64)


def _counted(longest: Keys, order: int, length: int) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Return the distinct n-grams of ``length`` and their counts, from the sorted longest ones."""
    runs = longest >> np.uint64(BITS * (order - length))
    starts = _heads(runs)
    return runs[starts], np.diff(np.append(starts, len(runs))).astype(np.int64)


def _discounts(counts: npt.NDArray[np.int64]) -> Floats:
    """Return what is taken off counts of 0, 1, 2, and 3 or more (Chen & Goodman, 1998)."""
    one, two, three, four = (int(np.count_nonzero(counts == number)) for number in (1, 2, 3, 4))
    if min(one, two, three, four) < 10:
        return np.array([0.0, 0.5, 0.8, 1.0])
    base = one / (one + 2 * two)
    estimates = [1 - 2 * base * two / one, 2 - 3 * base * three / two, 3 - 4 * base * four / three]
    return np.concatenate(([0.0], np.clip(estimates, 0.05, [0.98, 1.9, 2.9])))


def _completed(order: Order, symbols: int, spared: float) -> Order:
    """Add the symbols that the text lacks to the order of length 1."""
    places = order.keys.astype(np.int64)
    counts = np.zeros(symbols, dtype=np.int64)
    counts[places] = order.counts
    probabilities = np.full(symbols, spared / symbols)
    probabilities[places] = order.probabilities
    return Order(np.arange(symbols, dtype=np.uint64), counts, probabilities / probabilities.sum())


def prune(orders: Sequence[Order], threshold: float) -> list[Order]:
    """Keep the n-grams that tell more than their shorter selves, and the prefixes of those kept.

    Args:
        orders: what ``estimate`` returned.
        threshold: nats, summed over the text, that an n-gram must be worth.
    """
    kept = list(orders)
    needed: Keys = np.zeros(0, dtype=np.uint64)
    for length in range(len(orders), 1, -1):
        order, shorter = orders[length - 1], orders[length - 2]
        places, there = find(shorter.keys, suffix(order.keys, length))
        lower = np.where(there, shorter.probabilities[places], 1e-9)
        worth = order.counts * np.abs(np.log(order.probabilities / lower))
        keep = (worth > threshold) | find(needed, order.keys)[1]
        kept[length - 1] = Order(order.keys[keep], order.counts[keep], order.probabilities[keep])
        contexts = kept[length - 1].keys >> np.uint64(BITS)
        needed = contexts[_heads(contexts)] if len(contexts) else contexts
    return kept


class Backoff:
    """A pruned model closed by back-off weights: p(w | h) = p or weight(h) p(w | shorter h)."""

    def __init__(self, orders: Sequence[Order], step: float = LOG_STEP) -> None:
        self.keys = [order.keys for order in orders]
        self.levels = [_quantise(order.probabilities, step) for order in orders]
        self.logs = [-step * levels.astype(np.float64) for levels in self.levels]
        self.weights: list[npt.NDArray[np.int16]] = []
        self._weight_logs: list[Floats] = []
        for length in range(1, len(orders)):
            self._close(length, step)

    def _close(self, length: int, step: float) -> None:
        """Find the weights of all contexts of ``length`` symbols."""
        longer = self.keys[length]
        contexts = longer >> np.uint64(BITS)
        places, _ = find(self.keys[length - 1], contexts)
        size = len(self.keys[length - 1])
        here = np.bincount(places, np.exp(self.logs[length]), size)
        shorter = np.bincount(places, np.exp(self.log_probability(suffix(longer, length + 1), length)), size)
        left = np.maximum(1.0 - here, 1e-4) / np.maximum(1.0 - shorter, 1e-4)
        left[np.bincount(places, minlength=size) == 0] = 1.0
        levels = np.clip(np.rint(np.log(left) / -step), -64, 191).astype(np.int16)
        self.weights.append(levels)
        self._weight_logs.append(-step * levels.astype(np.float64))

    def log_probability(self, keys: Keys, length: int) -> Floats:
        """Return log p (nats) of the last symbol of each n-gram given those before it."""
        places, there = find(self.keys[length - 1], keys)
        found = self.logs[length - 1][places] if len(self.keys[length - 1]) else np.zeros(len(keys))
        if length == 1 or there.all():
            return found
        shorter = self.log_probability(suffix(keys[~there], length), length - 1)
        at, known = find(self.keys[length - 2], keys[~there] >> np.uint64(BITS))
        result = found.copy()
        result[~there] = shorter + np.where(known, self._weight_logs[length - 2][at], 0.0)
        return result

    def bits(self, codes: Codes) -> float:
        """Return the mean bits a symbol of ``codes``, all in full context."""
        order = len(self.keys)
        return float(-self.log_probability(windows(codes, order), order).mean() / np.log(2))

    def model(self, symbols: Symbols) -> NgramModel:
        """Lay the n-grams out as a trie, breadth first."""
        counts = []
        for length in range(1, len(self.keys)):
            places, _ = find(self.keys[length - 1], self.keys[length] >> np.uint64(BITS))
            counts.append(np.bincount(places, minlength=len(self.keys[length - 1])))
        mask = np.uint64((1 << BITS) - 1)
        return NgramModel(
            symbols=symbols,
            labels=np.concatenate([keys & mask for keys in self.keys]).astype(np.uint8),
            levels=np.concatenate(self.levels).astype(np.uint8),
            children=np.concatenate(counts).astype(np.uint8) if counts else np.zeros(0, np.uint8),
            weights=(np.concatenate(self.weights) + 64).astype(np.uint8) if counts else np.zeros(0, np.uint8),
        )


def _quantise(probabilities: Floats, step: float) -> npt.NDArray[np.int16]:
    return np.clip(np.rint(np.log(probabilities) / -step), 0, 255).astype(np.int16)


def build(texts: Iterable[str], symbols: Symbols, order: int, threshold: float) -> NgramModel:
    """Build the model of one language.

    Args:
        texts: running text; a text that weighs more stands more than once.
        symbols: what the model tells apart.
        order: longest n-gram, 2 to ``MAX_ORDER``.
        threshold: see ``prune``; 0 keeps all.
    """
    codes = symbols.encode(" ".join(tidy(text) for text in texts))
    return Backoff(prune(estimate(codes, order, len(symbols)), threshold)).model(symbols)
