"""Objectives for the tests of sweeps: training that takes microseconds, importable by workers."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inkread.training.sweep import Report


def bowl(config: dict[str, Any], folder: Path, report: Report) -> Mapping[str, float]:
    """A loss least at layer_size 64 and dropout 0.3 that falls over four epochs; keeps its configuration."""
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    arguments = config["network_args"]
    floor = (arguments["layer_size"] / 64 - 1) ** 2 + (arguments.get("dropout_amount", 0.3) - 0.3) ** 2
    for epoch in range(1, config.get("train_args", {}).get("epochs", 4) + 1):
        report(epoch, {"val_loss": floor + 1 / epoch})
    return {"val_loss": floor}


def slow(config: dict[str, Any], folder: Path, report: Report) -> Mapping[str, float]:
    """As ``bowl``, but says where it is and takes its time; the second call in a folder is quick."""
    again = (folder / "begun").exists()
    with (folder / "begun").open("a") as file:
        file.write(f"{os.getpid()}\n")
    if not again:
        report(1, {"val_loss": 9.0})
        time.sleep(30.0 if config["network_args"]["layer_size"] == 64 else 0.0)
    return bowl(config, folder, report)
