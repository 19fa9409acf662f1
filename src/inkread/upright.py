"""Which way up a page lies: the map of its text tells the rows' direction, reading tells their top.

Rows that fall steeply (a page on its side, or askew) show in the detector's map at no cost. Rows
that are upside down do not; but a recogniser that sees letters is far surer than one that sees
letters standing on their heads. So a few lines are looked at first, and only where they are not
surely read they are turned over and read again, and where no way up reads well, laid on their side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkread.images.page import Sheet, find_sheet
from inkread.layout.cutter import Crop, Cutter
from inkread.layout.found import FoundLine, GreyImage
from inkread.layout.look import Detect, look
from inkread.layout.order import reading_order
from inkread.runtime.memory import give_back
from inkread.runtime.spread import spread

LogProbs = npt.NDArray[np.float32]
Recognise = Callable[[Sequence[GreyImage]], Sequence[LogProbs]]
"""Takes crops of lines; gives of each float32 (T, C), natural log-softmax, class 0 the CTC blank."""
Lap = Callable[[str], None]
"""Told of each stage as it ends."""

_LARGE = 10_000_000  # bytes of an image, after which memory is worth giving back
_SAMPLE = 4  # lines that are read to know which way up they are
_THIN = 0.4  # of the usual height of a crop
_STEEP = 8.0  # degrees; rows that fall less are followed as they are
_LEAST_TURN = 1.0  # degrees; turned by less a page is laid just as it was
_QUARTER = 12.0  # degrees from 90 within which a page is taken to lie on its side
_SURE = 0.8  # a confidence that upside-down writing does not reach
_SURER = 0.08  # by which another way up must read better
_LESS = 0.05  # by which it may read worse where the rows are steep: cut askew, lines may still be read
_READABLE = 0.5  # a confidence below which what is seen on a page turned on its side is no writing
_LEAST_TEXT = 6  # characters that tell a way up; "96" reads as well as "96"


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A page before it is read.

    Attributes:
        turn: degrees, counter-clockwise, that the sheet was turned by on demand.
        sheet: the sheet, turned by that and by its skew, without its pixels.
        regions: its lines in reading order, in the sheet's pixels.
        crops: of the same lines in the same order.
        direction: degrees by which the rows of the sheet fall.
    """

    turn: float
    sheet: Sheet
    regions: list[list[FoundLine]]
    crops: list[Crop]
    direction: float

    @staticmethod
    def of(image: npt.NDArray[np.uint8], detect: Detect, lap: Lap, threads: int, turn: float = 0.0) -> Draft:
        """Find the lines of an image, uint8 (H, W, 3), turned by ``turn`` degrees."""
        sheet = find_sheet(image, turn)
        if image.size > _LARGE:
            give_back()  # before the detector takes more than all the rest
        lap("sheet")
        seen = look(sheet.image, detect)
        height, width = sheet.image.shape[:2]
        regions = reading_order(seen.lines, (width, height), sheet.image)
        lap("lines")
        lines = [line for region in regions for line in region]
        crops = spread(Cutter(sheet.image, lines), range(len(lines)), threads)
        lap("crops")
        if image.size > _LARGE:
            give_back()  # before the lines are read
        bare = replace(sheet, image=np.empty((0, 0, 3), dtype=np.uint8))  # what is read of it are the crops
        return Draft(turn, bare, regions, crops, seen.direction)

    def sample(self) -> list[GreyImage]:
        """Return the crops of the longest lines, long for their height; thin ones are rules, not writing."""
        images = [crop.image for crop in self.crops]
        usual = float(np.median([image.shape[0] for image in images])) if images else 0.0
        high = [image for image in images if image.shape[0] >= _THIN * usual]
        return sorted(high, key=lambda image: image.shape[0] / image.shape[1])[:_SAMPLE]


def upright(
    image: npt.NDArray[np.uint8],
    detect: Detect,
    recognise: Recognise,
    lap: Lap = lambda stage: None,
    threads: int = 1,
) -> Draft:
    """Find the lines of an image, the right way up.

    Args:
        image: uint8 (H, W, 3), RGB.
        detect: the detector.
        recognise: the recogniser; of a page that lies upright and can be read it is given a few
            crops of the draft, and no others.
        lap: told "sheet", "lines", "crops" and "recognise" as each ends, as often as it is gone through.
        threads: that cut lines.
    """

    def lay(turn: float = 0.0) -> Draft:
        return Draft.of(image, detect, lap, threads, turn)

    def sure(crops: Sequence[GreyImage]) -> float:
        value = sureness(recognise(crops))
        lap("recognise")
        return value

    draft, now, over = lay(), 0.0, 0.0
    if draft.crops:
        now = sure(draft.sample())
        turn = _levelling(draft) if abs(draft.direction) > _STEEP else 0.0
        if abs(turn) > _LEAST_TURN:
            side = lay(turn)
            up, down = sure(side.sample()), sure(_over(side.sample()))
            if max(up, down) > max(now - _LESS, 0.0):
                return side if up >= down else lay(side.turn + 180.0)
            return draft
        if now >= _SURE:
            return draft
        over = sure(_over(draft.sample()))
    if max(now, over) < _READABLE:
        # Of rows that run upwards the finder may see nothing at all, or what is none.
        side = lay(90.0)
        up, down = (sure(side.sample()), sure(_over(side.sample()))) if side.crops else (0.0, 0.0)
        if max(up, down) > max(_READABLE, now + _SURER, over + _SURER):
            return side if up >= down else lay(270.0)
    return lay(180.0) if over > now + _SURER else draft


def sureness(lines: Sequence[LogProbs]) -> float:
    """Return how sure a recogniser is of what it reads, 0.0 to 1.0.

    It is the geometric mean, over the characters of the likeliest path through all lines, of each
    one's highest probability; 0.0 for fewer than six characters.
    """
    peaks: list[float] = []
    for line in lines:
        path, height = line.argmax(axis=1), line.max(axis=1)
        starts = np.flatnonzero(np.diff(path, prepend=-1))
        if len(starts):
            runs = np.maximum.reduceat(height, starts)
            peaks += runs[path[starts] != 0].tolist()
    return float(np.exp(np.mean(peaks))) if len(peaks) >= _LEAST_TEXT else 0.0


def _levelling(draft: Draft) -> float:
    """By how many degrees to turn an image whose rows are steep; one that lies on its side, by just 90."""
    slope = draft.direction + draft.sheet.angle
    quarters = 90.0 * round(slope / 90.0)
    return quarters if quarters and abs(slope - quarters) < _QUARTER else slope


def _over(crops: Sequence[GreyImage]) -> list[GreyImage]:
    return [np.ascontiguousarray(crop[::-1, ::-1]) for crop in crops]
