"""Fits what a line bundle says of its own confidence, on lines of hands that were not trained on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
from rapidfuzz.distance import Levenshtein

from inkread.decoding.calibration import (
    CHARACTER,
    WORD,
    Calibration,
    Floats,
    Scale,
    line_features,
    logistic,
    word_features,
)
from inkread.metrics import ErrorCounts, character_errors, fold
from inkread.runtime.bundle import METADATA_KEY, Contract
from inkread.training.calibrate import fit_logistic

_OF_MODEL = ("agreed", "usual", "usual nearby", "strange")
"""What is known of a character only where a language model was used."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A reading of a line, what speaks for it, and what of it is right.

    Attributes:
        text: what was read, not empty.
        evidence: float64 (N, F), of its N characters.
        characters: float64 (N,), 1 for a right one.
        words: float64 (M,), 1 for a right one.
        errors: of the whole line.
    """

    text: str
    evidence: Floats
    characters: Floats
    words: Floats
    errors: ErrorCounts

    @property
    def share(self) -> float:
        """Right share of the line: 1 less its character error rate, not below 0."""
        return max(1.0 - self.errors.rate, 0.0)


def judge(reference: str, text: str, evidence: Floats) -> Judged:
    """Compare a reading with what is written, both folded, along one of their shortest edit scripts."""
    written = fold(reference)
    folded = "".join(" " if sign.isspace() else fold(sign)[:1] or sign for sign in text)
    return Judged(
        text,
        evidence,
        _right(written, folded),
        _right(written.split(), folded.split()),
        character_errors(reference, text),
    )


def _right(written: Sequence[str], read: Sequence[str]) -> Floats:
    right = np.zeros(len(read))
    for block in Levenshtein.opcodes(written, read):
        if block.tag == "equal":
            right[block.dest_start : block.dest_end] = 1.0
    return right


@dataclass(frozen=True, slots=True, eq=False)
class Sureness:
    """Confidences, float64, of all characters, words and lines of some readings, in their order."""

    characters: Floats
    words: Floats
    lines: Floats


def sureness(lines: Sequence[Judged], scale: Scale) -> Sureness:
    """Return how sure ``scale`` is of at least one reading."""
    characters = [logistic(line.evidence, scale.characters) for line in lines]
    words, means = _features(lines, characters)
    return Sureness(np.concatenate(characters), logistic(words, scale.words), logistic(means, scale.line))


def fit_scale(lines: Sequence[Judged], with_model: bool) -> Scale:
    """Fit the three logistic functions, each on what the one before says.

    Args:
        lines: at least one; readings of what is no writing, all wrong, among them.
        with_model: the readings were made with a language model.
    """
    evidence = np.concatenate([line.evidence for line in lines])
    heard = [place for place, name in enumerate(CHARACTER) if with_model or name not in _OF_MODEL]
    weights = np.zeros(len(CHARACTER))
    weights[heard] = fit_logistic(evidence[:, heard], np.concatenate([line.characters for line in lines]))
    characters = [logistic(line.evidence, weights.tolist()) for line in lines]
    words, means = _features(lines, characters)
    of_words = np.zeros(len(WORD))
    heard = [place for place, name in enumerate(WORD) if with_model or name not in _OF_MODEL]
    of_words[heard] = fit_logistic(words[:, heard], np.concatenate([line.words for line in lines]))
    of_lines = fit_logistic(means, np.array([line.share for line in lines]))
    rounded = (tuple(np.round(found, 4).tolist()) for found in (weights, of_words, of_lines))
    return Scale(*rounded)


def _features(lines: Sequence[Judged], characters: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Return the features of all words, and of all lines."""
    words = [
        word_features(line.text, line.evidence, values)
        for line, values in zip(lines, characters, strict=True)
    ]
    return np.concatenate(words), np.concatenate([line_features(values) for values in characters])


def write_calibration(bundle: str | Path, calibration: Calibration, out: str | Path) -> None:
    """Write a line bundle anew with another calibration; written beside first and renamed into place.

    Raises:
        BundleError: not a bundle of ours.
    """
    out = Path(out)
    model = onnx.load(str(bundle))
    contract = Contract.from_metadata({entry.key: entry.value for entry in model.metadata_props})
    changed = replace(contract, calibration=calibration.to_dict())
    for entry in model.metadata_props:
        if entry.key == METADATA_KEY:
            entry.value = changed.to_json()
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".calibrate-") as folder:
        onnx.save(model, str(Path(folder) / out.name))
        os.replace(Path(folder) / out.name, out)
