"""A network becomes a bundle, checked against it before it replaces another."""

from __future__ import annotations

import copy
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from inkread.errors import BundleError
from inkread.runtime.bundle import INPUT_NAMES, OUTPUT_NAMES, Contract
from inkread.runtime.session import SESSIONS
from inkread.training.stored import halve, is_halved, set_properties

OPSET = 20

_DYNAMIC_AXES = {
    "line": {"lines": {0: "batch", 3: "width"}, "log_probs": {0: "batch", 1: "frames"}},
    "layout": {
        "image": {0: "batch", 1: "height", 2: "width"},
        "maps": {0: "batch", 2: "rows", 3: "columns"},
    },
    "detector": {
        "image": {0: "batch", 1: "height", 2: "width"},
        "probability": {0: "batch", 1: "height", 2: "width"},
    },
    "character": {"characters": {0: "batch"}, "log_probs": {0: "batch"}},
}


def export_bundle(module: torch.nn.Module, contract: Contract, path: str | Path, half: bool = True) -> Path:
    """Write a network and its contract as one ONNX file, checked before it replaces another.

    Args:
        module: a plain network that maps the contract's input to its output; for a line model
            float32 (N, 1, height, W) in -1 to 1 to log-probabilities (N, W / stride, C), for a
            detector uint8 (N, H, W, 3) to probabilities (N, H, W), for a layout model to
            (N, 3, H / 2, W / 2), for a character model float32
            (N, 1, height, height) in -1 to 1 to log-probabilities (N, C). It is not changed.
        contract: what the file says of itself.
        path: where the file goes; written beside it first and renamed into place.
        half: store matrices and kernels in half precision (the computing stays in float32).

    Returns:
        the path.

    Raises:
        BundleError: the file does not give what the network gives.
    """
    path = Path(path)
    network = copy.deepcopy(module).cpu().float().eval()
    if half:
        for tensor in network.state_dict().values():
            if is_halved(tensor.numpy()):
                tensor.copy_(tensor.half())
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        draft = Path(folder) / path.name
        _trace(network, contract, draft)
        model = onnx.load(str(draft))
        names = _name_weights(model, network)
        if half:
            names = halve(model, names)
        set_properties(model, contract, names)
        onnx.checker.check_model(model)
        onnx.save(model, str(draft))
        _compare(network, contract, draft)
        os.replace(draft, path)
    return path


def example_input(contract: Contract, size: int, batch: int = 1) -> torch.Tensor:
    """Return random input that fits a contract, ``size`` steps of ``contract.multiple`` wide."""
    generator = torch.Generator().manual_seed(size)
    side = size * contract.multiple
    if contract.kind == "line":
        return torch.rand((batch, 1, contract.height, side), generator=generator) * 2 - 1
    if contract.kind == "character":
        return torch.rand((batch, 1, contract.height, contract.height), generator=generator) * 2 - 1
    shape = (batch, side, side + contract.multiple, 3)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def _trace(network: torch.nn.Module, contract: Contract, path: Path) -> None:
    """Export without folding or fusing anything, so that weights keep their names."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (example_input(contract, size=3, batch=2),),
            str(path),
            input_names=[INPUT_NAMES[contract.kind]],
            output_names=[OUTPUT_NAMES[contract.kind]],
            dynamic_axes=_DYNAMIC_AXES[contract.kind],
            opset_version=OPSET,
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False,
            dynamo=False,
        )


def _name_weights(model: onnx.ModelProto, network: torch.nn.Module) -> dict[str, str]:
    """Map state-dict names to initialisers; the exporter merges equal ones and drops unused ones."""
    stored = {entry.name: numpy_helper.to_array(entry) for entry in model.graph.initializer}
    holders = {(array.dtype.str, array.shape, array.tobytes()): name for name, array in stored.items()}
    names = {}
    for name, tensor in network.state_dict().items():
        array = tensor.numpy()
        if name in stored:
            names[name] = name
            continue
        content = (array.dtype.str, array.shape, array.tobytes())
        if content not in holders:
            model.graph.initializer.append(numpy_helper.from_array(array, name))
            holders[content] = name
        names[name] = holders[content]
    return names


def _compare(network: torch.nn.Module, contract: Contract, path: Path) -> None:
    """Check the file against the network, at a size and batch that were not traced."""
    pixels = example_input(contract, size=5)
    with torch.no_grad():
        expected = network(pixels).numpy()
    session = SESSIONS[contract.kind](path, threads=1)
    try:
        found = session.run_raw(pixels.numpy())
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
    except Exception as error:  # a size frozen by tracing fails inside ONNX Runtime
        raise BundleError(
            "The exported file does not give what the network gives at another size; look for sizes "
            "in the network that tracing froze (nn.MultiheadAttention does that, and int(x.shape[i]))."
        ) from error
