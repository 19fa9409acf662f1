"""Kernels are rounded for what convolutions give, not for themselves."""

from __future__ import annotations

import itertools

import numpy as np
import onnx
import pytest

from inkread.errors import BundleError
from inkread.images.line import to_input
from inkread.runtime.session import LineSession
from inkread.runtime.store import recogniser
from inkread.training import quantise as quantising
from inkread.training.quantise import quantise
from inkread.training.rounding import round_kernels, rounded
from inkread.training.stored import load_weights
from tests.training.test_quantise import WORDS, line


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_errors_make_up_for_one_another_where_inputs_go_together(rng):
    seen = rng.normal(size=(500, 3)) @ rng.normal(size=(3, 24)) + 0.1 * rng.normal(size=(500, 24))
    kernel = rng.normal(size=(6, 24))
    steps = np.abs(kernel).max(axis=1) / 8
    whole = rounded(kernel, steps, seen.T @ seen, 8)
    nearest = np.rint(kernel / steps[:, None])
    off = [np.square(seen @ (kernel - one * steps[:, None]).T).mean() for one in (whole, nearest)]
    assert whole.dtype == np.int8 and np.abs(whole.astype(int)).max() <= 8
    assert off[0] < 0.3 * off[1]
    assert np.abs(whole - kernel / steps[:, None]).max() < 4


def test_where_inputs_are_independent_each_is_rounded_to_the_nearest(rng):
    kernel = rng.normal(size=(4, 10))
    whole = rounded(kernel, np.full(4, 0.1), np.diag(rng.uniform(1.0, 2.0, 10)), 64)
    np.testing.assert_array_equal(whole, np.rint(kernel / 0.1))


def test_an_input_that_is_never_anything_but_zero_does_no_harm(rng):
    seen = rng.normal(size=(50, 5))
    seen[:, 2] = 0.0
    kernel = rng.normal(size=(2, 5))
    whole = rounded(kernel, np.full(2, 0.05), seen.T @ seen, 64)
    assert np.abs(whole * 0.05 - kernel).max() < 0.2
    assert not rounded(kernel, np.full(2, 100.0), np.zeros((5, 5)), 64).any()


def test_a_step_of_nothing_and_a_model_in_float_are_refused(rng):
    with pytest.raises(BundleError, match="step"):
        rounded(rng.normal(size=(2, 3)), np.array([0.1, 0.0]), np.eye(3), 64)
    plain = onnx.load(str(recogniser("small")))
    with pytest.raises(BundleError, match="integer kernels"):
        round_kernels(plain, plain, "line", [], 64)


def test_a_bundle_whose_kernels_were_rounded_together_is_nearer_to_float(tmp_path, monkeypatch):
    inputs = [to_input(line(f"{one} {two}")) for one, two in itertools.permutations(WORDS[:4], 2)]
    together = quantise(recogniser("small"), tmp_path / "together.onnx", inputs[:9])
    monkeypatch.setattr(quantising, "round_kernels", lambda *_: None)
    nearest = quantise(recogniser("small"), tmp_path / "nearest.onnx", inputs[:9])

    def apart(bundle):
        wanted, seen = (
            [LineSession(one, threads=1).run_raw(row) for row in inputs[9:]]
            for one in (recogniser("small"), bundle)
        )
        return np.mean([(np.exp(a) * (a - b)).sum(axis=-1).mean() for a, b in zip(wanted, seen, strict=True)])

    assert apart(together) < 0.9 * apart(nearest)
    one, other = load_weights(together), load_weights(nearest)
    assert sum(not np.array_equal(one[name], other[name]) for name in one if one[name].ndim == 4) > 15
