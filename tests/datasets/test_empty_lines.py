import numpy as np
import pytest

from inkread.datasets.base import sample_rng
from inkread.datasets.empty_lines import EmptyLines
from inkread.datasets.registry import make_source
from inkread.errors import ConfigError


def test_samples_are_pictures_without_text_that_can_be_made_again() -> None:
    source = make_source(".", [{"source": "empty_lines"}])
    first, again = (source.sample(3, sample_rng(7, 3)) for _ in range(2))
    assert first.text == "" and first.key.startswith("empty_lines/")
    assert np.array_equal(first.image, again.image)


def test_proportions_choose_the_kinds() -> None:
    source = EmptyLines({"ruled": 1, "blank": 0})
    assert {source.sample(n, sample_rng(1, n)).key for n in range(5)} == {"empty_lines/ruled"}


@pytest.mark.parametrize("proportions", [{"letters": 1}, {}, {"blank": 0}])
def test_wrong_proportions_are_refused(proportions: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="empty_lines"):
        EmptyLines(proportions)
