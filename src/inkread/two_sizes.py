"""Lines of a page in large and small capitals: sizes are measured, the language model is asked about them.

Where letters are larger just where a text has its capitals, the small ones mean small letters. A hand in
which they vary for no reason, or do not vary, wrote capitals. The lines of a page are of one hand, so they
are asked together (those of a part of it where it is very long: ``eyes.parts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from inkread import placing
from inkread.decoding import sizes
from inkread.decoding.beam import BeamDecoder
from inkread.decoding.capitals import Capitals, in_capitals
from inkread.decoding.hypothesis import Hypothesis
from inkread.images.columns import ink_columns
from inkread.images.line import INK, normal_scale, stretch, to_grey
from inkread.runtime.bundle import Contract

WORTH = 2.0
"""Nats by which what sizes say must agree with the language better than if they said nothing, over a page.

Chosen on drawn lines (docs/ledger.md): of block capitals one in two hundred is then read as small letters.
"""

LogProbs = npt.NDArray[np.float32]


class TwoSizes:
    """Tells lines in capitals of two sizes; may be shared between threads.

    Args:
        capitals: of the recogniser's alphabet.
        contract: of its bundle.
    """

    def __init__(self, capitals: Capitals, contract: Contract) -> None:
        self._capitals, self._contract = capitals, contract

    def told(
        self,
        readings: Sequence[Hypothesis],
        log_probs: Sequence[LogProbs],
        images: Sequence[npt.NDArray[np.uint8]],
        weigh: BeamDecoder,
        blend: Mapping[str, float],
    ) -> dict[int, LogProbs]:
        """Return of each line whose sizes tell its case, by its number, the posteriors that they make.

        Args:
            readings: the best one of each line of a page.
            log_probs: of the lines, float32 (T, C).
            images: of the lines, as they were recognised.
            weigh: decodes with the language model, always in the same way.
            blend: weights of the page's languages.
        """
        offers: dict[int, tuple[LogProbs, float]] = {}
        for number, (best, line, image) in enumerate(zip(readings, log_probs, images, strict=True)):
            nats = self._nats(best, image) if in_capitals(best.text) else None
            if nats is not None:
                told, untold = self._capitals.either(line, best.frames, nats), self._capitals.either(line)
                worth = weigh.decode(told, blend)[0].score - weigh.decode(untold, blend)[0].score
                offers[number] = told, worth
        if sum(worth for _, worth in offers.values()) <= WORTH:
            return {}
        return {number: told for number, (told, worth) in offers.items() if worth > -WORTH}

    def _nats(self, best: Hypothesis, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64] | None:
        clear = stretch(to_grey(image))
        per_frame = self._contract.stride / normal_scale(clear, self._contract.height)
        borders = placing.borders(best.text, best.frames, ink_columns(clear), per_frame)
        return sizes.likelier_large(best.text, sizes.heights(best.text, borders, clear < INK))
