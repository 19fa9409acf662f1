"""How wide a stroke is along its way: a slow pen leaves more ink than a fast one.

No speed is stored with the strokes, but the hand's follows from their shape: it goes with the curvature to
the power of -1/3 (the two-thirds law, Lacquaniti, Terzuolo & Viviani, 1983).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkread.ink.strokes import Points

_LEVELS = 5  # widths that are told apart, from thin to thick
_MOST = 1.45  # times the usual width, at the slowest; its inverse at the fastest
_STRAIGHT = 0.03  # radians a point under which a pen grows no faster
_NEPERS = 0.25  # of speed from one width to the next
_REACH = 2  # points to both sides over which a turn is measured


def in_runs(
    strokes: Sequence[Points], flow: float
) -> tuple[list[Points], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Cut strokes where their width changes.

    Args:
        strokes: float32 (N, 2) each, N >= 1, points about evenly spaced.
        flow: share, 0 to 1, by which the width follows the speed.

    Returns:
        runs of the strokes, each beginning where the one before ends; of each its width as a share of
        the usual one, and the number of its stroke.
    """
    runs: list[Points] = []
    widths: list[float] = []
    owners: list[int] = []
    for number, stroke in enumerate(strokes):
        level = _levels(stroke) if len(stroke) > 2 * _REACH + 1 else np.zeros(len(stroke), np.int64)
        cuts = [0, *(np.flatnonzero(np.diff(level)) + 1).tolist(), len(stroke)]
        for begin, end in pairwise(cuts):
            runs.append(stroke[max(begin - 1, 0) : end])
            widths.append(float(_MOST ** (flow * level[begin] / (_LEVELS // 2))))
            owners.append(number)
    return runs, np.array(widths), np.array(owners)


def _levels(stroke: Points) -> npt.NDArray[np.int64]:
    """Width of each point, -2 to 2: 0 is what the stroke mostly has."""
    ahead = np.diff(stroke.astype(np.float64), axis=0)
    angles = np.unwrap(np.arctan2(ahead[:, 1], ahead[:, 0]))
    turn = np.pad(np.abs(np.diff(angles)), (_REACH + 1, _REACH), mode="edge")
    smooth = np.convolve(turn, np.full(2 * _REACH + 1, 1.0 / (2 * _REACH + 1)), mode="valid")
    slow = np.log(smooth + _STRAIGHT) / 3.0
    slow = slow - np.median(slow)
    half = _LEVELS // 2
    level = np.clip(np.rint(slow / _NEPERS), -half, half).astype(np.int64)
    return np.concatenate((level, level[-1:]))
