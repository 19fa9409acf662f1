"""What the loss of expected errors is worth, which way it pulls, and what an experiment may say of it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.beam import TEMPERATURE
from inkread.decoding.language import LanguageModel
from inkread.decoding.language_build import build
from inkread.decoding.language_text import SYMBOLS
from inkread.errors import ConfigError
from inkread.training.models.base import Optimisation
from inkread.training.models.expected_errors import ExpectedErrors
from inkread.training.models.reader_line import ReaderLineModel
from inkread.training.networks.small_reader import SmallReader
from inkread.training.reader_experiment import Experiment, make_model
from inkread.training.stream import LineBatch, make_batch

FRAMES = 12


@pytest.fixture(scope="module")
def language() -> LanguageModel:
    return LanguageModel(
        SYMBOLS, {"en": build(["the cat sat on the mat and the cot stood there " * 20], SYMBOLS, 4, 0.0)}
    )


def batch_of(*texts: str) -> LineBatch:
    return make_batch(
        [np.full((48, 4 * FRAMES), 255, np.uint8) for _ in texts],
        [READER_ALPHABET.encode(text) for text in texts],
    )


def doubtful(*, middle: tuple[float, float]) -> Tensor:
    """Return log-probabilities (1, FRAMES, C) of a line that reads "cat" or "cot", in these shares."""
    seen = torch.full((1, FRAMES, len(READER_ALPHABET)), 1e-6)
    for frame, letter in ((2, "c"), (9, "t")):
        seen[0, frame, READER_ALPHABET.class_of(letter)] = 1.0
    for letter, share in zip("ao", middle, strict=True):
        seen[0, 5, READER_ALPHABET.class_of(letter)] = share
    for frame in set(range(FRAMES)) - {2, 5, 9}:
        seen[0, frame, 0] = 1.0
    return (seen / seen.sum(dim=2, keepdim=True)).log()


def test_it_is_the_mean_of_the_readings_errors_by_their_probability(language: LanguageModel) -> None:
    expected = ExpectedErrors(READER_ALPHABET, language, best=2, width=8)
    output, batch = doubtful(middle=(0.5, 0.5)), batch_of("cat")
    frames = torch.tensor([FRAMES])
    cat, cot = sorted(expected._decoder.decode(output[0].numpy(), {"en": 1.0}), key=lambda each: each.text)
    assert (cat.text, cot.text) == ("cat", "cot")
    share = 1.0 / (1.0 + math.exp((cat.score - cot.score) / TEMPERATURE))  # of "cot", one error
    assert expected.loss(output, batch, frames).item() == pytest.approx(share, rel=1e-4)
    both = torch.cat((output, output))
    two = expected.loss(both, batch_of("cat", "cot"), torch.tensor([FRAMES, FRAMES]))
    assert two.item() == pytest.approx(1.0, rel=1e-4)  # a share and the other


def test_it_favours_the_reading_with_fewer_errors(language: LanguageModel) -> None:
    expected = ExpectedErrors(READER_ALPHABET, language, width=8)
    output = doubtful(middle=(0.4, 0.6)).requires_grad_(True)
    expected.loss(output, batch_of("cat"), torch.tensor([FRAMES])).backward()  # type: ignore[no-untyped-call]
    assert output.grad is not None
    a, o = (output.grad[0, 5, READER_ALPHABET.class_of(letter)].item() for letter in "ao")
    assert a < 0.0 < o  # down goes the loss with more of the "a" and less of the "o"
    assert output.grad[0, 2].abs().max() < 1e-3 * abs(a)  # of the "c" there is no doubt


def test_padding_says_nothing_and_an_empty_line_is_read(language: LanguageModel) -> None:
    expected = ExpectedErrors(READER_ALPHABET, language, width=8)
    output = doubtful(middle=(0.5, 0.5))
    longer = torch.cat((output, torch.full((1, 3, output.shape[2]), -1.0)), dim=1)
    whole, padded = (
        expected.loss(seen, batch_of("cat"), torch.tensor([FRAMES])).item() for seen in (output, longer)
    )
    assert padded == pytest.approx(whole, rel=1e-5)
    assert expected.loss(output, batch_of(""), torch.tensor([FRAMES])).item() == pytest.approx(3.0, rel=1e-2)


def test_the_model_adds_it_to_the_loss_by_its_weight(language: LanguageModel) -> None:
    output, batch = doubtful(middle=(0.3, 0.7)), batch_of("cat")
    losses = []
    for weight in (None, 1.0, 3.0):
        loss = weight and ExpectedErrors(READER_ALPHABET, language, weight, width=8)
        model = ReaderLineModel(
            SmallReader(len(READER_ALPHABET), layers=0),
            READER_ALPHABET,
            Optimisation(),
            expected_errors=loss or None,
        )
        losses.append(model.loss(output, batch).item())
    wrong = ExpectedErrors(READER_ALPHABET, language, width=8).loss(output, batch, torch.tensor([FRAMES])) / 3
    assert wrong.item() > 0.1
    assert losses[1] - losses[0] == pytest.approx(wrong.item(), rel=1e-4)
    assert losses[2] - losses[0] == pytest.approx(3.0 * wrong.item(), rel=1e-4)


def test_an_experiment_says_whether_there_is_one(tmp_path: Path, language: LanguageModel) -> None:
    settings = Experiment("s", [], {"steps": 1}, network={"size": "small", "layers": 0})
    assert make_model(settings, tmp_path).expected_errors is None
    language.save(tmp_path / "own.ngrams")
    chosen = {"language": "own.ngrams", "weight": 5, "width": 16}
    found = make_model(replace(settings, expected_errors=chosen), tmp_path).expected_errors
    assert found is not None and found.weight == 5.0
    for wrong, why in (
        ({"weight": 2}, "need a language"),
        ({"language": "own.ngrams", "wieght": 2}, "may have best, weight, width"),
        ({"language": "own.ngrams", "weight": 0}, "above 0"),
        ({"language": "own.ngrams", "best": 1}, "2 readings or more"),
        ({"language": "own.ngrams", "best": 9, "width": 8}, "width at most"),
    ):
        with pytest.raises(ConfigError, match=why):
            make_model(replace(settings, expected_errors=wrong), tmp_path)
