"""The learning curve's picture."""

from __future__ import annotations

import numpy as np

from inkread.training.curve import draw_curve


def test_a_falling_curve_falls_in_the_picture(tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text(
        "step,samples,seconds,loss,cer_a,cer_b,cer\n"
        "10,1000,5,1.0,0.40,0.20,0.30\n20,2000,9,0.5,0.20,0.20,0.20\n30,3000,14,0.3,0.10,0.20,0.15\n"
    )
    picture = draw_curve(path)
    assert picture.shape == (480, 900, 3) and picture.dtype == np.uint8
    first = np.all(picture == (200, 80, 40), axis=2)
    columns = np.flatnonzero(first[:, :730].any(axis=0))
    heights = [int(np.flatnonzero(first[:, column])[0]) for column in (columns[2], columns[-3])]
    assert heights[0] < heights[1] - 100
