"""Precision and recall, worked out by hand."""

from __future__ import annotations

import numpy as np

from inkread.class_scores import ClassScore, accuracy, class_scores, confusion_matrix


def test_rows_are_the_truth_and_columns_what_it_was_taken_for():
    confusion = confusion_matrix(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 4)
    assert confusion.tolist() == [[1, 1, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    assert accuracy(confusion) == 0.5
    assert class_scores(confusion, "abcd") == (
        ClassScore("a", 2, 0.5, 0.5),
        ClassScore("b", 1, 0.5, 1.0),
        ClassScore("c", 1, 0.0, 0.0),
        ClassScore("d", 0, 0.0, 0.0),
    )


def test_of_nothing_the_accuracy_is_nothing():
    assert accuracy(np.zeros((3, 3), np.int64)) == 0.0
