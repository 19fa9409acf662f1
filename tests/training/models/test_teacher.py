"""A teacher's part of the loss, and what of it stays out of the model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from inkread.alphabet import READER_ALPHABET
from inkread.errors import ConfigError
from inkread.training.models.base import Optimisation
from inkread.training.models.reader_line import ReaderLineModel
from inkread.training.models.teacher import Teacher
from inkread.training.networks.small_reader import SmallReader
from inkread.training.reader_experiment import Experiment, make_model
from inkread.training.stream import LineStream
from tests.training.lines import PrintedLines


def network(seed: int) -> SmallReader:
    torch.manual_seed(seed)
    return SmallReader(len(READER_ALPHABET), layers=0)


def test_the_divergence_is_nought_from_oneself_and_padding_does_not_count() -> None:
    lines = torch.rand(2, 1, 48, 64) * 2 - 1
    teacher = Teacher(network(1))
    mine = network(1).eval()(lines)
    assert teacher.divergence(mine, lines, torch.tensor([16, 16])).item() == pytest.approx(0.0, abs=1e-3)
    other = network(2).eval()(lines)
    whole, half = (teacher.divergence(other, lines, torch.tensor([n, n])).item() for n in (16, 8))
    expected = (mine.exp() * (mine - other)).sum(dim=2)
    assert whole == pytest.approx(expected.sum().item(), rel=1e-3)
    assert half == pytest.approx(expected[:, :8].sum().item(), rel=1e-3)
    with pytest.raises(ConfigError, match="from 0 to 1"):
        Teacher(network(1), 1.5)


def test_the_loss_is_shared_and_the_teacher_is_no_part_of_the_model() -> None:
    batch = LineStream(PrintedLines(), READER_ALPHABET, 1, batch_size=2, group=1).draw_group(0)[0]
    losses = {}
    for share in (None, 0.0, 0.5, 1.0):
        teacher = None if share is None else Teacher(network(2), share)
        model = ReaderLineModel(network(1), READER_ALPHABET, Optimisation(), teacher=teacher)
        loss = model.loss(model.respond(model.network, batch), batch)
        loss.backward()
        losses[share] = loss.item()
        assert not [name for name in model.state_dict() if "teacher" in name]
    assert losses[0.0] == pytest.approx(losses[None], rel=1e-4)
    assert losses[0.5] == pytest.approx((losses[0.0] + losses[1.0]) / 2, rel=1e-3)
    assert abs(losses[1.0] - losses[0.0]) > 0.1


def test_an_experiment_names_its_teacher(tmp_path: Path) -> None:
    settings = Experiment("s", [], {"steps": 1}, network={"size": "small", "layers": 0})
    assert make_model(settings, tmp_path).teacher is None
    taught = make_model(replace(settings, teacher={"bundle": "shipped", "share": 0.25}), tmp_path)
    assert taught.teacher is not None and taught.teacher.share == 0.25
    with pytest.raises(ConfigError, match="teacher has a bundle"):
        make_model(replace(settings, teacher={"share": 0.25}), tmp_path)
