"""How weights lie in a bundle: in full, in half precision or in eight bits, and the way back.

The file holds every entry of the network's state dict under a name of its own, so training goes on
from any bundle. Matrices and kernels may be stored in half precision, each with a Cast to float32
that ONNX Runtime folds away when it opens the file: half the size, full speed. Those that
``quantise`` turned into integers come back as integers times their scales.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from inkread.errors import BundleError
from inkread.runtime.bundle import METADATA_KEY, Contract

INTEGERS = "_quantized"
"""Added by ONNX Runtime to the name of what it turned into integers."""

WEIGHTS_KEY = "inkread.weights"
_HALF_PREFIX = "float16:"
_HALF_MIN_BYTES = 512
_HALF_MAX = 65504.0


def load_weights(path: str | Path) -> dict[str, npt.NDArray[np.generic]]:
    """Return the named weights of a bundle, as the state dict of the network that made it.

    ``network.load_state_dict({k: torch.from_numpy(v) for k, v in load_weights(path).items()})``
    is the whole way back; what was stored in half precision or in eight bits comes as float32.

    Raises:
        BundleError: the file is missing, damaged, or not one that inkread exported.
    """
    try:
        model = onnx.load(str(path))
    except Exception as error:  # protobuf's and onnx's own, and the file system's
        raise BundleError(f"The model file {path} cannot be read; check it or export again.") from error
    Contract.from_metadata({entry.key: entry.value for entry in model.metadata_props})
    stored = {entry.name: entry for entry in model.graph.initializer}
    scales = scales_of(model)
    weights = {}
    for name, holder in holders_of(model).items():
        array = numpy_helper.to_array(stored[holder])
        if holder in scales:
            array = _times(array, numpy_helper.to_array(stored[scales[holder]]))
        weights[name] = np.array(array, dtype=np.float32 if array.dtype == np.float16 else array.dtype)
    return weights


def set_properties(model: onnx.ModelProto, contract: Contract, holders: Mapping[str, str]) -> None:
    """Write into a model what it is, and which initialiser holds which entry of the state dict."""
    named = json.dumps(dict(holders), separators=(",", ":"))
    helper.set_model_props(model, {METADATA_KEY: contract.to_json(), WEIGHTS_KEY: named})


def holders_of(model: onnx.ModelProto) -> dict[str, str]:
    """Return which initialiser holds which entry of the state dict.

    Raises:
        BundleError: the model does not say.
    """
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    if WEIGHTS_KEY not in metadata:
        raise BundleError("The model file does not name its weights; export it again.")
    holders: dict[str, str] = json.loads(metadata[WEIGHTS_KEY])
    return holders


def scales_of(model: onnx.ModelProto) -> dict[str, str]:
    """Return the initialiser of the scales of each one that holds integers."""
    return {node.input[0]: node.input[1] for node in model.graph.node if node.op_type == "DequantizeLinear"}


def _times(array: npt.NDArray[np.generic], scale: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Return integers, symmetric around 0, times their scale or each output channel's."""
    shape = (-1,) + (1,) * (array.ndim - 1) if scale.ndim else ()
    return np.asarray(array.astype(np.float32) * scale.reshape(shape), np.float32)


def is_halved(array: npt.NDArray[np.generic]) -> bool:
    """Tell whether an array is large enough, and its values small enough, for half precision."""
    large = array.dtype == np.float32 and array.ndim >= 2 and array.nbytes > _HALF_MIN_BYTES
    return bool(large and np.abs(array).max() < _HALF_MAX)


def halve(model: onnx.ModelProto, names: Mapping[str, str]) -> dict[str, str]:
    """Store large weights as float16 under a new name; a Cast gives them back under the old one."""
    casts = []
    weights = set(names.values())
    for entry in model.graph.initializer:
        array = numpy_helper.to_array(entry)
        if entry.name not in weights or not is_halved(array):
            continue
        name = entry.name
        entry.CopyFrom(numpy_helper.from_array(array.astype(np.float16), _HALF_PREFIX + name))
        casts.append(
            helper.make_node("Cast", [entry.name], [name], f"{name}/Cast", to=onnx.TensorProto.FLOAT)
        )
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    halved = {cast.output[0] for cast in casts}
    return {name: _HALF_PREFIX + holder if holder in halved else holder for name, holder in names.items()}


def unhalve(model: onnx.ModelProto) -> dict[str, str]:
    """Undo ``halve`` in place; return the new holders."""
    holders = {name: holder.removeprefix(_HALF_PREFIX) for name, holder in holders_of(model).items()}
    for entry in model.graph.initializer:
        if entry.name.startswith(_HALF_PREFIX):
            array = numpy_helper.to_array(entry).astype(np.float32)
            entry.CopyFrom(numpy_helper.from_array(array, entry.name.removeprefix(_HALF_PREFIX)))
    kept = [node for node in model.graph.node if not node.input or not node.input[0].startswith(_HALF_PREFIX)]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return holders
