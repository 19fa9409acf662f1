"""What a language model tells apart: its symbols, each of one or more characters."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]


class Symbols:
    """What the model tells apart: each symbol stands for one or more characters.

    Args:
        groups: the characters of each symbol and whether they share its probability
            (rare foreign letters) or each have all of it (shapes of one character such as ' and ’;
            digits, between which the strokes alone decide).
            Characters in no group belong to the last one.
    """

    def __init__(self, groups: Sequence[tuple[str, bool]]) -> None:
        if not 0 < len(groups) < 128:
            raise ValueError("A language model tells 1 to 127 symbols apart.")
        self.groups = tuple((str(members), bool(shared)) for members, shared in groups)
        self._table = np.full(0x2200, len(groups) - 1, dtype=np.uint8)
        for symbol, (members, _) in enumerate(self.groups):
            self._table[[ord(character) for character in members]] = symbol

    def __len__(self) -> int:
        return len(self.groups)

    def encode(self, text: str) -> Bytes:
        """Return the symbol of each character of ``text`` after NFC, uint8 (N,)."""
        points = np.frombuffer(unicodedata.normalize("NFC", text).encode("utf-32-le"), dtype="<u4")
        return np.asarray(self._table[np.minimum(points, len(self._table) - 1)], dtype=np.uint8)

    def share(self, symbol: int) -> float:
        """Return log p (nats) of one character given its symbol."""
        members, shared = self.groups[symbol]
        return -math.log(len(members)) if shared else 0.0
