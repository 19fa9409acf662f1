import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from inkread.datasets.dataset import Dataset, Example, Split, Task, subsample
from inkread.errors import ConfigError, DataError


class Letters(Dataset):
    """Twenty of each of three letters, one of a fourth."""

    task: ClassVar[Task] = "characters"
    folder: ClassVar[str] = "letters"
    made = 0

    def __init__(self, *, shade: int = 100, **settings: Any) -> None:
        super().__init__(**settings)
        self.shade = shade

    @property
    def classes(self) -> tuple[str, ...]:
        return ("a", "b", "c", "d")

    @property
    def input_shape(self) -> tuple[int, int]:
        return (8, 8)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (4,)

    def arguments(self) -> Mapping[str, Any]:
        return {"shade": self.shade}

    def make(self) -> Mapping[Split, Iterator[Example]]:
        type(self).made += 1
        targets = [0] * 20 + [1] * 20 + [2] * 20 + [3]
        return {
            split: (Example(np.full((8, 8), self.shade + t, np.uint8), t, split) for t in targets)
            for split in ("train", "validation", "test")
        }


def test_a_data_set_is_made_once_and_kept_under_its_arguments(tmp_path: Path) -> None:
    Letters.made = 0
    first = Letters(data=tmp_path)
    assert len(first.split("train")) == 61 and len(first.split("test")) == 61
    assert Letters(data=tmp_path).load().split("train")[0].image[0, 0] == 100
    assert Letters.made == 1
    other = Letters(data=tmp_path, shade=7)
    assert other.split("train")[60].image[0, 0] == 10 and Letters.made == 2
    assert first.processed != other.processed and first.processed.parent == other.processed.parent
    assert first.processed == Letters(data=tmp_path, subsample_fraction=0.5).processed


@pytest.mark.parametrize("fraction", [0.001, 0.1, 0.5, 1.0])
def test_every_class_survives_any_subsample_fraction(tmp_path: Path, fraction: float) -> None:
    data = Letters(data=tmp_path, subsample_fraction=fraction)
    for split in ("train", "validation"):
        targets = list(data.split(split).targets)  # type: ignore[arg-type]
        assert set(targets) == {0, 1, 2, 3}
        assert targets.count(0) == max(round(20 * fraction), 1)
    assert len(data.split("test")) == 61


def test_subsampling_is_the_same_for_a_seed_and_another_for_another() -> None:
    texts = [str(number) for number in range(200)]
    assert subsample(texts, 0.1, 1, False) == subsample(texts, 0.1, 1, False)
    assert subsample(texts, 0.1, 1, False) != subsample(texts, 0.1, 2, False)
    assert len(subsample(texts, 0.1, 1, False)) == 20 and subsample([], 0.5, 1, False) == []
    assert len(subsample(texts, 0.0001, 1, False)) == 1
    assert subsample([], 0.5, 1, True) == []


@pytest.mark.parametrize("fraction", [0.0, -1.0, 1.5, float("nan")])
def test_a_fraction_out_of_range_is_refused(fraction: float) -> None:
    with pytest.raises(ConfigError, match="subsample_fraction"):
        Letters(subsample_fraction=fraction)
    with pytest.raises(ConfigError, match="seed is 0 or more"):
        Letters(seed=-1)


def test_an_unknown_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="train, validation, test"):
        Letters(data=tmp_path).split("dev")  # type: ignore[arg-type]


def test_raw_data_that_are_missing_leave_no_processed_folder(tmp_path: Path) -> None:
    class Missing(Letters):
        def make(self) -> Mapping[Split, Iterator[Example]]:
            raise DataError("The files are missing; fetch them.")

    data = Missing(data=tmp_path)
    with pytest.raises(DataError, match="fetch them"):
        data.split("train")
    assert not data.processed.exists()


def test_importing_data_sets_imports_neither_torch_nor_pyarrow() -> None:
    code = (
        "import sys, inkread.datasets.processed, inkread.datasets.emnist_lines,"
        " inkread.datasets.unipen_characters, inkread.datasets.packed_lines\n"
        "assert not {'torch', 'pyarrow', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
