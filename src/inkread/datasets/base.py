"""What every source of training lines gives: a sample that is a function of (seed, index) alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class LineSample:
    """One line image and what it says.

    Attributes:
        image: uint8 (H, W), grey, 0 black to 255 white, not yet normalised (see ``images.line``).
        text: what is written, in characters of the reader's alphabet, NFC, no blanks at the ends.
        key: where the sample comes from, for reports: source, writer or font, item.
    """

    image: npt.NDArray[np.uint8]
    text: str
    key: str


class LineSource(Protocol):
    """A source of line samples.

    ``sample`` must be a pure function of its arguments and of the source's own fixed data, so that
    ``source.sample(i, sample_rng(seed, i))`` can be made again in any process at any time.
    """

    @property
    def name(self) -> str:
        """Short name of the source, as used in configurations."""

    def sample(self, index: int, rng: np.random.Generator) -> LineSample:
        """Return the sample numbered ``index``, drawing all chance from ``rng``."""


def sample_rng(seed: int, index: int) -> np.random.Generator:
    """Return the random generator of sample ``index`` (0 or more) in the stream of ``seed`` (0 or more)."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, index))))
