"""Where the feet of a row's letters stand: below its core's middle, as far as the baseline's map tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkread.layout.rows import Row

Floats = npt.NDArray[np.float64]

_SURE = 0.3  # probability of a baseline from which it counts
_UP, _DOWN = 0.0, 1.0  # core heights below the core's middle between which it is looked for
_ENOUGH = 0.25  # of the row's columns that must show it
_STEP = 2  # pixels between columns that are looked at


@dataclass(frozen=True, slots=True, eq=False)
class Below:
    """How far below its core's middle a row's baseline runs: a polynomial over the row's own width."""

    left: float
    span: float
    weights: Floats

    @staticmethod
    def of(row: Row, baseline: npt.NDArray[np.float32] | None) -> Below:
        """Look for it in the baseline's map, float32 (H, W), 0 to 1; without it, half the core's height."""
        usual = 0.5 * row.thickness
        span = max(row.right - row.left, 1.0)
        plain = Below(row.left, span, np.array([usual]))
        if baseline is None:
            return plain
        height, width = baseline.shape
        columns = np.arange(max(int(row.left), 0), min(int(np.ceil(row.right)), width), _STEP)
        if columns.size == 0:
            return plain
        down = np.arange(_UP * row.thickness, _DOWN * row.thickness + 1.0)
        rows = np.floor(row.at(columns + 0.5) + down[:, None]).astype(np.int64)  # no row twice, none left out
        seen = baseline[rows.clip(0, height - 1), columns].astype(np.float64)
        seen[(seen < _SURE) | (rows < 0) | (rows >= height)] = 0.0
        total = seen.sum(axis=0)
        good = total > 0
        if good.mean() < _ENOUGH:
            return plain
        found = (seen * down[:, None]).sum(axis=0)[good] / total[good]
        at = (columns[good] + 0.5 - row.left) / span
        found, at = _without_strays(found, at, 0.35 * row.thickness)
        if not found.size:
            return plain
        degree = 0 if span < 8 * row.thickness else 1 if span < 20 * row.thickness else 3
        weights = np.polynomial.polynomial.polyfit(at, found, min(degree, len(at) - 1))
        return Below(row.left, span, np.asarray(weights, dtype=np.float64))

    def __call__(self, x: Floats) -> Floats:
        """Pixels below the core's middle at columns ``x``; beyond the row's ends as at its ends."""
        at = ((x - self.left) / self.span).clip(0.0, 1.0)
        return np.asarray(np.polynomial.polynomial.polyval(at, self.weights), dtype=np.float64)


def _without_strays(found: Floats, at: Floats, most: float) -> tuple[Floats, Floats]:
    """Leave out what is further than ``most`` from the median."""
    near = np.abs(found - np.median(found)) <= most
    return found[near], at[near]
