"""EMNIST's readers, on files in NIST's two formats made of a few hundred drawn characters."""

import gzip
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkread.datasets.emnist import EXTRA, EmnistDataset
from inkread.datasets.emnist_files import find_source
from inkread.datasets.metadata import read_metadata
from inkread.errors import ConfigError, DataError

_OF_CLASS = {"train": 12, "test": 2}


def _glyph(character: str, number: int) -> npt.NDArray[np.uint8]:
    """A character light on dark, upright; no two alike."""
    image = np.zeros((28, 28), np.uint8)
    cv2.putText(image, character, (6 + number % 3, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    image[0, 0] = number % 251
    return image


def _content(version: str) -> tuple[list[list[int]], dict[str, tuple[Any, ...]]]:
    """Return NIST's mapping, and per split images as stored (on their side), labels and writers."""
    drawn = EmnistDataset(version=version).drawn  # type: ignore[arg-type]
    first = 1 if version == "letters" else 0
    mapping = [[first + n, ord(c), *([ord(c.lower())] if first else [])] for n, c in enumerate(drawn)]
    splits = {}
    for split, count in _OF_CLASS.items():
        pairs = [(n, k) for n in range(len(drawn)) for k in range(count)]
        images = np.array([_glyph(drawn[n], k).T for n, k in pairs])
        labels = np.array([first + n for n, _ in pairs], np.uint8)
        splits[split] = images, labels, np.array([1000 + k for _, k in pairs], np.uint16)
    return mapping, splits


def _idx(array: npt.NDArray[np.uint8]) -> bytes:
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), mtime=0)


def write_idx(folder: Path, version: str) -> None:
    """Write a version's files as they lie in gzip.zip."""
    mapping, splits = _content(version)
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(" ".join(map(str, row)) + "\n" for row in mapping)
    (folder / f"emnist-{version}-mapping.txt").write_text(text)
    for split, (images, labels, _) in splits.items():
        stem = f"emnist-{version}-{split}"
        (folder / f"{stem}-images-idx3-ubyte.gz").write_bytes(_idx(images))
        (folder / f"{stem}-labels-idx1-ubyte.gz").write_bytes(_idx(labels))


def write_matlab(folder: Path, version: str) -> None:
    """Write a version's file as it lies in matlab.zip: MATLAB v5, compressed."""
    from scipy.io import savemat

    mapping, splits = _content(version)
    folder.mkdir(parents=True, exist_ok=True)
    dataset: dict[str, Any] = {
        split: {
            "images": images.reshape(len(images), -1),
            "labels": labels.reshape(-1, 1),
            "writers": writers.reshape(-1, 1),
        }
        for split, (images, labels, writers) in splits.items()
    }
    dataset["mapping"] = np.array(mapping, np.float64)
    savemat(folder / f"emnist-{version}.mat", {"dataset": dataset}, format="5", do_compression=True)


def _pack(folder: Path) -> None:
    """Make an archive of a folder, with the folder's name before each file's, and remove the folder."""
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{folder.name}/{path.name}")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of both forms, unpacked."""
    folder = tmp_path_factory.mktemp("emnist")
    for version in ("byclass", "letters", "balanced"):
        write_idx(folder / "gzip", version)
        write_matlab(folder / "matlab", version)
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Return what makes a data folder with one form of EMNIST, unpacked."""

    def copied(form: str) -> Path:
        shutil.copytree(made / form, tmp_path / form / "raw" / "emnist" / "files" / form)
        return tmp_path / form

    return copied


def test_the_classes_are_the_originals() -> None:
    byclass = EmnistDataset()
    assert "".join(byclass.classes) == (
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz !\"#&'()*+,-./:;?_"
    )
    assert (byclass.input_shape, byclass.output_shape) == ((28, 28), (80,))
    sizes = {
        version: len(EmnistDataset(version=version).drawn) for version in ("balanced", "letters", "mnist")
    }  # type: ignore[arg-type]
    assert sizes == {"balanced": 47, "letters": 26, "mnist": 10} and EXTRA[-1] == "_"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", ["gzip", "matlab"])
def test_both_forms_give_upright_dark_characters(
    data: Callable[[str], Path], form: str, packed: bool
) -> None:
    folder = data(form)
    if packed:
        _pack(folder / "raw" / "emnist" / "files" / form)
    dataset = EmnistDataset(data=folder)
    sizes = {split: len(dataset.split(split)) for split in ("train", "validation", "test")}  # type: ignore[arg-type]
    assert sizes == {"train": 62 * 11, "validation": 62, "test": 62 * 2} or form == "matlab"
    assert sizes["train"] + sizes["validation"] == 62 * 12 and sizes["test"] == 62 * 2
    example = dataset.split("test")[62 + 7]
    character = dataset.classes[example.target]  # type: ignore[index]
    assert character == "Y" and np.array_equal(example.image, 255 - _glyph("Y", 1))
    assert example.key == "emnist/byclass/test/69"
    for split in ("train", "validation", "test"):
        assert set(dataset.split(split).targets) == set(range(62))  # type: ignore[arg-type]


def test_validation_is_carved_by_writer_where_writers_are_known(data: Callable[[str], Path]) -> None:
    dataset = EmnistDataset(data=data("matlab"))
    train, validation = dataset.split("train"), dataset.split("validation")
    assert len(set(validation.writers)) == 2 and len(set(train.writers)) == 10
    assert not set(train.writers) & set(validation.writers)
    other = EmnistDataset(data=dataset.data, seed=2)
    assert set(other.split("validation").writers) != set(validation.writers)
    assert set(EmnistDataset(data=data("gzip")).split("train").writers) == {""}


def test_no_example_is_in_two_splits(data: Callable[[str], Path]) -> None:
    dataset = EmnistDataset(data=data("gzip"))
    keys = [example.key for name in ("train", "validation", "test") for example in dataset.split(name)]  # type: ignore[arg-type]
    assert len(set(keys)) == len(keys) == 62 * 14


@pytest.mark.parametrize("form", ["gzip", "matlab"])
def test_labels_of_letters_run_from_one_and_classes_from_zero(data: Callable[[str], Path], form: str) -> None:
    dataset = EmnistDataset(data=data(form), version="letters")
    assert dataset.split("test").targets == [number for number in range(26) for _ in range(2)]
    assert dataset.classes[:3] == ("A", "B", "C") and dataset.output_shape == (44,)
    balanced = EmnistDataset(data=dataset.data, version="balanced").split("test")
    assert max(balanced.targets) == 46  # type: ignore[type-var]


@pytest.mark.parametrize("fraction", [0.001, 0.3])
def test_every_class_survives_any_subsample_fraction(data: Callable[[str], Path], fraction: float) -> None:
    dataset = EmnistDataset(data=data("gzip"), subsample_fraction=fraction)
    assert set(dataset.split("train").targets) == set(range(62))  # type: ignore[arg-type]
    assert set(dataset.split("validation").targets) == set(range(62))  # type: ignore[arg-type]
    assert len(dataset.split("train")) == (62 if fraction < 0.1 else 62 * 3)


def test_the_form_that_knows_writers_goes_first_and_processed_data_serve_without_raw(
    data: Callable[[str], Path], made: Path
) -> None:
    folder = data("gzip")
    assert EmnistDataset(data=folder).load().source == "idx"
    shutil.copytree(made / "matlab", folder / "raw" / "emnist" / "files" / "matlab")
    assert EmnistDataset(data=folder).source == "matlab"
    assert EmnistDataset(data=folder, source="idx").source == "idx"
    shutil.rmtree(folder / "raw")
    assert EmnistDataset(data=folder).source == "idx"
    assert len(EmnistDataset(data=folder).split("test")) == 124


def test_files_may_lie_in_the_folder_itself_and_unzipped(data: Callable[[str], Path]) -> None:
    folder = data("gzip")
    files = folder / "raw" / "emnist" / "files"
    for path in (files / "gzip").iterdir():
        content = path.read_bytes()
        name, content = (
            (path.stem, gzip.decompress(content)) if path.suffix == ".gz" else (path.name, content)
        )
        (files / name).write_bytes(content)
    shutil.rmtree(files / "gzip")
    assert find_source(files, "byclass") == "idx"
    assert len(EmnistDataset(data=folder).split("test")) == 124


def _break(path: Path, fault: str) -> None:
    content = path.read_bytes()
    if fault == "missing":
        path.unlink()
    elif fault == "truncated":
        path.write_bytes(content[: len(content) * 2 // 3])
    elif fault == "bad header":
        path.write_bytes(gzip.compress(b"\0\0\x0d\x03" + gzip.decompress(content)[4:]))
    elif fault == "short":
        path.write_bytes(gzip.compress(gzip.decompress(content)[:-5]))
    elif fault == "one label less":
        labels = np.frombuffer(gzip.decompress(content)[8:], np.uint8)
        path.write_bytes(_idx(labels[:-1]))
    elif fault == "strange labels":
        labels = np.frombuffer(gzip.decompress(content)[8:], np.uint8)
        path.write_bytes(_idx(labels + 9))
    else:
        path.write_bytes(b"<html>Not found</html>")


@pytest.mark.parametrize(
    ("form", "name", "fault", "message"),
    [
        ("gzip", "mapping.txt", "html", "not a table of labels"),
        ("gzip", "train-images-idx3-ubyte.gz", "missing", "train-images-idx3-ubyte.gz is missing"),
        ("gzip", "train-images-idx3-ubyte.gz", "truncated", "truncated or damaged"),
        ("gzip", "train-images-idx3-ubyte.gz", "bad header", "no idx header of 3 axes"),
        ("gzip", "train-images-idx3-ubyte.gz", "html", "no idx header of 3 axes"),
        ("gzip", "test-images-idx3-ubyte.gz", "short", "should hold"),
        ("gzip", "test-labels-idx1-ubyte.gz", "one label less", "124 images and 123 labels"),
        ("gzip", "test-labels-idx1-ubyte.gz", "strange labels", "labels that its mapping lacks"),
        ("matlab", ".mat", "truncated", "emnist-byclass.mat in .* is damaged"),
        ("matlab", ".mat", "html", "emnist-byclass.mat in .* is damaged"),
    ],
)
def test_faulty_files_are_named(
    data: Callable[[str], Path], form: str, name: str, fault: str, message: str
) -> None:
    folder = data(form)
    stem = "emnist-byclass" + ("" if name == ".mat" else "-")
    _break(folder / "raw" / "emnist" / "files" / form / f"{stem}{name}", fault)
    dataset = EmnistDataset(data=folder)
    with pytest.raises(DataError, match=message):
        dataset.load()
    assert not dataset.processed.exists()


def test_a_missing_mapping_a_broken_archive_and_no_files_at_all_are_plain_errors(
    data: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = data("gzip")
    files = folder / "raw" / "emnist" / "files"
    (files / "gzip" / "emnist-byclass-mapping.txt").unlink()
    with pytest.raises(DataError, match=r"mapping\.txt is missing"):
        EmnistDataset(data=folder, source="idx").load()
    _pack(files / "gzip")
    with pytest.raises(DataError, match=r"mapping\.txt is missing"):
        EmnistDataset(data=folder).load()
    (files / "gzip.zip").write_bytes((files / "gzip.zip").read_bytes()[:-100])
    with pytest.raises(DataError, match="truncated or no zip archive"):
        EmnistDataset(data=folder).load()
    with pytest.raises(DataError, match="inkread data fetch emnist"):
        EmnistDataset(data=tmp_path / "nowhere").load()


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match="byclass, balanced, letters"):
        EmnistDataset(version="bymerge")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="matlab or idx"):
        EmnistDataset(source="parquet")  # type: ignore[arg-type]


def test_the_metadata_name_both_archives() -> None:
    path = Path(__file__).parents[2] / "data" / "raw" / "emnist" / "metadata.toml"
    about = read_metadata(path)
    assert {file.name for file in about.files} == {"matlab.zip", "gzip.zip"} and about.any_suffices
