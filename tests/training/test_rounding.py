"""Kernels are rounded for what convolutions give, not for themselves."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch
from torch.nn import functional as F

from inkread.training.rounding import patches, rounded


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


@pytest.mark.parametrize("settings", [{}, {"pads": [1, 2, 0, 1]}, {"strides": [2, 1], "pads": [1, 1, 1, 1]}])
def test_patches_are_what_a_convolution_sees(rng, settings):
    inputs, kernel = rng.normal(size=(2, 3, 7, 9)), rng.normal(size=(4, 3, 3, 2))
    node = onnx.helper.make_node("Conv", ["x", "w"], ["y"], **settings)
    top, left, bottom, right = settings.get("pads", [0, 0, 0, 0])
    padded = F.pad(torch.from_numpy(inputs), (left, right, top, bottom))
    wanted = F.conv2d(padded, torch.from_numpy(kernel), stride=settings.get("strides", [1, 1]))
    given = patches(inputs, node, (3, 2)) @ kernel.reshape(4, -1).T
    np.testing.assert_allclose(given, wanted.permute(0, 2, 3, 1).reshape(-1, 4).numpy(), atol=1e-9)
