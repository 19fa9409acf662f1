"""A bundle that computes in eight-bit integers: two to three times as fast, about half the size.

Weights take one scale for each output channel, activations one for each tensor, found on inputs like
those that will be read (post-training static quantisation; Jacob et al., CVPR 2018). Weights keep to
seven bits: x86 processors without VNNI add pairs of products in sixteen bits, which eight would
overflow, and so the bundle reads the same everywhere. What does not gain stays in float32.

    python -m inkread.training.quantise BUNDLE OUT EXPERIMENT.yaml [DATA]    a line reader
    python -m inkread.training.quantise BUNDLE OUT PAGES                     a line finder
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnx

from inkread.datasets.base import sample_rng
from inkread.datasets.registry import make_source
from inkread.errors import BundleError, ConfigError, DataError
from inkread.images.line import normalise_line, to_input
from inkread.images.open import open_page
from inkread.layout.look import SIDE
from inkread.runtime.bundle import INPUT_NAMES, Contract
from inkread.runtime.session import SESSIONS
from inkread.training.reader_experiment import load_experiment
from inkread.training.stored import halve, set_properties, unhalve

COUNT = 96
"""Lines that activations are measured on."""

_SEED = 20261127
_INTEGERS = "_quantized"  # how ONNX Runtime names what it turned

Input = npt.NDArray[Any]


def quantise(bundle: str | Path, out: str | Path, inputs: Iterable[Input]) -> Path:
    """Write a bundle whose convolutions compute in eight-bit integers.

    Args:
        bundle: one that ``export_bundle`` wrote.
        out: where the new one goes; written beside it first and renamed into place.
        inputs: of the bundle's own graph, as its contract has them, like those it will read.

    Returns:
        ``out``.

    Raises:
        BundleError: the bundle is missing or not ours.
        ConfigError: there are no inputs.
    """
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

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
    nodes = _that_gain(model)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".quantise-") as folder:
        plain, draft = Path(folder) / "plain.onnx", Path(folder) / out.name
        onnx.save(model, str(plain))
        logging.disable(logging.WARNING)  # advice on preparing a model, which was followed
        try:
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
            )
        finally:
            logging.disable(logging.NOTSET)
        quantised = onnx.load(str(draft))
        set_properties(quantised, contract, halve(quantised, _moved(quantised, holders)))
        onnx.save(quantised, str(draft))
        SESSIONS[contract.kind](draft, threads=1).run_raw(inputs[0])
        os.replace(draft, out)
    return out


class _Reader:
    """Gives the inputs one by one, as ONNX Runtime asks for them."""

    def __init__(self, name: str, inputs: Iterable[Input]) -> None:
        self._name, self._inputs = name, iter(inputs)

    def get_next(self) -> dict[str, Input] | None:
        pixels = next(self._inputs, None)
        return None if pixels is None else {self._name: pixels}


def _that_gain(model: onnx.ModelProto) -> list[str]:
    """Return the names of the convolutions, but of those where each channel stands alone."""
    weights = {entry.name for entry in model.graph.initializer}
    return [
        node.name
        for node in model.graph.node
        if node.op_type == "Conv"
        and node.input[1] in weights
        and not any(entry.name == "group" and entry.i > 1 for entry in node.attribute)
    ]


def _moved(model: onnx.ModelProto, holders: Mapping[str, str]) -> dict[str, str]:
    """Return the holders under the names that they have once they are integers."""
    stored = {entry.name for entry in model.graph.initializer}
    return {name: holder if holder in stored else f"{holder}{_INTEGERS}" for name, holder in holders.items()}


def lines_of(experiment: str | Path, data: str | Path, count: int = COUNT) -> list[Input]:
    """Draw lines from what a line reader's experiment trains on, as its network takes them.

    Args:
        experiment: path of its YAML file.
        data: the folder that the file's paths are relative to.
        count: how many.

    Returns:
        float32 (1, 1, height, W) each, in -1 to 1.

    Raises:
        ConfigError: the file is missing or wrong.
        DataError: so are the data.
    """
    source = make_source(Path(data), load_experiment(experiment).sources)
    images = (source.sample(number, sample_rng(_SEED, number)).image for number in range(count))
    return [to_input(normalise_line(image)[None]) for image in images]


def pages_of(folder: str | Path, multiple: int) -> list[Input]:
    """Return the pages of a folder as the line finder sees them.

    Args:
        folder: of JPEG or PNG images.
        multiple: of the bundle's contract.

    Returns:
        uint8 (1, H, W, 3) each, RGB, the longer side about ``SIDE``.

    Raises:
        DataError: there are none.
    """
    paths = sorted(path for path in Path(folder).glob("*") if path.suffix in (".jpg", ".png"))
    if not paths:
        raise DataError(f"There is no page in {folder}; give a folder of JPEG or PNG images.")
    pages = []
    for path in paths:
        image = open_page(path).image
        factor = SIDE / max(image.shape[:2])
        size = tuple(max(round(side * factor / multiple), 1) * multiple for side in image.shape[1::-1])
        pages.append(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)[None])
    return pages


def main(bundle: str, out: str, given: str, data: str = "data") -> None:
    """Quantise a line bundle on lines of its experiment, or a layout bundle on pages."""
    contract = Contract.from_metadata({entry.key: entry.value for entry in onnx.load(bundle).metadata_props})
    line = contract.kind == "line"
    quantise(bundle, out, lines_of(given, data) if line else pages_of(given, contract.multiple))


if __name__ == "__main__":
    main(*sys.argv[1:])
