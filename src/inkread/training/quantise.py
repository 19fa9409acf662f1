"""A bundle that computes in eight-bit integers: about twice as fast, three fifths of the size.

Weights take one scale for each output channel, activations one for each tensor, which leaves out the
outermost ten thousandth of what is seen on inputs like those that will be read (post-training static
quantisation; Jacob et al., CVPR 2018; ranges by percentile: Wu et al., 2020, arXiv:2004.09602). Weights
keep to seven bits: x86 processors without VNNI add pairs of products in sixteen bits, which eight would
overflow, and so the bundle reads the same everywhere; they are rounded together (``rounding``). What does
not gain stays in float32.

    python -m inkread.training.quantise BUNDLE OUT VERSION RECIPE.yaml [DATA [WITHIN]]
"""

from __future__ import annotations

import io
import logging
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy.typing as npt
import onnx

from inkread.errors import BundleError, ConfigError
from inkread.runtime.bundle import INPUT_NAMES, Contract
from inkread.runtime.session import SESSIONS
from inkread.training.quantise_inputs import inputs_of
from inkread.training.recipe import load_recipe
from inkread.training.rounding import round_kernels
from inkread.training.stored import INTEGERS, halve, load_weights, set_properties, unhalve

WITHIN = 99.99
"""Percent of what is seen of an activation that its range holds."""

_LARGEST = 64  # of a kernel's integers, in size: seven bits

Input = npt.NDArray[Any]


def quantise(
    bundle: str | Path, out: str | Path, inputs: Iterable[Input], version: str = "", within: float = WITHIN
) -> Path:
    """Write a bundle whose convolutions compute in eight-bit integers.

    Args:
        bundle: one that ``export_bundle`` wrote.
        out: where the new one goes; written beside it first and renamed into place.
        inputs: of the bundle's own graph, as its contract has them, like those it will
            read; all of one shape.
        version: of the new one; by default the bundle's own.
        within: percent of each activation's values that its range holds; 100 for all that was seen.

    Returns:
        ``out``.

    Raises:
        BundleError: the bundle is missing, not ours, or computes in integers already.
        ConfigError: there are no inputs.
    """
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

    inputs = list(inputs)
    if not inputs:
        raise ConfigError("Activations are measured on inputs; give at least one.")
    out = Path(out)
    try:
        model = onnx.load(str(bundle))
    except Exception as error:  # protobuf's and onnx's own, and the file system's
        raise BundleError(f"The model file {bundle} cannot be read; check it or export again.") from error
    contract = Contract.from_metadata({entry.key: entry.value for entry in model.metadata_props})
    holders = unhalve(model)
    contract = replace(contract, version=version or contract.version)
    nodes = _that_gain(model)
    if not nodes:
        raise BundleError(f"{bundle} computes in integers already, or has no convolutions; give another.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".quantise-") as folder:
        plain, draft = Path(folder) / "plain.onnx", Path(folder) / out.name
        onnx.save(model, str(plain))
        with quiet():
            quantize_static(
                plain,
                draft,
                _Reader(INPUT_NAMES[contract.kind], inputs),
                quant_format=QuantFormat.QDQ,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
                nodes_to_quantize=nodes,
                calibrate_method=CalibrationMethod.Percentile if within < 100 else CalibrationMethod.MinMax,
                extra_options={"CalibPercentile": within},
            )
        quantised = onnx.load(str(draft))
        round_kernels(quantised, model, INPUT_NAMES[contract.kind], inputs, _LARGEST)
        set_properties(quantised, contract, halve(quantised, _moved(quantised, holders)))
        onnx.save(quantised, str(draft))
        load_weights(draft)
        SESSIONS[contract.kind](draft, threads=1).run_raw(inputs[0])
        os.replace(draft, out)
    return out


@contextmanager
def quiet() -> Iterator[None]:
    """Keep ONNX Runtime from printing, and from its advice on preparing a model, which was followed."""
    log = logging.getLogger()
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        log.setLevel(level)


class _Reader:
    """Gives the inputs one by one, as ONNX Runtime asks for them."""

    def __init__(self, name: str, inputs: Iterable[Input]) -> None:
        self._name, self._inputs = name, iter(inputs)

    def get_next(self) -> dict[str, Input] | None:
        pixels = next(self._inputs, None)
        return None if pixels is None else {self._name: pixels}


def _that_gain(model: onnx.ModelProto) -> list[str]:
    """Return the names of the convolutions, but of those where each channel stands alone, and some others.

    The former gain nothing, nor do those that squeeze and excite a channel's mean, which are in integers a
    fifth of the line reader's error. A head's, few, give the answer itself: in integers they alone are two
    fifths of the line finder's error.
    """
    weights = {entry.name for entry in model.graph.initializer}
    return [
        node.name
        for node in model.graph.node
        if node.op_type == "Conv"
        and node.input[1] in weights
        and not node.name.startswith("/head/")
        and "/excitation/" not in node.name
        and not any(entry.name == "group" and entry.i > 1 for entry in node.attribute)
    ]


def _moved(model: onnx.ModelProto, holders: Mapping[str, str]) -> dict[str, str]:
    """Return the holders under the names that they have once they are integers."""
    stored = {entry.name for entry in model.graph.initializer}
    return {name: holder if holder in stored else f"{holder}{INTEGERS}" for name, holder in holders.items()}


def main(
    bundle: str, out: str, version: str, recipe: str, data: str = "data", within: str = str(WITHIN)
) -> None:
    """Quantise a bundle on inputs of the recipe that made it."""
    quantise(bundle, out, inputs_of(load_recipe(recipe), data), version, float(within))


if __name__ == "__main__":
    main(*sys.argv[1:])
