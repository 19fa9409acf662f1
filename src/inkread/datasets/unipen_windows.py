"""Long rows of writing cut into windows of whole words: which gap between strokes lies after which word.

Some writers of UNIPEN copied whole sentences on one endless row. Nothing says where its words are;
the row's gaps and the lengths of the words do: the words are fitted to the gaps by dynamic
programming, and a window begins and ends only at gaps that the fit is sure of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkread.ink.strokes import Points

_NARROW, _WIDE = frozenset("iljtrf!'.,;:|()[]-1\""), frozenset("mwMWOQGD@%&")
_SPREAD = 0.35  # of a word's width about its expected one, as a share of it, with as much for the whole
_MOST_GAPS = 4  # candidates looked at, per word
_GAP_VALUE = 1.2
_SURE = 1.8  # a sure gap is this many times as wide as the widest that was not taken for a space nearby


@dataclass(frozen=True, slots=True)
class Row:
    """A row of writing with the places where it may be cut.

    Attributes:
        words: of the label, in order.
        cuts: x before word i where that is sure, else nan; float (words + 1,); the ends always are.
    """

    words: tuple[str, ...]
    cuts: tuple[float, ...]

    def window(self, start: int, length: int) -> tuple[str, float, float] | None:
        """Return text and x-range of the words from about ``start`` that have about ``length`` characters.

        Args:
            start: number of a word; the window begins at the next sure cut.
            length: characters wanted; the window ends at the last sure cut before it has 8 more.

        Returns:
            the text, the left and the right end; None where no two cuts lie so.
        """
        places = [number for number, cut in enumerate(self.cuts) if not np.isnan(cut)]
        begin = next((number for number in places if number >= start), None)
        if begin is None:
            return None
        best = None
        for end in places:
            text = " ".join(self.words[begin:end])
            if end > begin and len(text) <= length + 8:
                best = text, self.cuts[begin], self.cuts[end]
        return best


def expected_widths(words: Sequence[str]) -> np.ndarray:
    """Return the width of each word in letters: narrow letters count 0.6, wide ones and capitals 1.4."""
    return np.array([sum(_letter_width(letter) for letter in word) for word in words])


def _letter_width(letter: str) -> float:
    if letter in _NARROW:
        return 0.6
    return 1.4 if letter in _WIDE or letter.isupper() else 1.0


def upright(strokes: Sequence[Points], slant: float) -> list[tuple[float, float]]:
    """Return the columns (left, right) that each stroke takes once the slant is taken out."""
    spans = []
    for stroke in strokes:
        columns = stroke[:, 0] + slant * stroke[:, 1]
        spans.append((float(columns.min()), float(columns.max())))
    return spans


def slant_of(strokes: Sequence[Points]) -> float:
    """Return the mean lean of the steep parts of strokes, columns to the right per row upwards."""
    steps = np.concatenate([np.diff(stroke, axis=0) for stroke in strokes])
    steep = steps[np.abs(steps[:, 1]) > np.abs(steps[:, 0])]
    total = float((steep[:, 1] ** 2).sum())
    return float(np.clip(-(steep[:, 0] * steep[:, 1]).sum() / total, -0.6, 1.2)) if total else 0.0


def fit_words(label: str, spans: Sequence[tuple[float, float]]) -> Row | None:
    """Find where the words of ``label`` lie.

    Args:
        label: words with blanks between them.
        spans: columns that each stroke takes, upright, in any order.

    Returns:
        the words with their sure cuts, or None where there are too few gaps.
    """
    words = tuple(label.split())
    ordered = sorted(spans)
    left, reach = ordered[0][0], ordered[0][1]
    gaps: list[tuple[float, float]] = []  # where it begins and ends
    for begin, end in ordered[1:]:
        if begin > reach:
            gaps.append((reach, begin))
        reach = max(reach, end)
    if len(gaps) < len(words) - 1:
        return None
    widest = sorted(gaps, key=lambda gap: gap[0] - gap[1])[: _MOST_GAPS * len(words)]
    gaps = sorted(widest)
    chosen = _fit(expected_widths(words), gaps, left, reach)
    cuts = [left - 1.0]
    taken = set(chosen)
    for number in chosen:
        width = gaps[number][1] - gaps[number][0]
        near = [
            gaps[other][1] - gaps[other][0]
            for other in range(max(number - 8, 0), min(number + 9, len(gaps)))
            if other not in taken
        ]
        sure = width > _SURE * max(near, default=0.0)
        cuts.append((gaps[number][0] + gaps[number][1]) / 2.0 if sure else float("nan"))
    return Row(words, (*cuts, reach + 1.0))


def _fit(wanted: np.ndarray, gaps: list[tuple[float, float]], left: float, right: float) -> list[int]:
    """Choose the gap after each word but the last: widths as wanted, gaps as wide as can be.

    Returns:
        numbers of the gaps, rising.
    """
    edges_in = np.array([left, *(end for _, end in gaps)])  # where a word that follows a gap begins
    edges_out = np.array([*(begin for begin, _ in gaps), right])
    widths = np.array([end - begin for begin, end in gaps])
    pace = (right - left) / (wanted.sum() + 0.9 * (len(wanted) - 1))
    usual = float(np.median(np.sort(widths)[-(len(wanted) - 1) :])) if len(wanted) > 1 else 1.0
    value = _GAP_VALUE * np.minimum(widths / max(usual, 1e-6), 1.5)
    count, places = len(wanted), len(gaps) + 1
    cost = np.full((count, places), np.inf)
    back = np.zeros((count, places), np.int64)
    span = edges_out[None, :] - edges_in[:, None]  # from the gap before (row) to the gap after (column)
    for word in range(count):
        expected = pace * wanted[word]
        deviation = (span - expected) / (_SPREAD * (expected + pace))
        fit = np.where(span > 0.0, np.minimum(deviation**2, 12.0), np.inf)
        if word == 0:
            cost[0] = fit[0]
        else:
            before = np.full(places, np.inf)
            before[1:] = cost[word - 1][:-1]  # gap number g ends the word before; this one begins at g + 1
            total = before[:, None] + fit
            back[word] = total.argmin(axis=0)
            cost[word] = total.min(axis=0)
        cost[word][:-1] -= value
    chosen = []
    at = places - 1
    for word in range(count - 1, 0, -1):
        at = int(back[word][at]) - 1
        chosen.append(at)
    return chosen[::-1]
