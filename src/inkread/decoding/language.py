"""A character n-gram language model as a trie in four byte arrays.

Nodes stand breadth first, level by level (as in the tries of Heafield, 2011, and Pauls & Klein,
2011): the children of a node are one run, sorted by symbol, right after the children of the node
before it, so that a count of children is all the structure there is to store. Probabilities and
back-off weights (Katz, 1987) are quantised to one byte on a logarithmic grid. The file holds the
arrays deflated, behind a JSON header.

A ``Context`` is what the model remembers of the text so far: one object per distinct memory,
which keeps the answers it has given, so that a second look-up is one dictionary access.
"""

from __future__ import annotations

import json
import math
import os
import struct
import zlib
from array import array
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Protocol

import numpy as np

from inkread.decoding.symbols import Bytes, Symbols
from inkread.decoding.words import Tally, Words
from inkread.errors import BundleError

LOG_STEP = 0.1
"""Grid of stored logarithms, in nats."""

WEIGHT_ZERO = 64
"""The stored byte of a back-off weight of 1."""

FLOOR = 0.03
"""Part of each probability that goes to all symbols alike: the model rules nothing out."""

_MAGIC = b"INKGRAM1"
_WEIGHTS = [-LOG_STEP * (level - WEIGHT_ZERO) for level in range(256)]
_CONTEXTS_KEPT = 20_000  # some 20 MB; a page adds a few thousand to them


class Context(Protocol):
    """What has been written so far, as far as a model remembers it."""

    def log_probability(self, symbol: int) -> float:
        """Return log p (nats) of ``symbol`` coming next."""

    def after(self, symbol: int) -> Context:
        """Return the context with ``symbol`` added."""


class NgramModel:
    """One language.

    Args:
        symbols: what the labels mean.
        labels: uint8 (N,), symbol of each node; the first len(symbols) nodes are 0, 1, 2, ...
        levels: uint8 (N,), minus log p in steps of ``LOG_STEP``.
        children: uint8 (M,), number of children of the first M nodes; the others have none.
        weights: uint8 (M,), minus log back-off weight in steps of ``LOG_STEP``, plus ``WEIGHT_ZERO``.

    Raises:
        BundleError: the arrays do not fit each other.
    """

    ARRAYS = ("labels", "levels", "children", "weights")

    def __init__(
        self, symbols: Symbols, labels: Bytes, levels: Bytes, children: Bytes, weights: Bytes
    ) -> None:
        if (
            len(labels) != len(levels)
            or len(children) != len(weights)
            or (len(symbols) + int(children.sum(dtype=np.int64)) != len(labels))
        ):
            raise BundleError("The language model is damaged; install inkread again.")
        self.symbols = symbols
        self.labels, self.levels = labels.tobytes(), levels.tobytes()
        self.children, self.weights = children.tobytes(), weights.tobytes()
        ends = np.cumsum(children, dtype=np.int64) + len(symbols)
        self._first = array("i", np.concatenate(([len(symbols)], ends)).astype(np.intc).tobytes())
        self._keep, self._floor = 1.0 - FLOOR, FLOOR / len(symbols)
        self._contexts: dict[tuple[int, ...], NgramContext] = {}

    def __len__(self) -> int:
        """Number of n-grams."""
        return len(self.labels)

    def start(self) -> NgramContext:
        """Return the context at the start of a line, which is the start of a word."""
        return self.context(()).after(int(self.symbols.encode(" ")[0]))

    def context(self, nodes: tuple[int, ...]) -> NgramContext:
        """Return the one context whose suffixes, longest first, are ``nodes``."""
        found = self._contexts.get(nodes)
        if found is None:
            if len(self._contexts) >= _CONTEXTS_KEPT:
                self._contexts = {}
            found = self._contexts[nodes] = NgramContext(self, nodes)
        return found

    def look_up(self, nodes: tuple[int, ...], symbol: int) -> float:
        """Return log p (nats) of ``symbol`` after ``nodes``."""
        first, find, spent = self._first, self.labels.find, 0.0
        for node in nodes:
            place = find(symbol, first[node], first[node + 1])
            if place >= 0:
                break
            spent += _WEIGHTS[self.weights[node]]
        else:
            place = symbol
        return math.log(self._keep * math.exp(spent - LOG_STEP * self.levels[place]) + self._floor)

    def step(self, nodes: tuple[int, ...], symbol: int) -> NgramContext:
        """Return the context of ``nodes`` with ``symbol`` added."""
        first, find, inner = self._first, self.labels.find, len(self.children)
        places = []
        for node in nodes:
            place = find(symbol, first[node], first[node + 1])
            if 0 <= place < inner and first[place] < first[place + 1]:
                places.append(place)
        if symbol < inner and first[symbol] < first[symbol + 1]:
            places.append(symbol)
        return self.context(tuple(places))


class NgramContext:
    """A context of one ``NgramModel``; made by the model."""

    __slots__ = ("_after", "_logs", "_model", "_nodes")

    def __init__(self, model: NgramModel, nodes: tuple[int, ...]) -> None:
        self._model, self._nodes = model, nodes
        self._logs: dict[int, float] = {}
        self._after: dict[int, NgramContext] = {}

    def log_probability(self, symbol: int) -> float:
        found = self._logs.get(symbol)
        if found is None:
            found = self._logs[symbol] = self._model.look_up(self._nodes, symbol)
        return found

    def after(self, symbol: int) -> NgramContext:
        found = self._after.get(symbol)
        if found is None:
            found = self._after[symbol] = self._model.step(self._nodes, symbol)
        return found


class MixedContext:
    """Contexts of several models, whose probabilities are averaged with fixed weights."""

    __slots__ = ("_after", "_logs", "_parts")

    def __init__(self, parts: Sequence[tuple[float, Context]]) -> None:
        self._parts = tuple(parts)
        self._logs: dict[int, float] = {}
        self._after: dict[int, MixedContext] = {}

    def log_probability(self, symbol: int) -> float:
        found = self._logs.get(symbol)
        if found is None:
            total = 0.0
            for weight, part in self._parts:
                total += weight * math.exp(part.log_probability(symbol))
            found = self._logs[symbol] = math.log(total)
        return found

    def after(self, symbol: int) -> MixedContext:
        found = self._after.get(symbol)
        if found is None:
            parts = [(weight, part.after(symbol)) for weight, part in self._parts]
            found = self._after[symbol] = MixedContext(parts)
        return found


class LanguageModel:
    """The models of one or more languages over one symbol table.

    Args:
        symbols: the symbol table of all of them.
        models: by two-letter language code.
        words: the known words of those languages that have a list.
    """

    def __init__(
        self, symbols: Symbols, models: Mapping[str, NgramModel], words: Mapping[str, Words] | None = None
    ) -> None:
        self.symbols = symbols
        self.models = dict(models)
        self.words = dict(words or {})

    @property
    def languages(self) -> tuple[str, ...]:
        """Two-letter codes of the languages, sorted."""
        return tuple(sorted(self.models))

    def start(self, blend: Mapping[str, float] | None = None) -> Context:
        """Return the context at the start of a line.

        Args:
            blend: weight of each language; ``None`` weighs all alike.

        Raises:
            KeyError: a language that the model does not have.
        """
        parts = [(weight, self.models[name].start()) for name, weight in self._weights(blend)]
        return parts[0][1] if len(parts) == 1 else MixedContext(parts)

    def tally(self, text: str, blend: Mapping[str, float] | None = None) -> Tally:
        """Return what the words of ``text`` are: the languages' weighted mean."""
        total = Tally()
        for name, weight in self._weights(blend):
            if (words := self.words.get(name)) is not None:
                total = total.plus(words.tally(text), weight)
        return total

    def _weights(self, blend: Mapping[str, float] | None) -> list[tuple[str, float]]:
        blend = blend or dict.fromkeys(self.models, 1.0)
        total = sum(blend.values())
        return [(name, weight / total) for name, weight in sorted(blend.items()) if weight > 0]

    def log_likelihood(self, text: str, language: str) -> float:
        """Return log p (nats) of all symbols of ``text`` under one language."""
        context: Context = self.models[language].start()
        total = 0.0
        for symbol in self.symbols.encode(text).tolist():
            total += context.log_probability(symbol)
            context = context.after(symbol)
        return total

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file; the same model always gives the same bytes."""
        blobs: list[bytes] = []
        layout: dict[str, list[int]] = {}
        for name in self.languages:
            model = self.models[name]
            packed = [_deflate(getattr(model, part)) for part in NgramModel.ARRAYS]
            layout[name] = [len(blob) for blob in packed]
            blobs += packed
        lists = {name: words.pack() for name, words in sorted(self.words.items())}
        blobs += lists.values()
        sizes = {name: len(blob) for name, blob in lists.items()}
        header = json.dumps({"symbols": self.symbols.groups, "languages": layout, "words": sizes}).encode()
        Path(path).write_bytes(b"".join([_MAGIC, struct.pack("<I", len(header)), header, *blobs]))

    @classmethod
    def load(cls, path: str | os.PathLike[str], languages: Sequence[str] | None = None) -> LanguageModel:
        """Read a file that ``save`` wrote.

        Args:
            path: the file.
            languages: which of its languages to read; ``None`` reads all.

        Raises:
            BundleError: the file is missing, damaged, or of another format, or lacks a language.
        """
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise BundleError(f"The language model {path} cannot be read; install inkread again.") from error
        try:
            if data[:8] != _MAGIC:
                raise ValueError("another format")
            end = 12 + int(struct.unpack_from("<I", data, 8)[0])
            header = json.loads(data[12:end])
            symbols = Symbols([(members, shared) for members, shared in header["symbols"]])
            offset, models, words = end, {}, {}
            for name, sizes in header["languages"].items():
                ends = list(accumulate(sizes, initial=offset))
                offset = ends[-1]
                if languages is None or name in languages:
                    models[name] = NgramModel(symbols, *(_inflate(data[a:b]) for a, b in pairwise(ends)))
            for name, size in header.get("words", {}).items():
                if name in models:
                    words[name] = Words.unpack(data[offset : offset + size])
                offset += size
        except (ValueError, KeyError, TypeError, IndexError, struct.error, zlib.error) as error:
            raise BundleError(f"The language model {path} is damaged; install inkread again.") from error
        missing = set(languages or ()) - models.keys()
        if missing:
            known = ", ".join(header["languages"])
            raise BundleError(f"The language model has no {min(missing)!r}; choose one of {known}.")
        return cls(symbols, models, words)


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_DEFAULT_STRATEGY)
    return packer.compress(data) + packer.flush()


def _inflate(data: bytes) -> Bytes:
    return np.frombuffer(zlib.decompress(data), dtype=np.uint8)
