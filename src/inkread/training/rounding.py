"""Kernels rounded to integers so that one weight's error makes up for another's.

Rounding each weight to its nearest step is best for the weight, not for what the convolution gives. Taken
one after the other, those not yet rounded are moved to cancel, as far as the inputs allow, what the rounding
of the last one changed (GPTQ: Frantar et al., ICLR 2023, arXiv:2210.17323, after optimal brain surgery;
here for convolutions, whose inputs are patches).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from inkread.errors import BundleError
from inkread.training.patches import patches
from inkread.training.stored import INTEGERS

DAMPING = 0.01
"""Of the mean square of an input, added to each: directions without inputs are left alone."""

Floats = npt.NDArray[np.float64]


def rounded(
    kernel: npt.NDArray[np.floating], steps: npt.NDArray[np.floating], squares: Floats, largest: int
) -> npt.NDArray[np.int8]:
    """Round the kernels of a convolution.

    Args:
        kernel: (O, I), of each output channel the weights of a patch.
        steps: (O,), what one stands for in each channel, above 0.
        squares: (I, I), the sum over patches x of x x^T.
        largest: of the integers, in size.

    Returns:
        int8 (O, I), each -``largest`` to ``largest``.

    Raises:
        BundleError: a step that is not above 0.
    """
    if not (np.asarray(steps) > 0).all():
        raise BundleError("A kernel's step is 0 or none; quantise the bundle anew.")
    left = np.array(kernel, dtype=np.float64)
    count = left.shape[1]
    # What counts most is rounded first, while most can follow
    order = np.argsort(-np.diagonal(squares), kind="stable")
    left = left[:, order]
    curved = squares[np.ix_(order, order)] + np.eye(count) * max(DAMPING * np.trace(squares) / count, 1e-12)
    pull = np.linalg.cholesky(np.linalg.inv(curved)).T  # upper triangle U of the inverse, U^T U
    whole = np.zeros(left.shape, dtype=np.int8)
    for place in range(count):
        whole[:, place] = np.clip(np.rint(left[:, place] / steps), -largest, largest)
        error = (left[:, place] - whole[:, place] * steps) / pull[place, place]
        left[:, place:] -= error[:, None] * pull[place, place:]
    result = np.empty_like(whole)
    result[:, order] = whole
    return result


def round_kernels(
    model: onnx.ModelProto,
    plain: onnx.ModelProto,
    name: str,
    inputs: Iterable[npt.NDArray[Any]],
    largest: int,
) -> None:
    """Round the integer kernels of a model anew, in place.

    Args:
        model: with integers as ONNX Runtime's ``quantize_static`` writes them (QDQ), one step a channel.
        plain: the model that it was made of, whose kernels have their own names.
        name: of the model's input.
        inputs: like those that it will read.
        largest: of the integers, in size.

    Raises:
        BundleError: there are no such kernels, or some that are not of two dimensions.
    """
    import onnxruntime

    held = {entry.name: entry for entry in model.graph.initializer}
    floats = {entry.name: entry for entry in plain.graph.initializer}
    makers = {output: node for node in model.graph.node for output in node.output}
    found: list[tuple[onnx.NodeProto, onnx.TensorProto, onnx.TensorProto, str]] = []
    for node in model.graph.node:
        maker = makers.get(node.input[1]) if node.op_type == "Conv" else None
        if maker is not None and maker.op_type == "DequantizeLinear" and maker.input[0].endswith(INTEGERS):
            stored = held[maker.input[0]]
            found.append((node, stored, held[maker.input[1]], maker.input[0].removesuffix(INTEGERS)))
    if not found or any(len(stored.dims) != 4 for _, stored, *_ in found):
        raise BundleError(
            "There are no integer kernels to be rounded, or not of two dimensions; give another."
        )
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    tapped = sorted({node.input[0] for node, *_ in found})
    watched.graph.output.extend(
        helper.make_tensor_value_info(one, onnx.TensorProto.FLOAT, None) for one in tapped
    )
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    squares: dict[str, Floats] = {}
    for pixels in inputs:
        seen = dict(zip(tapped, session.run(tapped, {name: pixels}), strict=True))
        for node, stored, *_ in found:
            rows = patches(seen[node.input[0]], node, (stored.dims[2], stored.dims[3]))
            squares[stored.name] = squares.get(stored.name, 0.0) + rows.T @ rows
    for _, stored, steps, source in found:
        kernel = numpy_helper.to_array(floats[source])
        whole = rounded(
            kernel.reshape(len(kernel), -1), numpy_helper.to_array(steps), squares[stored.name], largest
        )
        stored.CopyFrom(numpy_helper.from_array(whole.reshape(kernel.shape), stored.name))
