from pathlib import Path

import numpy as np
import pytest

from inkread.datasets.base import LineSample
from inkread.datasets.packed_lines import PackedLines, pack_lines
from inkread.errors import DataError


def test_lines_come_back_as_they_were(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    images = [rng.integers(0, 256, (60, 30 + number), dtype=np.uint8) for number in range(3)]
    samples = [LineSample(image, f"été {number}", f"k/{number}") for number, image in enumerate(images)]
    assert pack_lines(tmp_path / "made" / "lines.npz", samples) == 3
    packed = PackedLines(tmp_path / "made" / "lines.npz")
    assert (packed.name, len(packed), packed.texts[2]) == ("lines", 3, "été 2")
    for number, image in enumerate(images):
        sample = packed.sample(number + 3)
        assert np.array_equal(sample.image, image)
        assert (sample.text, sample.key) == (f"été {number}", f"k/{number}")
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["lines.npz"]


def test_high_lines_are_shrunk(tmp_path: Path) -> None:
    pack_lines(tmp_path / "lines.npz", [LineSample(np.zeros((192, 100), np.uint8), "x", "k")])
    assert PackedLines(tmp_path / "lines.npz").sample(0).image.shape == (96, 50)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lines.npz").write_bytes(b"nothing of the kind")
    for name in ("lines.npz", "none.npz"):
        with pytest.raises(DataError, match="pack them again"):
            PackedLines(tmp_path / name)
