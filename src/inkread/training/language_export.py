"""A language model becomes a bundle that computes in eight-bit integers, checked before it replaces another.

Weights take seven bits (x86 processors without VNNI overflow with eight) and one scale for each
matrix; activations get theirs as they come (dynamic quantisation). Pieces are looked up in the very
table that tells them, so the file holds it once.
"""

from __future__ import annotations

import copy
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper

from inkread.decoding.pieces import Pieces
from inkread.errors import BundleError
from inkread.runtime.bundle import INPUT_NAMES, METADATA_KEY, OUTPUT_NAMES, Contract
from inkread.runtime.session import SentenceSession
from inkread.training.networks.piece_lstm import PieceLstm
from inkread.training.quantise import quiet

_OPSET = 17
_FAR = 0.15  # nats a piece that the integers may be off, as a mean over random pieces


def language_contract(pieces: Pieces, name: str, version: str, note: str = "") -> Contract:
    """Return what a language bundle says of itself."""
    return Contract("sentences", name, version, (), 0, 1, 1, note=note, pieces="\n".join(pieces.pieces))


def export_language(network: PieceLstm, contract: Contract, path: str | Path) -> Path:
    """Write a network and its contract as one ONNX file.

    Args:
        network: as trained; it is not changed.
        contract: from ``language_contract``.
        path: where the file goes; written beside it first and renamed into place.

    Returns:
        the path.

    Raises:
        BundleError: the file does not give what the network gives.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    path, network = Path(path), copy.deepcopy(network).float().eval()
    kind = contract.kind
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        full, draft = Path(folder) / "full.onnx", Path(folder) / path.name
        with warnings.catch_warnings(), torch.no_grad(), quiet():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network,
                (_example(network, 2, 5),),
                str(full),
                input_names=[INPUT_NAMES[kind]],
                output_names=[OUTPUT_NAMES[kind]],
                dynamic_axes={
                    name: {0: "texts", 1: "length"} for name in (INPUT_NAMES[kind], OUTPUT_NAMES[kind])
                },
                opset_version=_OPSET,
                dynamo=False,
            )
            quantize_dynamic(
                full,
                draft,
                weight_type=QuantType.QInt8,
                reduce_range=True,
                extra_options={"MatMulConstBOnly": True},
            )
        model = onnx.load(str(draft))
        helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
        onnx.checker.check_model(model)
        onnx.save(model, str(draft))
        _compare(network, draft)
        os.replace(draft, path)
    return path


def _example(network: PieceLstm, texts: int, length: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(length)
    return torch.randint(2, len(network.bias), (texts, length), generator=generator)


def _compare(network: PieceLstm, path: Path) -> None:
    """Check the file against the network, at a size that was not traced."""
    pieces = _example(network, 3, 11)
    with torch.no_grad():
        expected = network(pieces).numpy()
    found = SentenceSession(path, threads=1).run_raw(pieces.numpy())
    if found.shape != expected.shape or not np.abs(found - expected).mean() < _FAR:
        raise BundleError(
            "The exported language model does not give what the network gives; export it again."
        )
