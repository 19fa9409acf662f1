"""Temperature: one number that makes a classifier's probabilities as sure as it is right.

C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: On Calibration of Modern Neural Networks, ICML 2017.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LogProbs = npt.NDArray[np.floating]
Classes = npt.NDArray[np.int64]

_RANGE = (0.2, 5.0)


def tempered(log_probs: LogProbs, temperature: float) -> npt.NDArray[np.float64]:
    """Return the probabilities, float64 (N, C), of logarithms (N, C) divided by ``temperature``."""
    scaled = np.asarray(log_probs, np.float64) / temperature
    likely = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def negative_log_likelihood(log_probs: LogProbs, truth: Classes, temperature: float = 1.0) -> float:
    """Return the mean of minus the logarithm of the true class's probability, in nats."""
    likely = tempered(log_probs, temperature)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(likely, 1e-12)).mean())


def fit_temperature(log_probs: LogProbs, truth: Classes) -> float:
    """Return the temperature of least negative log-likelihood, by golden section over its logarithm.

    Args:
        log_probs: (N, C), natural log-softmax of examples that were not trained on.
        truth: (N,), their classes.
    """
    low, high = np.log(_RANGE)
    share = (np.sqrt(5.0) - 1.0) / 2.0
    while high - low > 1e-3:
        left, right = high - share * (high - low), low + share * (high - low)
        losses = [negative_log_likelihood(log_probs, truth, float(np.exp(at))) for at in (left, right)]
        low, high = (low, right) if losses[0] < losses[1] else (left, high)
    return float(np.exp((low + high) / 2.0))


def calibration_error(probabilities: npt.NDArray[np.floating], truth: Classes, bins: int = 15) -> float:
    """Return the expected calibration error, 0 to 1.

    The mean distance between how sure the likeliest classes are and how often they are right, over
    ``bins`` bins of equal width in confidence, each weighted by its examples.
    """
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    places = np.minimum((sure * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(places, weights=sure - right, minlength=bins)
    return float(np.abs(gaps).sum() / max(len(truth), 1))
