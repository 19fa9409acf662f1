"""What a convolution of ONNX sees: the patches of its inputs, one row each (im2col)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper

from inkread.errors import BundleError

_PATCHES = 4096  # of an input at most; more say the same again

Floats = npt.NDArray[np.float64]


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
