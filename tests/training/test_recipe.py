"""A recipe's mistakes are told before anything is begun."""

from __future__ import annotations

import pytest
import torch

from inkread.errors import ConfigError
from inkread.training.bundle_run import averaged_weights
from inkread.training.reader_experiment import Experiment
from inkread.training.recipe import run_recipe

GOOD = {"name": "mine", "sources": [], "optimisation": {"steps": 3}}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimisation": {"step": 3}}, "no 'step'.*steps"),
        ({"optimisation": {"steps": "ten"}}, "steps is a whole number"),
        ({"optimisation": {"steps": -1}}, "steps is a whole number"),
        ({"optimisation": {"steps": 0}}, "steps is a whole number"),
        ({"precision": "bf17"}, "no precision 'bf17'"),
        ({"batch_size": 0}, "batch_size is a whole number"),
        ({"validate_every": 0}, "validate_every is a whole number"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, settings, message):
    with pytest.raises(ConfigError, match=message):
        run_recipe(Experiment(**{**GOOD, **settings}), tmp_path, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_gpu_that_there_is_not_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    for number in (-1, 1):
        with pytest.raises(ConfigError, match=f"no GPU {number}"):
            run_recipe(Experiment(**GOOD), tmp_path, tmp_path / "run", number)


@pytest.mark.parametrize("content", [b"\xff\xd8\xff", b"", b"text"])
def test_what_is_no_checkpoint_is_told(tmp_path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(ConfigError, match="no checkpoint"):
        averaged_weights(tmp_path / "a.jpg")
