"""The lines of a data set as a source of samples: its split alone, as the data set cuts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inkread.datasets.base import sample_rng
from inkread.datasets.dataset_lines import DatasetLines
from inkread.datasets.iam_lines import IamLinesDataset
from inkread.datasets.registry import make_source
from inkread.errors import ConfigError, DataError
from tests.datasets.fake_iam import FORMS, TEXTS, fake_iam

SOURCE: dict[str, Any] = {"source": "dataset_lines", "dataset": "IamLinesDataset"}


def test_the_source_draws_training_lines_alone(tmp_path: Path) -> None:
    source = make_source(fake_iam(tmp_path), [SOURCE | {"plain": 1.0}])
    drawn = [source.sample(index, sample_rng(1, index)) for index in range(60)]
    assert {sample.key: sample.text for sample in drawn} == {
        name: text for name, text in TEXTS.items() if name.startswith("a01")
    }
    first = next(iter(IamLinesDataset(data=tmp_path).split("train")))
    assert all(np.array_equal(s.image, first.image) for s in drawn if s.key == first.key)


def test_lines_are_varied_but_for_the_plain_ones(tmp_path: Path) -> None:
    source = make_source(fake_iam(tmp_path), [SOURCE | {"plain": 0.5}])
    drawn = [source.sample(index, sample_rng(1, index)) for index in range(60)]
    whole = {example.key: example.image for example in IamLinesDataset(data=tmp_path).split("train")}
    plain = sum(np.array_equal(sample.image, whole[sample.key]) for sample in drawn)
    assert 15 < plain < 45


def test_arguments_reach_the_data_set(tmp_path: Path) -> None:
    lines = DatasetLines(fake_iam(tmp_path), "IamLinesDataset", "validation", {"spacing": "tokens"})
    assert len(lines) == 2 and lines.sample(2).text == lines.sample(0).text == "Validation line one"
    assert lines.sample(1).key == "c04-156-01" and lines.name == "IamLinesDataset_validation"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dataset": "IamLineDataset"}, "did you mean"),
        ({"dataset": "IamDataset"}, "has regions, not lines"),
        ({"split": "trian"}, "no split 'trian'"),
        ({"dataset_args": {"max_lenght": 3}}, "did you mean 'max_length'"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make_source(fake_iam(tmp_path), [SOURCE | settings])


@pytest.mark.filterwarnings("ignore:No form of the validation split")
def test_a_split_without_lines_is_a_fault(tmp_path: Path) -> None:
    training = {name: form for name, form in FORMS.items() if name.startswith("a01")}
    with pytest.raises(DataError, match="no lines of the validation split"):
        DatasetLines(fake_iam(tmp_path, forms=training), "IamLinesDataset", "validation")
