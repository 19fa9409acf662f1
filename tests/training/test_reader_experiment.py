"""A run that is killed in mid-epoch ends with the weights of one that was not."""

from __future__ import annotations

import cv2
import pytest
import torch

from inkread.alphabet import READER_ALPHABET
from inkread.datasets.base import sample_rng
from inkread.datasets.registry import make_source
from inkread.errors import ConfigError
from inkread.runtime.session import LineSession
from inkread.runtime.store import packaged
from inkread.training import reader_experiment as experiments
from inkread.training.line_data import ValidationLines
from inkread.training.models.base import Optimisation
from inkread.training.networks.readers import network_settings
from inkread.training.reader_experiment import Experiment, export_checkpoint, load_experiment, make_model, run
from inkread.training.stored import load_weights
from tests.datasets.fake_iam import fake_iam
from tests.training.lines import PrintedLines

SETTINGS = {
    "name": "tiny",
    "version": "9.9",
    "sources": [{"source": "printed"}],
    "optimisation": {"steps": 6, "learning_rate": 1e-3, "warmup": 2},
    "network": {"layers": 2, "dropout": 0.1},
    "batch_size": 2,
    "group": 2,
    "checkpoint_every": 6,
    "validate_every": 3,
    "workers": 0,
    "threads": 1,
    "precision": "32-true",
}


@pytest.fixture
def printed(monkeypatch):
    monkeypatch.setattr(experiments, "make_source", lambda data, entries: PrintedLines())


class Killed(Exception):
    """Stands for a kill in mid-run."""


class KilledAfter(PrintedLines):
    def __init__(self, samples):
        self.left = samples

    def sample(self, index, rng):
        self.left -= 1
        if self.left < 0:
            raise Killed
        return super().sample(index, rng)


def weights(folder):
    state = torch.load(folder / "last.ckpt", weights_only=False)
    assert state["global_step"] == 6
    return state["state_dict"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Weights of a run that nothing broke."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiments, "make_source", lambda data, entries: PrintedLines())
        run(Experiment(**SETTINGS), folder, folder)
    return weights(folder)


@pytest.mark.parametrize("every", [2, 3])  # the last checkpoint is of a group's end, or of its middle
def test_a_killed_run_resumes_to_the_same_weights(tmp_path, printed, whole, monkeypatch, every):
    experiment = Experiment(**SETTINGS | {"checkpoint_every": every})
    with monkeypatch.context() as patch:
        patch.setattr(experiments, "make_source", lambda data, entries: KilledAfter(8))
        with pytest.raises(Killed):  # in step 4, which asks for the third group
            run(experiment, tmp_path, tmp_path / "broken")
    assert torch.load(tmp_path / "broken" / "last.ckpt", weights_only=False)["global_step"] == every
    run(experiment, tmp_path, tmp_path / "broken")
    broken = weights(tmp_path / "broken")
    assert whole.keys() == broken.keys()
    for name, tensor in whole.items():
        torch.testing.assert_close(broken[name], tensor, rtol=0, atol=0, msg=name)


def test_a_run_shorter_than_from_checkpoint_to_checkpoint_leaves_its_weights(tmp_path, printed, whole):
    checkpoint = run(Experiment(**SETTINGS | {"checkpoint_every": 100}), tmp_path, tmp_path / "short")
    assert checkpoint == tmp_path / "short" / "last.ckpt"
    found = weights(tmp_path / "short")
    assert all(torch.equal(found[name], value) for name, value in whole.items())


def test_a_run_validates_keeps_the_best_and_exports_a_bundle(tmp_path, printed):
    folder = tmp_path / "lines"
    folder.mkdir()
    rows = []
    for number in range(2):
        sample = PrintedLines().sample(number, sample_rng(3, number))
        cv2.imwrite(str(folder / f"{number}.png"), sample.image)
        rows.append(f"{number}.png\t{sample.text}")
    (folder / "index.tsv").write_text("\n".join(rows), encoding="utf-8")
    experiment = Experiment(**SETTINGS, validation={"printed": {"folder": "lines"}})
    best = run(experiment, tmp_path, tmp_path / "run")
    assert best.name == "best.ckpt"
    curve = (tmp_path / "run" / "curve.csv").read_text().splitlines()
    assert curve[0].startswith("step,samples,seconds,loss") and "cer_printed" in curve[0]
    assert [int(row.split(",")[0]) for row in curve[1:]] == [3, 6]
    session = LineSession(export_checkpoint(experiment, best, tmp_path / "tiny.onnx"))
    assert (session.contract.name, session.contract.version) == ("tiny", "9.9")
    assert session.alphabet.characters == READER_ALPHABET.characters


def test_the_lines_of_a_data_set_validate(tmp_path):
    entry = {"dataset": "IamLinesDataset", "limit": 1}
    lines = ValidationLines(fake_iam(tmp_path), entry)
    assert len(lines) == 1 and lines[0].texts == ("Validation line one",)
    assert ValidationLines(tmp_path, entry | {"split": "test"})[0].texts == ("It's a test",)


def test_the_experiment_on_iam_trains_on_its_training_lines(tmp_path):
    experiment = load_experiment("training/experiments/iam.yaml")
    source = make_source(fake_iam(tmp_path), experiment.sources)
    assert source.sample(0, sample_rng(experiment.seed, 0)).key.startswith("a01")
    (entry,) = experiment.validation.values()
    assert len(ValidationLines(tmp_path, entry)) == 2
    assert Optimisation(**experiment.optimisation).steps >= 100
    assert experiment.start == {"bundle": "shipped"}


def test_wrong_configurations_are_named(tmp_path):
    path = tmp_path / "run.yaml"
    for text, message in (
        ("name: x\nsauces: []", "sauces"),
        ("name: x", "incomplete"),
        ("[1, 2", "cannot be read"),
    ):
        path.write_text(text)
        with pytest.raises(ConfigError, match=message):
            load_experiment(path)
    with pytest.raises(ConfigError, match="no checkpoint"):
        export_checkpoint(Experiment(**SETTINGS), tmp_path / "none.ckpt", tmp_path / "x.onnx")


def test_runs_of_other_seeds_add_the_same_fresh_layers_to_a_start_and_draw_their_own_without_one(tmp_path):
    settings = network_settings(load_weights(packaged("line")))
    for kind in ("layers", "convolutions"):
        settings[kind] = settings.get(kind, 0) + 1

    def drawn(seed, start):
        torch.manual_seed(seed)
        experiment = Experiment("t", [], {"steps": 1}, start=start, network=settings)
        return make_model(experiment, tmp_path).network.layers[-1].widen.weight

    start = {"bundle": "shipped"}
    assert torch.equal(drawn(1, start), drawn(2, start))
    assert not torch.equal(drawn(1, {}), drawn(2, {}))
