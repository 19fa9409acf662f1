import numpy as np
import pytest

from inkread.ink.pen import Pen, choose_pen, render

LINE = np.array([[5, 10], [45, 10]], np.float32)


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_a_line_has_the_pens_width_and_place(scale: int) -> None:
    ink = render([LINE], (20, 50), Pen(4.0), scale=scale)
    column = ink[:, 25].astype(float) / 255
    assert ink.shape == (20, 50) and ink.dtype == np.uint8
    assert column.sum() == pytest.approx(4.0, abs=1.6)
    assert (column * np.arange(20)).sum() / column.sum() == pytest.approx(10.0, abs=0.6)


def test_a_single_point_is_a_dot_and_no_stroke_is_no_ink() -> None:
    assert render([np.array([[10, 10]], np.float32)], (20, 20), Pen(3.0)).max() > 200
    assert render([], (20, 30), Pen(3.0)).shape == (20, 30)
    assert not render([], (20, 30), Pen(3.0)).any()


def test_a_broad_nib_thickens_what_crosses_it() -> None:
    plain = render([LINE], (20, 50), Pen(2.0)).sum(dtype=int)
    broad = render([LINE], (20, 50), Pen(2.0, nib=(2.0, -2.0))).sum(dtype=int)
    assert broad > 1.4 * plain


def test_the_same_chance_draws_the_same_ink() -> None:
    pen = Pen(2.0, unevenness=0.3, fading=0.5)
    strokes = [LINE + np.float32(row) for row in (0, 3, 6)]
    one, two, other = (render(strokes, (30, 60), pen, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, two) and not np.array_equal(one, other)
    assert choose_pen(np.random.default_rng(1), 20.0) == choose_pen(np.random.default_rng(1), 20.0)
