"""The shipped neural language model: how likely a whole line of text is, in English and French alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inkread.decoding.pieces import Pieces
from inkread.runtime.session import SentenceSession


class SentenceModel:
    """A sentence bundle with its word pieces; a ``decoding.rescoring.SentenceScorer``.

    Args:
        bundle: path or content of a sentence bundle.
        threads: threads for one run; None for every physical core this process may use.

    Raises:
        BundleError: the file is missing, damaged, or of another kind.
    """

    def __init__(self, bundle: str | Path | bytes, threads: int | None = None) -> None:
        self._session = SentenceSession(bundle, threads)
        self.pieces = Pieces(self._session.contract.pieces.split("\n"))

    def log_probabilities(self, texts: Sequence[str]) -> list[float]:
        """Return the natural logarithm of the probability of each text, as the beginning of a line.

        The amount of blank space makes no difference.
        """
        return self._session.run([self.pieces.encode(" ".join(text.split())) for text in texts])
