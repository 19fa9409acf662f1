"""Sources are mixed by weight, and crops are varied reproducibly."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from inkread.datasets.base import LineSample, sample_rng
from inkread.datasets.mixture import Mixture, VariedLines
from inkread.datasets.packed_lines import PackedLines, pack_lines
from inkread.datasets.registry import make_source
from inkread.errors import ConfigError


class Named:
    def __init__(self, name):
        self.name = name

    def sample(self, index, rng):
        return LineSample(np.full((48, 64), int(rng.integers(256)), np.uint8), self.name, self.name)


@pytest.fixture
def packed(tmp_path):
    rng = np.random.default_rng(1)
    samples = [
        LineSample(rng.integers(0, 256, (60, 200), dtype=np.uint8), f"line {number}", f"page/{number}")
        for number in range(6)
    ]
    pack_lines(tmp_path / "lines.parquet", samples)
    return tmp_path / "lines.parquet"


def test_shares_follow_the_weights():
    mixture = Mixture([Named("a"), Named("b"), Named("c")], [6, 3, 1])
    drawn = Counter(mixture.sample(n, sample_rng(1, n)).text for n in range(3000))
    assert drawn["a"] / 3000 == pytest.approx(0.6, abs=0.04)
    assert drawn["c"] / 3000 == pytest.approx(0.1, abs=0.03)


def test_a_sample_is_a_function_of_seed_and_index(packed):
    source = Mixture([VariedLines(PackedLines(packed)), Named("b")], [3, 1])
    for index in range(12):
        one, other = (source.sample(index, sample_rng(7, index)) for _ in range(2))
        assert one.text == other.text
        assert np.array_equal(one.image, other.image)


def test_a_crop_is_never_seen_twice_alike(packed):
    source = VariedLines(PackedLines(packed), plain=0.0)
    images = [source.sample(index, sample_rng(2, index)) for index in range(20)]
    for number, one in enumerate(images):
        for other in images[:number]:
            assert one.image.shape != other.image.shape or not np.array_equal(one.image, other.image)


def test_wrong_mixtures_are_named(packed, tmp_path):
    with pytest.raises(ConfigError, match="weight above 0"):
        Mixture([Named("a")], [0])
    with pytest.raises(ConfigError, match="no line source 'emnist'"):
        make_source(tmp_path, [{"source": "emnist"}])
    with pytest.raises(ConfigError, match="wrong setting"):
        make_source(tmp_path, [{"source": "varied_lines", "packed": packed.name, "colour": 1}])
    assert make_source(tmp_path, [{"source": "varied_lines", "packed": packed.name}]).name == "mixture"
