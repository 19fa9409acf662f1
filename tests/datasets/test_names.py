import subprocess
import sys
from pathlib import Path

import pytest

from inkread.datasets.dataset import Dataset
from inkread.datasets.names import (
    DATASETS,
    arguments_of,
    did_you_mean,
    find_dataset,
    import_dotted,
    make_dataset,
)
from inkread.errors import ConfigError

LETTERS = '''
import numpy as np

from inkread.datasets.dataset import Dataset, Example


class LetterDataset(Dataset):
    """Grey squares: a is dark, b is light."""

    task = "characters"
    folder = "letters"
    classes = ("a", "b")
    input_shape = (28, 28)
    output_shape = (2,)

    def __init__(self, size: int = 8, **settings):
        super().__init__(**settings)
        self.size = size

    def arguments(self):
        return {"size": self.size}

    def make(self):
        def some(writer):
            for number in range(self.size):
                label = number % 2
                image = np.full((28, 28), 50 + 100 * label, np.uint8)
                yield Example(image, label, writer, f"{writer}/{number}")

        return {split: some(split) for split in ("train", "validation", "test")}


class NoDataset:
    pass
'''


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of a user's own, outside ours."""
    (tmp_path / "theirpackage").mkdir()
    (tmp_path / "theirpackage" / "__init__.py").touch()
    (tmp_path / "theirpackage" / "letters.py").write_text(LETTERS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", DATASETS)
def test_every_name_is_a_class_of_that_name(name: str) -> None:
    found = find_dataset(name)
    assert found.__name__ == name
    assert found.__module__.startswith("inkread.datasets.")


def test_a_users_own_class_is_found_made_loaded_and_kept(outside: Path) -> None:
    dataset = make_dataset("theirpackage.letters.LetterDataset", {"data": outside / "data", "size": 6})
    assert isinstance(dataset, Dataset)
    assert list(dataset.split("train").targets) == [0, 1, 0, 1, 0, 1]
    assert dataset.split("test")[1].image[0, 0] == 150
    assert dataset.processed.is_dir()


def test_the_working_folder_is_searched_for_a_users_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lonely_module.py").write_text("answer = 42\n")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    assert import_dotted("lonely_module.answer", "number") == 42


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("EmnistDatset", "There is no data set 'EmnistDatset'; did you mean 'EmnistDataset'"),
        ("iamlinesdataset", "did you mean 'IamLinesDataset'"),
        ("zzz", "use one of EmnistDataset, "),
        ("nopackage.letters.LetterDataset", "cannot be imported .*nopackage.*run from the folder"),
        ("theirpackage.letters.LettersDataset", "did you mean 'LetterDataset'"),
        ("theirpackage.letters.NoDataset", "is no data set; derive"),
        ("theirpackage.letters.np", "is no data set; derive"),
        (".LetterDataset", "is no dotted path"),
    ],
)
def test_what_is_not_found_is_told_with_the_nearest_right_name(
    outside: Path, name: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        find_dataset(name)


def test_arguments_are_checked_and_those_of_the_base_are_known(outside: Path) -> None:
    name = "theirpackage.letters.LetterDataset"
    assert arguments_of(find_dataset(name)) == {
        "size": 8,
        "data": "data",
        "subsample_fraction": None,
        "seed": 1,
    }
    with pytest.raises(ConfigError, match="takes no 'sise'; did you mean 'size'"):
        make_dataset(name, {"sise": 2})
    with pytest.raises(ConfigError, match="did you mean 'subsample_fraction'"):
        make_dataset(name, {"subsample_fractoin": 2})
    with pytest.raises(ConfigError, match="at most 1, not 2"):
        make_dataset(name, {"subsample_fraction": 2})


def test_what_has_no_neighbour_gets_no_hint() -> None:
    assert did_you_mean("qqqq", ["train", "test"]) == ""


def test_names_are_known_without_importing_any_data_set() -> None:
    code = (
        "import sys; from inkread.datasets.names import DATASETS; list(DATASETS); 'IamDataset' in DATASETS; "
        "sys.exit(any(f'inkread.datasets.{name}' in sys.modules for name in ('emnist', 'iam', 'folder')))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
