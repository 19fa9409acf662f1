"""Fitting learns, keeps the best, and goes on after a kill to the weights of an unbroken run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from lightning.pytorch.callbacks import Callback

from inkread.errors import ConfigError
from inkread.training.fitting import FitSettings, fit, fit_settings
from inkread.training.models.base import Optimisation
from inkread.training.models.character import CharacterModel
from inkread.training.models.line import LineModel
from inkread.training.models.line_ctc import LineModelCtc
from inkread.training.models.line_detector import LineDetectorModel
from tests.training.tiny_data import TinyCharacters, TinyLines, TinyPages

SMALL = {
    "mlp": {"layer_size": 16},
    "lstm": {"layer_size": 16},
    "cnn": {"layer_size": 16},
    "fcn": {"layer_size": 8},
}
SETTINGS = FitSettings(batch_size=5, epochs=3, workers=0, checkpoint_every=1)


class Killed(Exception):
    """Stands for a kill in mid-epoch."""


class KillAt(Callback):
    def __init__(self, step):
        self.step = step

    def on_train_batch_start(self, trainer, *_):
        if trainer.global_step == self.step:
            raise Killed


class Seen(Callback):
    """What the trainer tells at each validation, and the loss of each step."""

    def __init__(self):
        self.told, self.losses = [], []

    def on_train_batch_end(self, trainer, module, outputs, *_):
        self.losses.append(float(outputs["loss"]))

    def on_validation_end(self, trainer, *_):
        self.told.append((trainer.global_step, {k: float(v) for k, v in trainer.callback_metrics.items()}))


def make(kind, data, network, folder):
    dataset = data(data=folder, count=26)
    return kind.for_dataset(dataset, network, SMALL[network], Optimisation(learning_rate=3e-3)), dataset


CASES = [
    (CharacterModel, TinyCharacters, "mlp"),
    (LineModelCtc, TinyLines, "lstm"),
    (LineModel, TinyLines, "cnn"),
    (LineDetectorModel, TinyPages, "fcn"),
]


@pytest.mark.parametrize(("kind", "data", "network"), CASES, ids=[case[2] for case in CASES])
def test_a_run_broken_in_mid_epoch_ends_with_the_weights_of_an_unbroken_one(tmp_path, kind, data, network):
    seen = Seen()
    model, dataset = make(kind, data, network, tmp_path)
    whole = fit(model, dataset, SETTINGS, tmp_path / "whole", [seen])
    assert whole.steps == 15 and [step for step, _ in seen.told] == [5, 10, 15]
    assert {"loss", "epoch", "val_loss", f"val_{kind.better[0]}"} <= set(seen.told[0][1])
    assert seen.told[1][1]["epoch"] == 1.0
    assert whole.scores["loss"] in [pytest.approx(told["val_loss"], abs=1e-5) for _, told in seen.told]
    for step in (4, 10):
        with pytest.raises(Killed):
            fit(
                *make(kind, data, network, tmp_path),
                SETTINGS,
                tmp_path / "broken",
                [KillAt(step)],
                resume=True,
            )
    again, _ = make(kind, data, network, tmp_path)
    rest = Seen()
    broken = fit(again, dataset, SETTINGS, tmp_path / "broken", [rest], resume=True)
    assert rest.told[-1] == (15, pytest.approx(seen.told[-1][1])) and rest.losses == seen.losses[10:]
    assert broken.scores == pytest.approx(whole.scores)
    first, second = (torch.load(result.last, weights_only=False) for result in (whole, broken))
    assert first["global_step"] == second["global_step"] == 15
    for name, tensor in first["state_dict"].items():
        assert torch.equal(tensor, second["state_dict"][name]), name
    for name, tensor in model.state_dict().items():  # both were left with the best weights
        assert torch.equal(tensor, again.state_dict()[name]), name
    finished = fit(
        make(kind, data, network, tmp_path)[0], dataset, SETTINGS, tmp_path / "broken", resume=True
    )
    assert finished.scores == broken.scores


def test_a_model_fits_without_a_folder_and_learns(tmp_path):
    dataset = TinyCharacters(data=tmp_path, count=60)
    model = CharacterModel.for_dataset(dataset, "mlp", {"layer_size": 64}, Optimisation(learning_rate=3e-3))
    result = model.fit(dataset, batch_size=10, epochs=12, workers=0, validate_every=6)
    assert result.steps == 72 and result.scores["accuracy"] > 0.8
    assert model.evaluate(dataset.split("validation"))["accuracy"] == result.scores["accuracy"]


def test_a_folder_that_holds_a_run_is_not_overwritten(tmp_path):
    (tmp_path / "last.ckpt").write_bytes(b"a run")
    with pytest.raises(ConfigError, match="holds a run already"):
        fit(*make(CharacterModel, TinyCharacters, "mlp", tmp_path), SETTINGS, tmp_path)


def test_wrong_settings_are_said(tmp_path):
    with pytest.raises(ConfigError, match="did you mean 'batch_size'"):
        fit_settings({"batchsize": 3})
    with pytest.raises(ConfigError, match="epochs is a whole number, 1 or more"):
        fit_settings({"epochs": 0})
    with pytest.raises(ConfigError, match="ema is a number from 0 to 1"):
        Optimisation(ema="0.9")
    model, _ = make(CharacterModel, TinyCharacters, "mlp", tmp_path)
    with pytest.raises(ConfigError, match="is for characters, not lines"):
        model.fit(TinyLines(data=tmp_path))


PROGRAM = """
import sys
from pathlib import Path
from tests.training import test_fitting as here
from inkread.training.fitting import FitSettings, fit

def main():
    folder, out, network, dropout, batch, processes = sys.argv[1:]
    kind, data = {name: (k, d) for k, d, name in here.CASES}[network]
    dataset = data(data=folder, count=32)
    arguments = here.SMALL[network] | {"dropout_amount": float(dropout)}
    model = kind.for_dataset(dataset, network, arguments)
    settings = FitSettings(int(batch), epochs=4, workers=1, threads=1, checkpoint_every=2,
                           processes=int(processes))
    seen = here.Seen()
    result = fit(model, dataset, settings, out, [seen], resume=True)
    if model.trainer.is_global_zero:
        losses = [[told["val_loss"], told["val_accuracy"]] for _, told in seen.told if "val_accuracy" in told]
        Path(out, "losses.txt").write_text("\\n".join(f"{a} {b}" for a, b in losses))

if __name__ == "__main__":
    main()
"""


def start(folder, out, network, dropout=0.2, batch=4, processes=1):
    program = folder / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root), *sys.path])
    arguments = [str(folder), str(folder / out), network, str(dropout), str(batch), str(processes)]
    environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, str(program), *arguments], env=environment)


@pytest.mark.slow
@pytest.mark.parametrize("network", ["mlp", "lstm"])
def test_a_killed_process_resumes_to_the_same_weights(tmp_path, network):
    assert start(tmp_path, "whole", network).wait(timeout=300) == 0
    running, last = start(tmp_path, "broken", network), tmp_path / "broken" / "last.ckpt"
    while running.poll() is None and not last.exists():
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    assert running.wait(timeout=60) == -signal.SIGKILL
    assert torch.load(last, weights_only=False)["global_step"] < 32
    assert start(tmp_path, "broken", network).wait(timeout=300) == 0
    whole, broken = (
        torch.load(tmp_path / out / "last.ckpt", weights_only=False) for out in ("whole", "broken")
    )
    assert whole["global_step"] == broken["global_step"] == 32
    for name, tensor in whole["state_dict"].items():
        assert torch.equal(tensor, broken["state_dict"][name]), name


@pytest.mark.slow
def test_two_processes_give_the_loss_curve_of_one_with_the_doubled_batch(tmp_path):
    assert start(tmp_path, "one", "mlp", 0.0, 8).wait(timeout=300) == 0
    assert start(tmp_path, "two", "mlp", 0.0, 4, processes=2).wait(timeout=300) == 0
    one, two = ((tmp_path / out / "losses.txt").read_text().split() for out in ("one", "two"))
    assert len(one) == 8
    assert [float(v) for v in two] == pytest.approx([float(v) for v in one], abs=1e-5)
    weights = [
        torch.load(tmp_path / out / "last.ckpt", weights_only=False)["state_dict"] for out in ("one", "two")
    ]
    for name, tensor in weights[0].items():
        torch.testing.assert_close(weights[1][name], tensor, rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are listed by /proc")
def test_sigterm_ends_a_run_and_its_other_processes(tmp_path):
    running, last = start(tmp_path, "out", "mlp", processes=2), tmp_path / "out" / "last.ckpt"
    while running.poll() is None and not last.exists():
        time.sleep(0.005)
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=60) == -signal.SIGTERM
    until = time.monotonic() + 60
    while time.monotonic() < until and (left := _running(tmp_path / "program.py")):
        time.sleep(0.2)
    assert not left


def _running(program: Path) -> list[str]:
    """Return the numbers of the processes that run a program."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(program).encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            pass  # it has just ended
    return found
