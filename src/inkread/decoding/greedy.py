"""The best path: the likeliest class of each frame, repeats merged, blanks dropped (Graves et al., 2006)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inkread.alphabet import BLANK, Alphabet
from inkread.decoding.hypothesis import Hypothesis


def greedy(log_probs: npt.NDArray[np.float32], alphabet: Alphabet) -> Hypothesis:
    """Read one line along its best path.

    Args:
        log_probs: float32 (T, C), natural log of a softmax over C = len(alphabet) classes.
        alphabet: the characters of the classes.

    Returns:
        The text; its score is the log probability of the path (not of the text).
    """
    if not len(log_probs):
        return Hypothesis("", 0.0, ())
    best = log_probs.argmax(axis=1)
    score = float(log_probs.max(axis=1).sum())
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], len(best))
    written = best[starts] != BLANK
    frames = tuple(zip(starts[written].tolist(), ends[written].tolist(), strict=True))
    return Hypothesis(alphabet.decode(best[starts].tolist()), score, frames)
