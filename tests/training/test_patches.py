"""Patches are what a convolution of ONNX multiplies with its kernels."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from inkread.errors import BundleError
from inkread.training.patches import patches


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"pads": [1, 2, 0, 1]},
        {"strides": [2, 1], "pads": [1, 1, 1, 1]},
        {"dilations": [2, 3]},
        {"dilations": [1, 2], "pads": [0, 2, 0, 2]},
        {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
        {"auto_pad": "SAME_LOWER"},
    ],
)
def test_patches_are_what_a_convolution_sees(rng, settings):
    inputs, kernel = rng.normal(size=(2, 3, 9, 11)), rng.normal(size=(4, 3, 3, 2))
    node = onnx.helper.make_node("Conv", ["x", "w"], ["y"], **settings)
    graph = onnx.helper.make_graph(
        [node],
        "one",
        [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.DOUBLE, None) for name in "xw"],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.DOUBLE, None)],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)])
    (wanted,) = ReferenceEvaluator(model).run(None, {"x": inputs, "w": kernel})
    given = patches(inputs, node, (3, 2)) @ kernel.reshape(4, -1).T
    np.testing.assert_allclose(given, wanted.transpose(0, 2, 3, 1).reshape(-1, 4), atol=1e-9)


def test_channels_in_groups_are_refused(rng):
    node = onnx.helper.make_node("Conv", ["x", "w"], ["y"], name="/a", group=3)
    with pytest.raises(BundleError, match="/a"):
        patches(rng.normal(size=(1, 3, 5, 5)), node, (3, 3))
