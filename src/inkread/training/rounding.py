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
from inkread.training.stored import INTEGERS

DAMPING = 0.01
"""Of the mean square of an input, added to each: directions without inputs are left alone."""

_PATCHES = 4096  # of an input at most; more say the same again

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
    order = np.argsort(
        -np.diagonal(squares), kind="stable"
    )  # what counts most is rounded while most can follow
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


def patches(inputs: npt.NDArray[np.floating], node: onnx.NodeProto, size: tuple[int, int]) -> Floats:
    """Return what a convolution of kernels of ``size`` sees, (P, C * h * w), of inputs (N, C, H, W).

    Every so many of them alone where there are more than ``_PATCHES``.

    Raises:
        BundleError: the convolution's channels are in groups.
    """
    chosen: dict[str, Any] = {entry.name: helper.get_attribute_value(entry) for entry in node.attribute}
    if chosen.get("group", 1) != 1:
        raise BundleError(f"The channels of {node.name} are in groups, which cannot be rounded together.")
    down, along = chosen.get("strides", [1, 1])
    apart, aside = chosen.get("dilations", [1, 1])
    span = ((size[0] - 1) * apart + 1, (size[1] - 1) * aside + 1)
    top, left, bottom, right = chosen.get("pads", [0, 0, 0, 0])
    how = chosen.get("auto_pad", b"NOTSET")
    if how in (b"SAME_UPPER", b"SAME_LOWER"):
        (top, bottom), (left, right) = (
            _same(count, step, wide, how == b"SAME_LOWER")
            for count, step, wide in zip(inputs.shape[2:], (down, along), span, strict=True)
        )
    padded = np.pad(inputs, ((0, 0), (0, 0), (top, bottom), (left, right)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, span, axis=(2, 3))[:, :, ::down, ::along]
    seen = windows[..., ::apart, ::aside].transpose(0, 2, 3, 1, 4, 5)
    number = int(np.prod(seen.shape[:3]))
    kept = np.unravel_index(np.arange(0, number, number // _PATCHES + 1), seen.shape[:3])
    return np.asarray(seen[kept].reshape(len(kept[0]), -1), dtype=np.float64)


def _same(count: int, step: int, wide: int, low: bool) -> tuple[int, int]:
    """Return ONNX's padding before and after, with which there are as many outputs as steps."""
    total = max((-(-count // step) - 1) * step + wide - count, 0)
    less, more = total // 2, total - total // 2
    return (more, less) if low else (less, more)


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
