"""Several line sources as one, drawn by weight; and real crops, varied anew at each draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from inkread.datasets.base import LineSample, LineSource
from inkread.errors import ConfigError
from inkread.ink.finish import vary


class Mixture:
    """A source that draws each sample from one of ``sources``, with chances ``weights``.

    Args:
        sources: at least one.
        weights: one number above 0 for each; they need not add up to 1.

    Raises:
        ConfigError: no source, or weights that do not fit.
    """

    name = "mixture"

    def __init__(self, sources: Sequence[LineSource], weights: Sequence[float]) -> None:
        if not sources or len(sources) != len(weights) or min(weights) <= 0:
            raise ConfigError("A mixture needs at least one source, and a weight above 0 for each.")
        self._sources = list(sources)
        self._bounds = np.cumsum(weights) / np.sum(weights)

    def sample(self, index: int, rng: np.random.Generator) -> LineSample:
        """Return sample ``index`` of the source that ``rng`` picks."""
        picked = int(np.searchsorted(self._bounds, rng.random(), side="right"))
        return self._sources[min(picked, len(self._sources) - 1)].sample(index, rng)


class FiniteLines(LineSource, Protocol):
    """A source of so many lines, such as ``PackedLines`` and ``DatasetLines``."""

    def __len__(self) -> int:
        """Return how many lines there are."""


class VariedLines:
    """Finitely many lines in random order, each one seen through another pen, sheet and camera."""

    def __init__(self, lines: FiniteLines, plain: float = 0.1) -> None:
        """Take ``lines``; a share ``plain`` (0 to 1) of the samples stays as it is."""
        self.name = f"varied_{lines.name}"
        self._lines = lines
        self._plain = plain

    def sample(self, index: int, rng: np.random.Generator) -> LineSample:
        """Return a line that ``rng`` picks, varied by ``rng``; ``index`` does not matter."""
        sample = self._lines.sample(int(rng.integers(len(self._lines))), rng)
        if rng.random() < self._plain:
            return sample
        return replace(sample, image=vary(sample.image, rng))
