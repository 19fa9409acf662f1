"""Collections of text as long runs of word pieces, and windows of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from inkread.decoding.pieces import START, Pieces
from inkread.errors import DataError

Numbers = npt.NDArray[np.int32]


class PieceTexts:
    """Windows of text for a language model, each of which begins at a word.

    Args:
        pieces: how text is parted.
        collections: the texts of each collection, in the order in which they are read.
        weights: how much more often than its length says a collection is drawn from; 1 where none is given.
        length: pieces of a window.

    Raises:
        DataError: a weight for a collection that is not there, or no text of a window's length.
    """

    def __init__(
        self,
        pieces: Pieces,
        collections: Mapping[str, Iterable[str]],
        weights: Mapping[str, float],
        length: int,
    ) -> None:
        unknown = sorted(weights.keys() - collections.keys())
        if unknown:
            raise DataError(f"There is no collection {unknown[0]!r} to weigh; take its weight out.")
        self.length = length
        begins = np.array([False, False, *(piece.startswith(" ") for piece in pieces.pieces)])
        self._runs: list[tuple[Numbers, Numbers]] = []
        shares = []
        for name, texts in collections.items():
            run = np.fromiter((number for text in texts for number in pieces.encode(text)), np.int32)
            starts = np.flatnonzero(begins[run[: max(len(run) - length + 1, 0)]]).astype(np.int32)
            if len(starts):
                self._runs.append((run, starts))
                shares.append(weights.get(name, 1.0) * len(run))
        if not self._runs:
            raise DataError(f"No text is {length} word pieces long; give more text.")
        self._shares = np.array(shares) / sum(shares)

    @property
    def fingerprint(self) -> str:
        """Which texts, parted how, and drawn from how often: the same for the same windows alone."""
        digest = hashlib.sha256(f"{self.length} {self._shares.tolist()}".encode())
        for run, _ in self._runs:
            digest.update(run.tobytes())
        return digest.hexdigest()

    @property
    def size(self) -> int:
        """Pieces in all."""
        return sum(len(run) for run, _ in self._runs)

    def batch(self, seed: Sequence[int], count: int) -> npt.NDArray[np.int64]:
        """Return int64 (count, 1 + length): each row ``START`` and a window; the same for one seed."""
        rng = np.random.default_rng(list(seed))
        rows = np.full((count, 1 + self.length), START, np.int64)
        for row, number in zip(rows, rng.choice(len(self._runs), count, p=self._shares), strict=True):
            run, starts = self._runs[number]
            start = starts[rng.integers(len(starts))]
            row[1:] = run[start : start + self.length]
        return rows
