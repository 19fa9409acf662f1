"""Two views of a line: what varies, what stays, and what their disagreement costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from inkread.alphabet import READER_ALPHABET
from inkread.errors import ConfigError
from inkread.runtime.store import packaged
from inkread.training.models.base import Optimisation
from inkread.training.models.reader_line import ReaderLineModel
from inkread.training.models.views import disagreement, view
from inkread.training.reader_experiment import Experiment, make_model
from inkread.training.start import bundle_network
from inkread.training.stream import LineStream
from tests.training.lines import PrintedLines


def lines() -> torch.Tensor:
    """Paper with one bar of ink in columns 200 to 239, the middle rows of 48."""
    page = torch.ones(16, 1, 48, 400)
    page[:, :, 16:32, 200:240] = -1.0
    return page


def test_a_view_moves_nothing_along_the_line() -> None:
    torch.manual_seed(1)
    seen = view(lines(), torch.full((16,), 400))
    assert seen.shape == (16, 1, 48, 400) and seen.min() >= -1.0 and seen.max() <= 1.0
    hidden = seen.std(dim=2).squeeze(1) == 0.0
    beside, within = torch.ones(400, dtype=torch.bool), torch.zeros(400, dtype=torch.bool)
    beside[199:240], within[200:240] = False, True
    for line, gone in zip(seen[:, 0], hidden, strict=True):
        assert line[:, beside & ~gone].min() > 0.3
        assert line[22:26, within & ~gone].max() < 0.3


def test_an_eighth_of_each_line_is_hidden_and_no_line_is_hidden_behind_its_end() -> None:
    torch.manual_seed(2)
    widths = torch.tensor([400, 200] * 8)
    grey = (view(lines(), widths) == 0.0).all(dim=2).squeeze(1)
    for width in (400, 200):
        share = grey[widths == width, :width].float().mean().item()
        assert 0.06 < share < 0.16
    assert not grey[widths == 200, 230:].any()


def test_two_views_differ() -> None:
    torch.manual_seed(3)
    widths = torch.full((16,), 400)
    one, other = view(lines(), widths), view(lines(), widths)
    assert (one - other).abs().mean() > 0.01
    assert (one[0] - one[1]).abs().mean() > 0.01


def test_disagreement_is_symmetric_nought_from_oneself_and_blind_to_padding() -> None:
    torch.manual_seed(4)
    one, other = torch.randn(2, 2, 6, 5).log_softmax(dim=-1)
    frames = torch.tensor([6, 3])
    assert disagreement(one, one, frames).item() == pytest.approx(0.0, abs=1e-6)
    there = disagreement(one, other, frames).item()
    assert there == pytest.approx(disagreement(other, one, frames).item(), rel=1e-5) and there > 0.0
    each = ((one.exp() - other.exp()) * (one - other)).sum(dim=2) / 2
    assert there == pytest.approx((each[0].sum() + each[1, :3].sum()).item(), rel=1e-4)


def test_each_view_learns_from_the_other_but_does_not_teach_it() -> None:
    one, other = torch.randn(2, 1, 4, 5).log_softmax(dim=-1)
    one.requires_grad_(True)
    frames = torch.tensor([4])
    disagreement(one, other, frames).backward()  # type: ignore[no-untyped-call]
    # of the sum of two directions, only the one in which `one` is not held still moves it
    torch.testing.assert_close(one.grad, -other.exp() / 2)


def test_the_loss_with_consistency_is_the_mean_of_both_views_and_what_parts_them() -> None:
    torch.manual_seed(5)
    network, _ = bundle_network(packaged("line"))  # one that says something of what it sees
    batch = LineStream(PrintedLines(), READER_ALPHABET, 1, batch_size=2, group=1).draw_group(0)[0]
    losses = {}
    for weight in (1e-9, 1.0, 2.0):
        model = ReaderLineModel(network, READER_ALPHABET, Optimisation(), consistency=weight)
        model.log = lambda *_, **__: None  # type: ignore[method-assign]
        torch.manual_seed(6)
        losses[weight] = model.training_step(batch, 0).item()
    assert losses[1.0] > losses[1e-9] + 1e-3
    assert losses[2.0] - losses[1.0] == pytest.approx(losses[1.0] - losses[1e-9], rel=1e-3)


def test_an_experiment_says_how_much_consistency(tmp_path: Path) -> None:
    settings = Experiment("s", [], {"steps": 1}, network={"size": "small", "layers": 0})
    assert make_model(settings, tmp_path).consistency == 0.0
    assert make_model(replace(settings, consistency=0.2), tmp_path).consistency == 0.2
    with pytest.raises(ConfigError, match="consistency is a number of 0 or more"):
        make_model(replace(settings, consistency=-1.0), tmp_path)
