"""The schedule, and the average of the weights."""

from __future__ import annotations

import pytest
import torch

from inkread.errors import ConfigError
from inkread.training.models.optimisation import MovingAverage, Optimisation


def test_the_warm_up_takes_a_tenth_of_a_run_at_most_and_the_rate_ends_low():
    short = Optimisation(steps=50, warmup=400)
    assert short.scale(0) == pytest.approx(1 / 5) and short.scale(5) == 1.0
    assert short.scale(50) == pytest.approx(short.final)
    assert Optimisation(steps=1).scale(0) == 1.0


def test_matrices_decay_and_biases_do_not():
    optimiser = Optimisation(weight_decay=0.3).optimiser(torch.nn.Linear(3, 2).named_parameters())[
        "optimizer"
    ]
    assert [(g["weight_decay"], [p.ndim for p in g["params"]]) for g in optimiser.param_groups] == [
        (0.3, [2]),
        (0.0, [1]),
    ]


def test_the_first_steps_count_for_more_and_later_ones_for_what_the_decay_leaves():
    average, weight = [torch.zeros(1)], [torch.ones(1)]
    MovingAverage(0.999)(average, weight, 0)
    assert average[0].item() == pytest.approx(0.9)
    average = [torch.zeros(1)]
    MovingAverage(0.999)(average, weight, torch.tensor(10**6))
    assert average[0].item() == pytest.approx(0.001, rel=1e-3)


def test_values_out_of_their_ranges_are_said():
    for values in ({"learning_rate": -1.0}, {"ema": 1.5}, {"label_smoothing": "much"}):
        with pytest.raises(ConfigError, match=f"{next(iter(values))} is a number (from 0 to 1|of 0 or more)"):
            Optimisation(**values)


def test_relative_rates_follow_the_size_of_each_tensor():
    large, small, zeros = (torch.nn.Parameter(torch.full((2, 2), size)) for size in (3.0, 1e-4, 0.0))
    optimiser = Optimisation(learning_rate=0.1, relative=True, weight_decay=0.3, warmup=0).optimiser(
        {"large": large, "small": small, "zeros": zeros}.items()
    )["optimizer"]
    rates = [group["lr"] for group in optimiser.param_groups]
    assert rates == pytest.approx([0.3, 0.0005, 0.005])
    assert {group["weight_decay"] for group in optimiser.param_groups} == {0.3}


def test_weights_are_trained_at_the_rate_that_their_names_say_or_not_at_all():
    network = torch.nn.ModuleDict({"a": torch.nn.Linear(2, 2), "ab": torch.nn.Linear(2, 2)})
    rates = {"a": 0, "ab": 2, "ab.bias": 5}
    made = Optimisation(learning_rate=0.1, warmup=0, rates=rates).optimiser(network.named_parameters())
    found = {id(p): group["lr"] for group in made["optimizer"].param_groups for p in group["params"]}
    assert found == {id(network["ab"].weight): pytest.approx(0.2), id(network["ab"].bias): pytest.approx(0.5)}
    assert not network["a"].weight.requires_grad and network["ab"].weight.requires_grad


def test_rates_that_fit_nothing_are_said():
    with pytest.raises(
        ConfigError, match="No weights' names begin with 'layer'; they begin with weight, bias"
    ):
        Optimisation(rates={"layer": 1.0}).optimiser(torch.nn.Linear(3, 2).named_parameters())
    with pytest.raises(ConfigError, match="rates are numbers of 0 or more"):
        Optimisation(rates={"weight": -1.0})
