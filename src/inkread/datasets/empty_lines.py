"""Crops without writing, their text empty: they teach a reader to read nothing where there is nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from inkread.datasets.base import LineSample
from inkread.errors import ConfigError
from inkread.ink.nothing import DRAWINGS

PROPORTIONS: Mapping[str, float] = {
    "blank": 0.15,
    "ruled": 0.15,
    "doodle": 0.2,
    "photograph": 0.15,
    "printed": 0.15,
    "signs": 0.2,
}
"""Shares of the kinds of crop, by their names in ``inkread.ink.nothing``."""


class EmptyLines:
    """A ``LineSource`` of paper, doodles, photographs, prints and made-up characters.

    Args:
        proportions: shares of the kinds; they need not add up to 1.

    Raises:
        ConfigError: a kind that does not exist, or no share above 0.
    """

    name = "empty_lines"

    def __init__(self, proportions: Mapping[str, float] = PROPORTIONS) -> None:
        unknown = sorted(set(proportions) - set(DRAWINGS))
        if unknown:
            raise ConfigError(
                f"empty_lines knows {', '.join(DRAWINGS)}, not {', '.join(unknown)}; correct it."
            )
        shares = np.array([float(share) for share in proportions.values()])
        if not len(shares) or shares.min() < 0 or shares.sum() <= 0:
            raise ConfigError("empty_lines needs a share above 0 for at least one kind; raise one.")
        self._kinds = list(proportions)
        self._shares = shares / shares.sum()

    def sample(self, index: int, rng: np.random.Generator) -> LineSample:
        """Return a crop without text; ``index`` does not matter, all is drawn from ``rng``."""
        kind = self._kinds[int(rng.choice(len(self._kinds), p=self._shares))]
        return LineSample(DRAWINGS[kind](rng), "", f"{self.name}/{kind}")
