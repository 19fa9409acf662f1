"""How well the regions of a page are found: which ink is given to which class, and to which line.

Only ink counts, as the paper around it belongs to no line that one could dispute. A map's lines
are what is connected of the ink of each class above 0, gaps between words bridged, so neighbouring
lines must differ in class (odd and even). Truth and answer are compared piece by piece:

- found: one piece of the answer has an intersection over union with the line of at least 0.5;
- merged: else, a piece that holds half of the line's ink holds half of another line's too;
- split: else, two pieces or more each hold at least a tenth of the line's ink, half of it together;
- missed: everything else.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

ClassMap = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]

_FOUND = 0.5
_HALF = 0.5
_PIECE = 0.1
_LEAST_CONTRAST = 24
_ACROSS, _DOWN = 1 / 20, 1 / 128  # of the page's width: how far ink of one line is bridged, each way


@dataclass(frozen=True, slots=True)
class RegionCounts:
    """What was counted on one page or many; counts of several add up.

    Attributes:
        common: ink pixels that truth and answer give to the same class above 0.
        either: of each such class, ink pixels that one of the two gives to it, added up.
        found, missed, split, merged: lines of the truth.
    """

    common: int = 0
    either: int = 0
    found: int = 0
    missed: int = 0
    split: int = 0
    merged: int = 0

    @property
    def lines(self) -> int:
        """Lines of the truth."""
        return self.found + self.missed + self.split + self.merged

    def __add__(self, other: RegionCounts) -> RegionCounts:
        return RegionCounts(
            self.common + other.common,
            self.either + other.either,
            self.found + other.found,
            self.missed + other.missed,
            self.split + other.split,
            self.merged + other.merged,
        )

    def scores(self) -> dict[str, float]:
        """Return ``iou`` over ink, and the shares of lines ``found``, ``missed``, ``split``, ``merged``."""
        lines = max(self.lines, 1)
        return {
            "iou": self.common / max(self.either, 1),
            "found": self.found / lines,
            "missed": self.missed / lines,
            "split": self.split / lines,
            "merged": self.merged / lines,
        }


def ink_of(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return where a grey page, uint8 (H, W), dark on light, has ink (Otsu 1979); nowhere on a blank one."""
    if int(image.max()) - int(image.min()) < _LEAST_CONTRAST:
        return np.zeros(image.shape, dtype=np.bool_)
    level, _ = cv2.threshold(image, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(image <= level, dtype=np.bool_)


def count_regions(truth: ClassMap, answer: ClassMap, ink: npt.NDArray[np.bool_]) -> RegionCounts:
    """Compare two class maps of one page.

    Args:
        truth: uint8 (H, W), class of each pixel, 0 the background.
        answer: the same, as it was found.
        ink: bool (H, W), the pixels that count; lines without any are left out.
    """
    common = either = 0
    for number in range(1, max(int(truth.max()), int(answer.max())) + 1):
        theirs, ours = (truth == number) & ink, (answer == number) & ink
        common += int((theirs & ours).sum())
        either += int((theirs | ours).sum())
    shared, lines, pieces = _overlaps(_pieces(truth, ink), _pieces(answer, ink))
    kinds = [_kind(line, shared, lines, pieces) for line in np.flatnonzero(lines)]
    return RegionCounts(
        common, either, *(kinds.count(kind) for kind in ("found", "missed", "split", "merged"))
    )


def _pieces(classes: ClassMap, ink: npt.NDArray[np.bool_]) -> Numbers:
    """Return the number of the line that each ink pixel belongs to, int64 (ink,), from 1 on; 0 for none."""
    height, width = classes.shape
    across, down = (max(round(share * width), 1) for share in (_ACROSS, _DOWN))
    bridge = np.ones((2 * down + 1, 2 * across + 1), np.uint8)
    result = np.zeros(int(ink.sum()), dtype=np.int64)
    for number in range(1, int(classes.max()) + 1):
        own = (classes == number) & ink
        _, labels = cv2.connectedComponents(cv2.dilate(own.astype(np.uint8), bridge))
        of_class = np.asarray(labels).reshape(height, width)[ink]
        result = np.where(own[ink], of_class + result.max(), result)
    return result


def _overlaps(truth: Numbers, answer: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return ink shared by each line and piece (L, P), and ink of each line (L,) and piece (P,)."""
    rows, columns = int(truth.max(initial=0)) + 1, int(answer.max(initial=0)) + 1
    table = np.bincount(truth * columns + answer, minlength=rows * columns).reshape(rows, columns)
    return table[1:, 1:], table[1:].sum(axis=1), table[:, 1:].sum(axis=0)


def _kind(line: np.int64, shared: Numbers, lines: Numbers, pieces: Numbers) -> str:
    """Return what became of a line: "found", "merged", "split" or "missed"."""
    own = shared[line]
    if (own >= _FOUND * (lines[line] + pieces - own)).any():
        return "found"
    holders = np.flatnonzero(own >= _HALF * lines[line])
    held = shared[:, holders] >= _HALF * np.maximum(lines, 1)[:, None]
    if held.sum() > len(holders):
        return "merged"
    parts = own[own >= _PIECE * lines[line]]
    return "split" if len(parts) > 1 and parts.sum() >= _HALF * lines[line] else "missed"
