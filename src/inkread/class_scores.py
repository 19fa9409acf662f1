"""How well each class is told from the others: precision and recall from a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How well one class is recognised.

    Attributes:
        name: of the class.
        count: examples that are of it.
        precision: share of what was taken for it that is of it, 0 to 1; 0 if nothing was.
        recall: share of its examples that were taken for it, 0 to 1; 0 if it has none.
    """

    name: str
    count: int
    precision: float
    recall: float


def confusion_matrix(
    truth: npt.NDArray[np.int64], taken: npt.NDArray[np.int64], classes: int
) -> npt.NDArray[np.int64]:
    """Count how often each class was taken for each.

    Args:
        truth: int64 (N,), class of each example.
        taken: int64 (N,), the class that it was taken for.
        classes: how many there are.

    Returns:
        int64 (classes, classes): rows the truth, columns what it was taken for.
    """
    return np.bincount(truth * classes + taken, minlength=classes**2).reshape(classes, classes)


def accuracy(confusion: npt.NDArray[np.int64]) -> float:
    """Return the share of all examples that were taken for what they are; 0 if there are none."""
    return float(np.trace(confusion) / max(int(confusion.sum()), 1))


def class_scores(confusion: npt.NDArray[np.int64], names: Sequence[str]) -> tuple[ClassScore, ...]:
    """Return the scores of each class, in order of their numbers.

    Args:
        confusion: int64 (C, C), rows the truth, columns what it was taken for.
        names: of the classes.
    """
    right, are, taken = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    precisions, recalls = right / np.maximum(taken, 1), right / np.maximum(are, 1)
    return tuple(
        ClassScore(name, int(count), float(precision), float(recall))
        for name, count, precision, recall in zip(names, are, precisions, recalls, strict=True)
    )
