import numpy as np
import pytest

from inkread.ink.nothing import DRAWINGS


@pytest.mark.parametrize("kind", DRAWINGS)
def test_a_kind_is_a_picture_that_hangs_on_its_chance_alone(kind: str) -> None:
    one, same, other = (DRAWINGS[kind](np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.dtype == np.uint8 and one.ndim == 2 and 40 <= one.shape[0] <= 110
    assert np.array_equal(one, same)
    assert one.shape != other.shape or not np.array_equal(one, other)
    assert np.ptp(one) > 0
