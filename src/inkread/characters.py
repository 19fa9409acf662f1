"""A picture of one character -> the likeliest characters, with how likely each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkread.document import ModelInfo
from inkread.images.character import is_blank, normalise_character
from inkread.runtime.session import CharacterSession
from inkread.runtime.store import packaged

_BATCH = 256


@dataclass(frozen=True, slots=True)
class Candidate:
    """One character that a picture may show, and its probability, 0 to 1."""

    character: str
    probability: float


@dataclass(frozen=True, slots=True)
class CharacterReading:
    """What one picture shows.

    Attributes:
        candidates: likeliest first; none where the picture is blank.
    """

    candidates: tuple[Candidate, ...] = ()

    @property
    def text(self) -> str:
        """The likeliest character, or "" where the picture is blank."""
        return self.candidates[0].character if self.candidates else ""

    @property
    def confidence(self) -> float:
        """The probability of the likeliest character, 0 where the picture is blank."""
        return self.candidates[0].probability if self.candidates else 0.0


class CharacterRecogniser:
    """A recogniser of lone characters; may be shared between threads.

    Args:
        bundle: path or content of a character bundle; by default the one that comes along.
        threads: processor threads of one reading; by default all cores this process may use.

    Raises:
        BundleError: a model that is missing, damaged, or of another kind.
    """

    def __init__(self, bundle: str | Path | bytes | None = None, threads: int | None = None) -> None:
        self._session = CharacterSession(bundle or packaged("character"), threads)

    @property
    def model(self) -> ModelInfo:
        """Name and version of the bundle."""
        return ModelInfo(self._session.contract.name, self._session.contract.version)

    @property
    def alphabet(self) -> tuple[str, ...]:
        """The characters it knows, in the order of its classes."""
        return self._session.contract.alphabet

    def probabilities(self, images: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.float32]:
        """Return how likely each character of ``alphabet`` is in each picture.

        Args:
            images: uint8 of any size, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4), 0 to 255, one
                character each, dark on light or light on dark.

        Returns:
            float32 (N, C): calibrated by the bundle's temperature, each row adding up to 1; or to 0
            where the picture is blank.

        Raises:
            ImageError: wrong dtype or shape, or an empty array.
        """
        contract = self._session.contract
        result = np.zeros((len(images), len(contract.alphabet)), np.float32)
        squares = [normalise_character(image, contract.height) for image in images]
        written = [number for number, square in enumerate(squares) if not is_blank(square)]
        for start in range(0, len(written), _BATCH):
            numbers = written[start : start + _BATCH]
            scaled = self._session.run(np.stack([squares[n] for n in numbers])) / contract.temperature
            likely = np.exp(scaled - scaled.max(axis=1, keepdims=True))
            result[numbers] = likely / likely.sum(axis=1, keepdims=True)
        return result

    def read(self, image: npt.NDArray[np.uint8], best: int = 5) -> CharacterReading:
        """Return the ``best`` likeliest characters of a picture; ``image`` as in ``probabilities``."""
        (row,) = self.probabilities([image])
        if not row.any():
            return CharacterReading()
        order = np.argsort(-row, kind="stable")[:best]
        return CharacterReading(tuple(Candidate(self.alphabet[n], float(row[n])) for n in order))
