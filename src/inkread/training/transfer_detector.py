"""The published detector's weights move into our own network.

``python -m inkread.training.transfer_detector PUBLISHED.onnx OUT.onnx`` makes the detector's
bundle from PP-OCRv6_det_small.onnx, whose origin stands in ``data/raw/pp_ocrv6_det``. Both graphs
run their convolutions in the same order, so the weights are paired in order and checked by shape.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from inkread.errors import BundleError
from inkread.runtime.bundle import Contract
from inkread.training.export import export_bundle
from inkread.training.networks.text_detector import TextDetector

CONTRACT = Contract(
    kind="detector",
    name="inkread-detector",
    version="1",
    height=0,
    stride=1,
    note="Weights of PP-OCRv6 small (PaddleOCR, Apache-2.0), unchanged but for the order of colours.",
)

Pair = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32] | None]


def published_convolutions(path: str | Path) -> list[Pair]:
    """Return kernel and bias (None without one) of every convolution of an ONNX graph, in its order.

    Raises:
        BundleError: the file is missing or not ONNX.
    """
    try:
        graph = onnx.load(str(path)).graph
    except Exception as error:  # protobuf's and onnx's own, and the file system's
        raise BundleError(f"The published model {path} cannot be read; fetch it again.") from error
    stored = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    consumers = {name: node for node in reversed(graph.node) for name in node.input}
    pairs: list[Pair] = []
    for node in graph.node:
        if node.op_type in ("Conv", "ConvTranspose"):
            follower = consumers.get(node.output[0])
            while follower is not None and follower.op_type == "Identity":
                follower = consumers.get(follower.output[0])
            bias = None
            if follower is not None and follower.op_type == "Add":
                bias = next((stored[name].reshape(-1) for name in follower.input if name in stored), None)
            pairs.append((stored[node.input[1]], bias))
    return pairs


def transfer(path: str | Path) -> dict[str, torch.Tensor]:
    """Return the state dict of :class:`TextDetector` with the weights of the published file.

    The published network takes blue, green, red; ours takes red, green, blue.

    Raises:
        BundleError: the file is unreadable, or another network's.
    """
    detector = TextDetector()
    ours = [module for module in detector.modules() if isinstance(module, nn.Conv2d | nn.ConvTranspose2d)]
    published = published_convolutions(path)
    shapes = [(kernel.shape, None if bias is None else bias.shape) for kernel, bias in published]
    if shapes != [(tuple(m.weight.shape), None if m.bias is None else tuple(m.bias.shape)) for m in ours]:
        raise BundleError(f"{path} does not hold the small PP-OCRv6 detector; give PP-OCRv6_det_small.onnx.")
    with torch.no_grad():
        for module, (kernel, bias) in zip(ours, published, strict=True):
            module.weight.copy_(torch.from_numpy(kernel.copy()))
            if module.bias is not None and bias is not None:
                module.bias.copy_(torch.from_numpy(bias.copy()))
        first = detector.stem.down.weight
        first.copy_(first.flip(1))
    return detector.state_dict()


def main(arguments: list[str] | None = None) -> None:
    """Make the detector's bundle: PUBLISHED.onnx OUT.onnx."""
    published, out = sys.argv[1:] if arguments is None else arguments
    detector = TextDetector()
    detector.load_state_dict(transfer(published))
    path = export_bundle(detector, CONTRACT, out)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
