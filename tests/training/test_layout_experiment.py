"""The line finder's run: killed in mid-run it ends with the same weights; it exports a bundle that works."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import numpy as np
import torch

from inkread.datasets.layout_pages import write_page
from inkread.errors import BundleError, ConfigError, DataError
from inkread.runtime.finder import Finder
from inkread.runtime.session import LayoutSession, LineSession
from inkread.runtime.store import packaged
from inkread.training.layout_data import CropStream, PageMixture
from inkread.training.layout_experiment import LayoutExperiment, export_checkpoint, run, start_network
from inkread.training.models.base import Optimisation
from inkread.training.models.layout import LayoutModel
from inkread.training.networks.layout_net import LayoutNet
from inkread.training.reader_experiment import Experiment
from inkread.training.recipe import load_recipe
from inkread.training.stored import load_weights
from tests.datasets.test_layout_pages import page

SETTINGS = {
    "name": "tiny-layout",
    "version": "9.9",
    "pages": [{"folder": "pages", "weight": 1.0}],
    "optimisation": {"steps": 4, "learning_rate": 1e-3, "warmup": 1},
    "frozen": 1,
    "batch_size": 1,
    "side": 64,
    "workers": 0,
    "validate_every": 2,
    "checkpoint_every": 4,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_page(folder / "pages", "a", page())
    return folder


class Killed(Exception):
    """Stands for a kill in mid-run."""


def state(folder):
    checkpoint = torch.load(folder / "last.ckpt", weights_only=False)
    assert checkpoint["global_step"] == 4
    return checkpoint["state_dict"]


def test_a_killed_run_resumes_to_the_same_weights_and_exports(data, tmp_path, monkeypatch) -> None:
    experiment = LayoutExperiment(**SETTINGS, validation={"same": {"folder": "pages", "crops": 2}})
    best = run(experiment, data, tmp_path / "whole")
    assert best.name == "best.ckpt"
    curve = (tmp_path / "whole" / "curve.csv").read_text().splitlines()
    assert "dice_same_core" in curve[0] and [row.split(",")[0] for row in curve[1:]] == ["2", "4"]

    draw = CropStream.batch

    def killed(stream, number):
        if number >= 3:
            raise Killed
        return draw(stream, number)

    with monkeypatch.context() as patch:
        patch.setattr(CropStream, "batch", killed)
        with pytest.raises(Killed):
            run(experiment, data, tmp_path / "broken")
    run(experiment, data, tmp_path / "broken")
    whole, broken = state(tmp_path / "whole"), state(tmp_path / "broken")
    for name, tensor in whole.items():
        torch.testing.assert_close(broken[name], tensor, rtol=0, atol=0, msg=name)

    path = export_checkpoint(experiment, best, tmp_path / "tiny.onnx", note="of a test")
    assert path.stat().st_size < 6e6
    contract = LayoutSession(path, threads=1).contract
    assert (contract.kind, contract.name, contract.version, contract.stride) == (
        "layout",
        "tiny-layout",
        "9.9",
        2,
    )
    seen = Finder(path, threads=1)(np.full((70, 101, 3), 240, dtype=np.uint8))
    assert seen.shape == (3, 70, 101) and seen.dtype == np.float32 and 0 <= seen.min() <= seen.max() <= 1
    with pytest.raises(BundleError, match="layout model where a line model"):
        LineSession(path)


def test_the_originals_line_detector_trains_and_finds_lines_in_the_same_way(data, tmp_path) -> None:
    mine = {"network": "fcn", "network_args": {"layer_size": 4, "num_rounds": 1}, "frozen": 0}
    experiment = LayoutExperiment(**SETTINGS | mine)
    last = run(experiment, data, tmp_path)
    path = export_checkpoint(experiment, last, tmp_path / "fcn.onnx")
    seen = Finder(path, threads=1)(np.full((70, 101, 3), 240, dtype=np.uint8))
    assert seen.shape == (3, 70, 101) and 0 <= seen.min() <= seen.max() <= 1
    torch.testing.assert_close(
        start_network(
            LayoutExperiment(**SETTINGS | mine | {"start": {"bundle": str(path)}}), data
        ).state_dict(),
        {name: torch.from_numpy(array) for name, array in load_weights(path).items()},
    )
    with pytest.raises(ConfigError, match="give a bundle of layout_net"):
        start_network(LayoutExperiment(**SETTINGS | {"start": {"bundle": str(path)}}), data)
    for wrong, message in (
        ({"network": "unet"}, "layout_net or fcn"),
        ({"frozen": 1}, "layout_net alone"),
        ({"start": {"published": "x"}}, "layout_net alone"),
    ):
        with pytest.raises(ConfigError, match=message):
            LayoutExperiment(**SETTINGS | mine | wrong)
    with pytest.raises(ConfigError, match="layer_size"):
        run(LayoutExperiment(**SETTINGS | mine | {"network_args": {"layers": 4}}), data, tmp_path / "wrong")


def test_frozen_stages_stay_and_the_rest_learns(data, tmp_path) -> None:
    run(LayoutExperiment(**SETTINGS), data, tmp_path)
    trained = state(tmp_path)
    torch.manual_seed(0)
    other = LayoutExperiment(**SETTINGS | {"optimisation": {"steps": 4, "learning_rate": 0.0, "warmup": 1}})
    run(other, data, tmp_path / "still")
    still = state(tmp_path / "still")
    moved = {
        name for name in still if name.startswith("network.") and not torch.equal(still[name], trained[name])
    }
    assert not any(name.startswith(("network.stem.", "network.stages.0.")) for name in moved)
    assert any(name.startswith("network.stages.1.") for name in moved) and "network.head.4.weight" in moved


def test_what_is_unknown_teaches_nothing_and_a_right_answer_costs_less(data) -> None:
    model = LayoutModel(LayoutNet(), Optimisation())
    batch = CropStream(PageMixture(data, SETTINGS["pages"]), 1, 2, 64).batch(0)
    right = (batch.maps.float() * 2 - 1) * 8
    assert float(model.loss(right, batch)) < 0.02 < float(model.loss(-right, batch))
    dark = batch._replace(known=torch.zeros_like(batch.known))
    assert float(model.loss(right, dark)) == pytest.approx(float(model.loss(-right, dark)))
    model.start_measuring()
    model.measure(right, batch)
    assert model.scores()["core"] == pytest.approx(1.0)


def test_finders_refuse_models_that_see_no_pages() -> None:
    with pytest.raises(BundleError, match="line model where a layout model"):
        Finder(packaged("line"))(np.zeros((32, 32, 3), dtype=np.uint8))


def test_a_recipe_says_by_its_keys_what_it_trains(tmp_path) -> None:
    path = tmp_path / "run.yaml"
    path.write_text("name: a\npages: [{folder: x}]\noptimisation: {steps: 3}\n")
    assert isinstance(load_recipe(path), LayoutExperiment)
    path.write_text("name: a\nsources: []\noptimisation: {steps: 3}\n")
    assert isinstance(load_recipe(path), Experiment)
    for text, message in (
        ("name: a\npages: []\nsauces: 1", "sauces"),
        ("pages: []", "incomplete"),
        ("name: a\npages: []\noptimisation: {}\nside: 70", "multiple of 32"),
        ("[1", "cannot be read"),
    ):
        path.write_text(text)
        with pytest.raises(ConfigError, match=message):
            load_recipe(path)


def test_wrong_pages_and_starts_are_named(data, tmp_path) -> None:
    with pytest.raises(ConfigError, match="folders with weights"):
        PageMixture(data, [{"path": "pages"}])
    with pytest.raises(DataError, match="no marked pages"):
        PageMixture(data, [{"folder": "none"}])
    with pytest.raises(ConfigError, match="published or bundle"):
        run(LayoutExperiment(**SETTINGS | {"start": {"nothing": "x"}}), data, tmp_path)
    with pytest.raises(ConfigError, match="no checkpoint"):
        export_checkpoint(LayoutExperiment(**SETTINGS), tmp_path / "none.ckpt", tmp_path / "x.onnx")
