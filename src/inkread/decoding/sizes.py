"""Large and small capitals: in a line of capitals, how much likelier each is a large one by its height.

Who writes small letters as capitals often writes the capitals among them larger. Of the letters inside of
words, which are the small ones, the median height is theirs; how much higher the large ones stand is
whatever the first letters of the words say best. Heights scatter with long tails (Student's t, four degrees
of freedom), by as much as those inside of words do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_LARGER = np.arange(0.15, 0.401, 0.05)  # log of how much higher large capitals may be than small ones
_LARGE = 0.35  # of the first letters, as a rule of thumb
_LEAST = 4  # letters inside of words, under which nothing is told by them
_SCATTER = 0.06  # of the log of heights, at least
_MOST = 8.0  # nats that one letter says at most
_FREEDOM = 4.0
_HANGING = "QJqj"  # their tails hang below the line
_BROKEN = 1 / 30  # of the line's height: wider gaps part a letter from its accent


def heights(text: str, columns: Sequence[float], ink: npt.NDArray[np.bool_]) -> list[float | None]:
    """Return how high each letter of a line stands, in pixels, accents left out; None of what is no letter.

    Args:
        text: the line.
        columns: borders between characters; ``len(text) + 1`` of them.
        ink: (H, W), where there is any.
    """
    result: list[float | None] = []
    for place, character in enumerate(text):
        first, last = max(round(columns[place]), 0), round(columns[place + 1])
        counts = np.count_nonzero(ink[:, first:last], axis=1)
        rows = np.flatnonzero(counts)
        if not character.isalpha() or character in _HANGING or len(rows) < 3:
            result.append(None)
            continue
        parts = np.split(rows, np.flatnonzero(np.diff(rows) > max(1.0, _BROKEN * len(ink))) + 1)
        largest = max(parts, key=lambda part: counts[part].sum())
        result.append(float(largest[-1] - largest[0] + 1))
    return result


def log_likelihood_ratios(text: str, heights: Sequence[float | None]) -> Floats | None:
    """Return of each character the log likelihood ratio of its height, of a large capital to a small one.

    Args:
        text: a line in capitals.
        heights: of its characters, None where nothing is known: these speak for neither (0).

    Returns:
        float64 (len(text),), nats, or None where too few letters are known.
    """
    known = np.array([height is not None for height in heights], dtype=bool)
    within = np.array([place > 0 and text[place - 1].isalpha() for place in range(len(text))], dtype=bool)
    small, first = known & within, known & ~within
    if np.count_nonzero(small) < _LEAST or not first.any():
        return None
    high = np.log(np.array([height or 1.0 for height in heights]))
    middle = np.median(high[small])
    scatter = max(1.48 * float(np.median(np.abs(high[small] - middle))), _SCATTER)

    def nats(larger: float) -> Floats:
        speaks = _log_t((high - middle - larger) / scatter) - _log_t((high - middle) / scatter)
        return np.asarray(np.where(known, np.clip(speaks, -_MOST, _MOST), 0.0))

    every = [nats(float(larger)) for larger in _LARGER]
    return max(every, key=lambda each: float(np.log1p(_LARGE * np.expm1(each[first])).sum()))


def _log_t(values: Floats) -> Floats:
    return -(_FREEDOM + 1) / 2 * np.log1p(values**2 / _FREEDOM)
