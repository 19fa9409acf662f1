import numpy as np

from inkread.images.columns import ink_columns
from inkread.images.line import stretch


def test_columns_count_their_ink_whichever_way_round() -> None:
    line = np.full((40, 60), 230, np.uint8)
    line[10:20, 5:8] = 20
    counts = ink_columns(stretch(line))
    assert counts.shape == (60,)
    assert counts[5:8].tolist() == [10, 10, 10] and counts.sum() == 30
    assert ink_columns(stretch(255 - line)).tolist() == counts.tolist()
