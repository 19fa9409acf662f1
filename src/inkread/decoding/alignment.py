"""Where each character of a known text stands: the likeliest CTC path through it (Viterbi)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inkread.alphabet import BLANK

Frames = tuple[tuple[int, int], ...]


def align(log_probs: npt.NDArray[np.float32], texts: Sequence[Sequence[int]]) -> list[Frames]:
    """Align several texts of one line at once.

    Args:
        log_probs: float32 (T, C), natural log of a softmax.
        texts: class numbers (1 or more) of each text.

    Returns:
        For each text the first frame and last frame + 1 of each character, in order. A text that
        cannot fit into T frames gets its characters spread evenly.
    """
    steps, longest = len(log_probs), max((len(text) for text in texts), default=0)
    if not longest or not steps:
        return [_spread(len(text), steps) for text in texts]
    states = np.full((len(texts), 2 * longest + 1), BLANK)
    for row, text in enumerate(texts):
        states[row, 1 : 2 * len(text) : 2] = text
    floor = np.float32(-1e9)
    skip = np.full(states.shape, floor, dtype=np.float32)
    skip[:, 3::2] = np.where(states[:, 3::2] != states[:, 1:-2:2], np.float32(0.0), floor)
    emitted = log_probs[:, states]
    score = np.full((len(texts), states.shape[1] + 2), floor, dtype=np.float32)
    score[:, 2:4] = emitted[0, :, :2]
    back = np.zeros((steps, *states.shape), dtype=np.int8)
    for step in range(1, steps):
        stay, one, two = score[:, 2:], score[:, 1:-1], score[:, :-2] + skip
        move = one > stay
        best = np.maximum(stay, one)
        jump = two > best
        back[step] = np.where(jump, 2, move)
        score[:, 2:] = np.maximum(best, two) + emitted[step]
    return [_trace(back[:, row], score[row, 2:], len(text)) for row, text in enumerate(texts)]


def _trace(back: npt.NDArray[np.int8], score: npt.NDArray[np.float32], length: int) -> Frames:
    """Follow the best path of one text backwards."""
    steps = len(back)
    state = 2 * length
    if length and score[state - 1] > score[state]:
        state -= 1
    if score[state] < -1e8:
        return _spread(length, steps)
    first, last = [steps] * length, [0] * length
    for step in range(steps - 1, -1, -1):
        if state % 2:
            first[state // 2] = step
            last[state // 2] = max(last[state // 2], step + 1)
        state -= int(back[step, state])
    return tuple(zip(first, last, strict=True))


def _spread(length: int, steps: int) -> Frames:
    return tuple((index * steps // length, (index + 1) * steps // length) for index in range(length))
