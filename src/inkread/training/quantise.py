"""A bundle that computes in eight-bit integers: about twice as fast, three fifths of the size.

Weights take one scale for each output channel, activations one for each tensor, which leaves out the
outermost ten thousandth of what is seen on inputs like those that will be read (post-training static
quantisation; Jacob et al., CVPR 2018; ranges by percentile: Wu et al., 2020, arXiv:2004.09602). Weights
keep to seven bits: x86 processors without VNNI add pairs of products in sixteen bits, which eight would
overflow, and so the bundle reads the same everywhere. What does not gain stays in float32.

    python -m inkread.training.quantise BUNDLE OUT RECIPE.yaml [DATA]
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnx

from inkread.datasets.base import sample_rng
from inkread.datasets.paths import located
from inkread.datasets.registry import make_source
from inkread.errors import BundleError, ConfigError
from inkread.images.line import normalise_line, to_input
from inkread.images.open import open_page
from inkread.layout.look import SIDE
from inkread.runtime.bundle import INPUT_NAMES, Contract
from inkread.runtime.session import SESSIONS
from inkread.training.layout_experiment import LayoutExperiment
from inkread.training.recipe import Recipe, load_recipe
from inkread.training.stored import halve, set_properties, unhalve

LINES, PAGES = 64, 32
"""Inputs that activations are measured on, of pages at most."""

WIDTH, SIDES = 640, 640
"""Columns of a line and sides of a page's middle that are taken, in pixels."""

_SEED = 20261127
_WITHIN = 99.99  # percent of what is seen
_AT_ONCE = 8  # inputs whose activations are held in memory
_INTEGERS = "_quantized"  # how ONNX Runtime names what it turned

Input = npt.NDArray[Any]


def quantise(bundle: str | Path, out: str | Path, inputs: Iterable[Input]) -> Path:
    """Write a bundle whose convolutions compute in eight-bit integers.

    Args:
        bundle: one that ``export_bundle`` wrote.
        out: where the new one goes; written beside it first and renamed into place.
        inputs: of the bundle's own graph, as its contract has them, like those it will
            read; all of one shape.

    Returns:
        ``out``.

    Raises:
        BundleError: the bundle is missing or not ours.
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
                calibrate_method=CalibrationMethod.Percentile,
                extra_options={"CalibPercentile": _WITHIN, "CalibMaxIntermediateOutputs": _AT_ONCE},
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
    """Return the names of the convolutions, but of those where each channel stands alone, and of a head's.

    The former gain nothing; the latter, few, give the answer itself: in integers they alone are two fifths of
    the line finder's error.
    """
    weights = {entry.name for entry in model.graph.initializer}
    return [
        node.name
        for node in model.graph.node
        if node.op_type == "Conv"
        and node.input[1] in weights
        and not node.name.startswith("/head/")
        and not any(entry.name == "group" and entry.i > 1 for entry in node.attribute)
    ]


def _moved(model: onnx.ModelProto, holders: Mapping[str, str]) -> dict[str, str]:
    """Return the holders under the names that they have once they are integers."""
    stored = {entry.name for entry in model.graph.initializer}
    return {name: holder if holder in stored else f"{holder}{_INTEGERS}" for name, holder in holders.items()}


def inputs_of(recipe: Recipe, data: str | Path) -> list[Input]:
    """Draw inputs of its network from what a recipe trains on: ``LINES`` lines, or at most ``PAGES`` pages.

    Args:
        recipe: a line reader's or a line finder's.
        data: the folder that its paths are relative to.

    Returns:
        float32 (1, 1, height, WIDTH) each, in -1 to 1; or uint8 (1, SIDES, SIDES, 3), RGB, at the scale
        that pages are looked at.

    Raises:
        ConfigError, DataError: the recipe's data are missing.
    """
    if isinstance(recipe, LayoutExperiment):
        folders = [located(Path(data), entry["folder"]) for entry in recipe.pages]
        paths = [path for folder in folders for path in sorted(folder.glob("*.jpg"))]
        return [_middle(open_page(path).image) for path in paths[:: len(paths) // PAGES + 1]]
    source = make_source(Path(data), recipe.sources)
    normal = (normalise_line(source.sample(n, sample_rng(_SEED, n)).image) for n in count())
    wide = (line[:, :WIDTH] for line in normal if line.shape[1] >= WIDTH)
    return [to_input(line[None]) for line in islice(wide, LINES)]


def _middle(page: npt.NDArray[np.uint8]) -> Input:
    """Return the middle of a page as it is looked at."""
    factor = SIDE / max(page.shape[:2])
    scaled = cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    missing = [max(SIDES - length, 0) for length in scaled.shape[:2]]
    padded = cv2.copyMakeBorder(scaled, 0, missing[0], 0, missing[1], cv2.BORDER_REPLICATE)
    top, left = ((length - SIDES) // 2 for length in padded.shape[:2])
    return np.asarray(padded[top : top + SIDES, left : left + SIDES], np.uint8)[None]


def main(bundle: str, out: str, recipe: str, data: str = "data") -> None:
    """Quantise a bundle on inputs of the recipe that made it."""
    quantise(bundle, out, inputs_of(load_recipe(recipe), data))


if __name__ == "__main__":
    main(*sys.argv[1:])
