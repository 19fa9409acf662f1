"""A recipe's start as a bundle."""

from __future__ import annotations

from pathlib import Path

import torch

from inkread.runtime.store import packaged
from inkread.training.begin import main
from inkread.training.networks.readers import network_settings
from inkread.training.start import bundle_network


def test_a_deeper_start_is_written_and_reads_as_the_shallower_one(tmp_path: Path) -> None:
    shipped, _ = bundle_network(packaged("line"))
    settings = network_settings(shipped.state_dict())
    settings |= {kind: settings.get(kind, 0) + 1 for kind in ("layers", "convolutions")}
    recipe = tmp_path / "deeper.yaml"
    recipe.write_text(
        "name: deep\nsources: []\noptimisation: {steps: 1}\nstart: {bundle: shipped}\n"
        f"network: {settings}\n"
    )
    main(str(recipe), str(tmp_path / "deep.onnx"), str(tmp_path))
    deep, _ = bundle_network(tmp_path / "deep.onnx")
    assert network_settings(deep.state_dict()) == settings
    line = torch.rand(1, 1, 48, 64)
    with torch.no_grad():
        torch.testing.assert_close(deep.eval()(line), shipped.eval()(line), atol=0.02, rtol=0.02)
