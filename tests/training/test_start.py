"""A training begins where it is told to."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from inkread.alphabet import READER_ALPHABET
from inkread.errors import BundleError, ConfigError
from inkread.runtime.store import packaged
from inkread.training.networks.line_reader import LineReader
from inkread.training.networks.readers import network_settings
from inkread.training.reader_experiment import Experiment, make_model
from inkread.training.start import start_bundle, start_network
from inkread.training.stored import load_weights


def _experiment(**more: object) -> Experiment:
    return Experiment("mine", [], {"steps": 1, "learning_rate": 1e-4}, **more)  # type: ignore[arg-type]


def test_the_shipped_weights_bring_the_settings_of_their_network(tmp_path: Path) -> None:
    model = make_model(_experiment(start={"bundle": "shipped"}), tmp_path)
    shipped = load_weights(packaged("line"))
    for name, value in model.network.state_dict().items():
        assert torch.equal(value, torch.from_numpy(shipped[name])), name


def test_the_settings_of_a_network_are_seen_in_its_weights() -> None:
    settings = {"width": 64, "layers": 3, "expansion": 1.5}
    assert network_settings(LineReader(5, **settings).state_dict()) == settings


def test_a_path_is_sought_in_the_data_folder_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, here = tmp_path / "data", tmp_path / "here"
    for folder in (data, here):
        folder.mkdir()
    monkeypatch.chdir(here)
    (here / "a.onnx").write_bytes(packaged("line").read_bytes())
    make_model(_experiment(start={"bundle": "a.onnx"}), data)
    (data / "a.onnx").write_bytes(b"no bundle")
    with pytest.raises(BundleError):
        make_model(_experiment(start={"bundle": "a.onnx"}), data)


@pytest.mark.parametrize("start", [{"bundel": "a"}, {"bundle": "a", "published": "b"}])
def test_another_start_is_refused(start: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="published, bundle"):
        start_network(LineReader(len(READER_ALPHABET)), READER_ALPHABET, start, tmp_path)


@pytest.mark.parametrize(("name", "kind"), [("small", "small"), ("base", "line"), ("shipped", "line")])
def test_a_start_may_be_a_bundle_that_comes_along(tmp_path: Path, name: str, kind: str) -> None:
    assert start_bundle({"bundle": name}, tmp_path) == packaged(kind)
