"""The one plot: where its curves run, how its axes end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from inkread.training.plot import Axis, draw_plot, save_picture
from tests.pictures import coloured


def test_a_straight_line_is_drawn_straight_up_to_its_last_point() -> None:
    picture = draw_plot({"line": np.array([(0.0, 0.0), (10.0, 100.0)])}, Axis(), Axis(), (640, 300))
    assert picture.shape == (300, 640, 3) and picture.dtype == np.uint8
    middle = np.argwhere(coloured(picture)[:, 260:266])
    assert abs(float(middle[:, 0].mean()) - (30 + 256) / 2) < 2, "half way up in the middle"


def test_an_axis_reaches_as_far_as_it_must_and_is_written_in_its_form() -> None:
    assert Axis("CER", ".1f", " %").say(12.34) == "12.3 %"
    flat = np.array([(0.0, 0.5), (4.0, 0.5)])
    low, high = (draw_plot({"a": flat}, Axis(), Axis(least=least), (640, 300)) for least in (0.0, 1.0))
    rows = [np.flatnonzero(coloured(picture)[:, 200])[0] for picture in (low, high)]
    assert rows[1] > rows[0] + 80, "the same value lies lower where the axis is longer"


def test_curves_that_end_together_have_their_names_apart() -> None:
    ends = {name: np.array([(0.0, 1.0), (1.0, 1.0)]) for name in "ab"}
    picture = draw_plot(ends, Axis(), Axis(), (640, 300))
    first, second = (
        np.argwhere((picture[:, 480:] == colour).all(2))[:, 0].mean()
        for colour in ((200, 80, 40), (40, 90, 200))
    )
    assert second - first > 10


def test_a_saved_picture_is_read_back_the_same(tmp_path: Path) -> None:
    picture = draw_plot({"a": np.array([(1.0, 2.0)])}, Axis(), Axis())
    save_picture(tmp_path / "curves.png", picture)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "curves.png")), picture)
