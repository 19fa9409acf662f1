"""An average of bundles lies between them, and only like ones have one."""

from __future__ import annotations

import pytest
import torch

from inkread.errors import BundleError, ConfigError
from inkread.runtime.bundle import Contract
from inkread.runtime.session import LineSession
from inkread.training.average import average, main
from inkread.training.export import export_bundle
from inkread.training.networks.line_reader import LineReader
from inkread.training.stored import load_weights


def bundle(path, seed, layers=1, alphabet="abc"):
    torch.manual_seed(seed)
    network = LineReader(len(alphabet) + 1, width=16, layers=layers, expansion=0.5).eval()
    export_bundle(network, Contract("line", f"seed{seed}", "1", alphabet), path, half=False)
    return network


def test_weights_are_the_weighted_mean(tmp_path):
    one, two = bundle(tmp_path / "1.onnx", 1), bundle(tmp_path / "2.onnx", 2)
    main(
        str(tmp_path / "out.onnx"),
        "3",
        f"{tmp_path}/1.onnx:0.75",
        f"{tmp_path}/2.onnx:0.25",
    )
    contract = LineSession(tmp_path / "out.onnx").contract
    assert (contract.name, contract.version) == ("seed1", "3")
    weights = load_weights(tmp_path / "out.onnx")
    for name, tensor in one.state_dict().items():
        wanted = 0.75 * tensor + 0.25 * two.state_dict()[name]
        torch.testing.assert_close(torch.from_numpy(weights[name]), wanted, atol=1e-3, rtol=1e-3)


def test_unlike_networks_and_odd_shares_are_refused(tmp_path):
    bundle(tmp_path / "1.onnx", 1)
    bundle(tmp_path / "deep.onnx", 1, layers=2)
    bundle(tmp_path / "other.onnx", 1, alphabet="abd")
    for unlike in ("deep", "other"):
        with pytest.raises(BundleError, match=unlike):
            average({tmp_path / "1.onnx": 1.0, tmp_path / f"{unlike}.onnx": 1.0})
    with pytest.raises(ConfigError, match="above 0"):
        average({tmp_path / "1.onnx": 0.0})
    with pytest.raises(ConfigError, match="BUNDLE:SHARE"):
        main(str(tmp_path / "out.onnx"), "1", "1.onnx")
