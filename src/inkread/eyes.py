"""What the recogniser sees in the lines of one page: nothing twice, and not too much at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inkread.layout.cutter import Crop
from inkread.layout.found import GreyImage
from inkread.recogniser import LogProbs, Recogniser

_LENGTH = 12_000  # widths by height of the lines of a part: some 90 MB are seen in them


class Eyes:
    """The recogniser while one page is read: what it has seen once it does not look at again.

    Args:
        recogniser: that looks.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._seen: dict[int, tuple[GreyImage, LogProbs]] = {}

    def __call__(self, crops: Sequence[GreyImage]) -> list[LogProbs]:
        """Return what is seen in the crops of lines, uint8 (H, W): see ``Recogniser.recognise``."""
        new = [crop for crop in crops if id(crop) not in self._seen]
        for crop, log_probs in zip(new, self._recogniser.recognise(new), strict=True):
            self._seen[id(crop)] = (crop, log_probs)
        return [self._seen[id(crop)][1] for crop in crops]

    def last(self, crops: Sequence[GreyImage]) -> list[LogProbs]:
        """Return the same of crops that will not be shown again: nothing is kept of them."""
        log_probs = self(crops)
        for crop in crops:
            self._seen.pop(id(crop))
        return log_probs


def parts(crops: Sequence[Crop], length: float = _LENGTH) -> Iterator[list[Crop]]:
    """Part the lines of a page where what is seen in them takes much memory; most pages are one part.

    Args:
        crops: in reading order.
        length: widths by height that the lines of a part have at most, unless it is one line.
    """
    part: list[Crop] = []
    sum_of_part = 0.0
    for crop in crops:
        height, width = crop.image.shape
        if part and sum_of_part + width / height > length:
            yield part
            part, sum_of_part = [], 0.0
        part.append(crop)
        sum_of_part += width / height
    if part:
        yield part
