"""Making probabilities as sure as they are right, by examples that were not trained on.

A temperature is one number for a classifier (C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: On
Calibration of Modern Neural Networks, ICML 2017); a logistic function weighs several kinds of
evidence for one statement.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    right = probabilities.argmax(axis=1) == truth
    return expected_calibration_error(probabilities.max(axis=1), right.astype(np.float64), bins)


def fit_logistic(
    features: npt.NDArray[np.floating],
    truth: npt.NDArray[np.floating],
    weights: npt.NDArray[np.floating] | None = None,
    ridge: float = 1.0,
) -> npt.NDArray[np.float64]:
    """Return the weights, float64 (F,), of the likeliest logistic function, by Newton's method.

    Args:
        features: (N, F), the first of them constant.
        truth: (N,), 0 to 1; shares count as so many examples of either kind.
        weights: (N,), how much each example counts; all alike by default.
        ridge: pulls all but the first weight towards zero, as so many examples would.
    """
    columns = np.asarray(features, np.float64)
    count = np.ones(len(columns)) if weights is None else np.asarray(weights, np.float64)
    pull = np.diag(np.concatenate([[1e-6], np.full(columns.shape[1] - 1, ridge)]))
    found = np.zeros(columns.shape[1])
    for _ in range(50):
        likely = 1.0 / (1.0 + np.exp(-np.clip(columns @ found, -30.0, 30.0)))
        slope = columns.T @ (count * (truth - likely)) - pull @ found
        bend = (columns * (count * likely * (1.0 - likely))[:, None]).T @ columns + pull
        step = np.linalg.solve(bend, slope)
        found += step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-9))
        if np.abs(step).max() < 1e-6:
            break
    return found


def expected_calibration_error(
    sure: npt.NDArray[np.floating], truth: npt.NDArray[np.floating], bins: int = 15
) -> float:
    """Return the mean distance, 0 to 1, between confidence and truth, over bins of confidence.

    Args:
        sure: (N,), 0 to 1.
        truth: (N,), 0 or 1, or a share between.
        bins: of equal width; each is weighted by its examples.
    """
    return float(
        sum(abs(bin.sure - bin.right) * bin.count for bin in reliability(sure, truth, bins))
        / max(len(sure), 1)
    )


@dataclass(frozen=True, slots=True)
class Bin:
    """Examples of like confidence: how many, how sure on average, and how often right."""

    count: int
    sure: float
    right: float


def reliability(sure: npt.NDArray[np.floating], truth: npt.NDArray[np.floating], bins: int = 15) -> list[Bin]:
    """Return the bins of equal width that hold any examples, by confidence; arguments as above."""
    places = np.minimum((np.asarray(sure) * bins).astype(np.int64), bins - 1)
    counts = np.bincount(places, minlength=bins)
    means = [
        np.bincount(places, weights=values, minlength=bins) / np.maximum(counts, 1)
        for values in (sure, truth)
    ]
    return [Bin(int(counts[n]), float(means[0][n]), float(means[1][n])) for n in np.flatnonzero(counts)]
