import pickle
from pathlib import Path

import numpy as np
import pytest

from inkread.datasets.base import LineSample
from inkread.datasets.dataset import Example
from inkread.datasets.packed_lines import PackedLines, pack_lines
from inkread.datasets.processed import write_examples
from inkread.errors import DataError


def test_lines_come_back_as_they_were(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    images = [rng.integers(0, 256, (60, 30 + number), dtype=np.uint8) for number in range(3)]
    samples = [LineSample(image, f"été {number}", f"k/{number}") for number, image in enumerate(images)]
    assert pack_lines(tmp_path / "made" / "lines.parquet", samples) == 3
    packed = PackedLines(tmp_path / "made" / "lines.parquet")
    assert (packed.name, len(packed), packed.texts[2]) == ("lines", 3, "été 2")
    for number, image in enumerate(images):
        sample = packed.sample(number + 3)
        assert np.array_equal(sample.image, image)
        assert (sample.text, sample.key) == (f"été {number}", f"k/{number}")
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["lines.parquet"]


def test_high_lines_are_shrunk(tmp_path: Path) -> None:
    pack_lines(tmp_path / "lines.parquet", [LineSample(np.zeros((192, 100), np.uint8), "x", "k")])
    assert PackedLines(tmp_path / "lines.parquet").sample(0).image.shape == (96, 50)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lines.parquet").write_bytes(b"nothing of the kind")
    for name in ("lines.parquet", "none.parquet"):
        with pytest.raises(DataError, match="inkread data pack"):
            PackedLines(tmp_path / name)


def test_characters_are_no_lines(tmp_path: Path) -> None:
    write_examples(tmp_path / "x.parquet", [Example(np.zeros((28, 28), np.uint8), 3)])
    with pytest.raises(DataError, match="no lines of text"):
        PackedLines(tmp_path / "x.parquet")


def test_a_worker_that_is_spawned_opens_the_file_again(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (96, 900), dtype=np.uint8)
    pack_lines(tmp_path / "lines.parquet", [LineSample(noise, "une page", "k")] * 3)
    sent = pickle.dumps(PackedLines(tmp_path / "lines.parquet", "mine"))
    assert len(sent) < 2000
    again = pickle.loads(sent)
    assert again.name == "mine" and np.array_equal(again.sample(2).image, noise)
