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
from inkread.training.models.teacher import Teacher
from inkread.training.networks.small_reader import SmallReader
from inkread.training.reader_experiment import Experiment, make_model
from inkread.training.stream import LineBatch, make_batch

FRAMES = 16


@pytest.fixture(scope="module")
def language() -> LanguageModel:
    return LanguageModel(
        SYMBOLS,
        {"en": build(["the cat sat on the mat and a cat stood by a cot there " * 20], SYMBOLS, 4, 0.0)},
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
    assert share < 0.45  # the language model knows "cat" better
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


def test_the_gradient_is_the_losses(language: LanguageModel) -> None:
    expected = ExpectedErrors(READER_ALPHABET, language, width=8)
    batch, frames = batch_of("cat"), torch.tensor([FRAMES])
    raw = doubtful(middle=(0.4, 0.6)).requires_grad_(True)
    expected.loss(raw.log_softmax(dim=2), batch, frames).backward()  # type: ignore[no-untyped-call]
    place = (0, 5, READER_ALPHABET.class_of("a"))
    values = []
    for step in (-0.01, 0.01):
        moved = raw.detach().clone()
        moved[place] += step
        values.append(expected.loss(moved.log_softmax(dim=2), batch, frames).item())
    assert raw.grad is not None
    assert raw.grad[place].item() == pytest.approx((values[1] - values[0]) / 0.02, rel=1e-2)


def test_padding_neither_says_nor_learns_anything(language: LanguageModel) -> None:
    expected = ExpectedErrors(READER_ALPHABET, language, width=8)
    output = doubtful(middle=(0.5, 0.5))
    padding = torch.full((1, 3, output.shape[2]), -1.0)
    longer = torch.cat((output, padding), dim=1).requires_grad_(True)
    whole = expected.loss(output, batch_of("cat"), torch.tensor([FRAMES])).item()
    padded = expected.loss(longer, batch_of("cat"), torch.tensor([FRAMES]))
    padded.backward()  # type: ignore[no-untyped-call]
    assert padded.item() == pytest.approx(whole, rel=1e-5)
    assert longer.grad is not None and longer.grad[0, 5].abs().max() > 0.01
    assert not longer.grad[0, FRAMES:].any()


def test_half_precision_and_an_empty_line_are_read(language: LanguageModel) -> None:
    expected = ExpectedErrors(READER_ALPHABET, language, width=8)
    output = doubtful(middle=(0.5, 0.5))
    frames = torch.tensor([FRAMES])
    assert expected.loss(output, batch_of(""), frames).item() == pytest.approx(3.0, rel=1e-2)
    whole = expected.loss(output, batch_of("cat"), frames).item()
    half = expected.loss(output.bfloat16(), batch_of("cat"), frames)
    assert half.dtype == torch.float32 and half.item() == pytest.approx(whole, rel=0.05)


def test_figures_are_read_without_a_language_model_as_in_use(language: LanguageModel) -> None:
    seen = torch.full((1, FRAMES, len(READER_ALPHABET)), 1e-6)
    for frame in range(FRAMES):
        seen[0, frame, READER_ALPHABET.class_of("1") if frame in (2, 5, 9) else 0] = 1.0
    seen[0, 9, READER_ALPHABET.class_of("l")] = 0.9
    output = (seen / seen.sum(dim=2, keepdim=True)).log()
    loss = ExpectedErrors(READER_ALPHABET, language, best=2, width=8).loss(
        output, batch_of("111"), torch.tensor([FRAMES])
    )
    share = 1.0 / (1.0 + (1.0 / 0.9) ** (1.0 / TEMPERATURE))  # of "11l", by what is seen alone
    assert loss.item() == pytest.approx(share, rel=1e-3)


def test_the_model_adds_it_to_the_loss_by_its_weight(language: LanguageModel) -> None:
    output, batch = doubtful(middle=(0.3, 0.7)), batch_of("cat")
    losses = []
    for weight, teacher in ((None, None), (1.0, None), (3.0, None), (3.0, 0.0)):
        network = SmallReader(len(READER_ALPHABET), layers=0)
        model = ReaderLineModel(
            network,
            READER_ALPHABET,
            Optimisation(),
            teacher=None if teacher is None else Teacher(network, teacher),
            expected_errors=ExpectedErrors(READER_ALPHABET, language, weight, width=8) if weight else None,
        )
        losses.append(model.loss(output, batch).item())
    wrong = ExpectedErrors(READER_ALPHABET, language, width=8).loss(output, batch, torch.tensor([FRAMES])) / 3
    assert wrong.item() > 0.1
    assert losses[1] - losses[0] == pytest.approx(wrong.item(), rel=1e-4)
    assert losses[2] - losses[0] == pytest.approx(3.0 * wrong.item(), rel=1e-4)
    assert losses[3] == pytest.approx(losses[2], rel=1e-4)  # beside a teacher too


def test_an_experiment_says_whether_there_is_one(tmp_path: Path, language: LanguageModel) -> None:
    settings = Experiment("s", [], {"steps": 1}, network={"size": "small", "layers": 0})
    assert make_model(settings, tmp_path).expected_errors is None
    language.save(tmp_path / "own.ngrams")
    chosen = {"language": "own.ngrams", "weight": 5, "width": 16}
    found = make_model(replace(settings, expected_errors=chosen), tmp_path).expected_errors
    assert found is not None and found.weight == 5.0
    shipped = make_model(replace(settings, expected_errors={"language": "shipped"}), tmp_path).expected_errors
    assert shipped is not None and shipped._language_model.languages == ("en", "fr")
    for wrong, why in (
        ({"weight": 2}, "need a language"),
        ({"language": "own.ngrams", "wieght": 2}, "may have best, weight, width"),
        ({"language": "own.ngrams", "weight": 0}, "above 0"),
        ({"language": "own.ngrams", "best": 1}, "2 readings or more"),
        ({"language": "own.ngrams", "best": 9, "width": 8}, "width at most"),
        ({"language": "own.ngrams", "best": 8.0}, "whole numbers"),
        ({"language": "own.ngrams", "width": None}, "whole numbers"),
        ({"language": "own.ngrams", "weight": True}, "above 0"),
        ({"language": "gone.ngrams"}, "There is no language model .*gone.ngrams"),
        (["language"], "need a language"),
    ):
        with pytest.raises(ConfigError, match=why):
            make_model(replace(settings, expected_errors=wrong), tmp_path)
