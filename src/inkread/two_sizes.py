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
from inkread.images.line import INK, frame_columns, stretch, to_grey
from inkread.runtime.bundle import Contract

LOG_BAYES_FACTOR = 2.0
"""Nats by which a page's lines must be likelier with two sizes than if size said nothing, at least.

Chosen on drawn lines (docs/ledger.md): of 240 in block capitals one is then read as small letters.
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

    def posteriors(
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
        found: dict[int, tuple[LogProbs, float]] = {}
        for number, (best, line, image) in enumerate(zip(readings, log_probs, images, strict=True)):
            nats = self._nats(best, image) if in_capitals(best.text) else None
            if nats is not None:
                sized, unsized = self._capitals.either(line, best.frames, nats), self._capitals.either(line)
                factor = weigh.decode(sized, blend)[0].score - weigh.decode(unsized, blend)[0].score
                found[number] = sized, factor
        if sum(factor for _, factor in found.values()) <= LOG_BAYES_FACTOR:
            return {}
        return {number: sized for number, (sized, factor) in found.items() if factor > -LOG_BAYES_FACTOR}

    def _nats(self, best: Hypothesis, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64] | None:
        clear = stretch(to_grey(image))
        per_frame = frame_columns(clear, self._contract.height, self._contract.stride)
        borders = placing.borders(best.text, best.frames, ink_columns(clear), per_frame)
        return sizes.log_likelihood_ratios(best.text, sizes.heights(best.text, borders, clear < INK))
