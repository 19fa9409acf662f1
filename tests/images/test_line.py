"""The one line normaliser: form, contrast, polarity."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkread.errors import ImageError
from inkread.images import line
from inkread.images.line import (
    MAX_WIDTH,
    normal_scale,
    normalise_line,
    pad_to_width,
    to_grey,
    to_input,
    with_margin,
)


def written(ink=20, paper=240, height=60, width=500, text="a line of ink"):
    image = np.full((height, width), paper, np.uint8)
    cv2.putText(image, text, (10, height * 2 // 3), cv2.FONT_HERSHEY_SIMPLEX, 1.2, ink, 3, cv2.LINE_AA)
    return image


def test_any_size_becomes_48_rows_and_a_width_in_steps_of_32():
    for height, width in ((60, 500), (20, 37), (300, 200), (1, 1), (48, 64)):
        line = normalise_line(np.full((height, width), 200, np.uint8))
        assert line.dtype == np.uint8
        assert line.shape[0] == 48
        assert line.shape[1] % 32 == 0
    assert normalise_line(np.full((10, 9000), 255, np.uint8)).shape == (48, MAX_WIDTH)


def test_contrast_is_stretched_and_blank_paper_stays_paper():
    faint = normalise_line(written(ink=150, paper=210))
    assert faint.min() < 30 and np.median(faint) > 250
    noisy = np.random.default_rng(1).normal(200, 3, (48, 300)).clip(0, 255).astype(np.uint8)
    assert normalise_line(noisy).min() > 150


def test_light_ink_on_dark_ground_reads_as_dark_ink_on_light():
    dark = normalise_line(written())
    light = normalise_line(255 - written())
    assert np.abs(dark.astype(int) - light.astype(int)).mean() < 2.0


def test_a_shadow_over_most_of_a_line_does_not_turn_it():
    shade = np.linspace(0.35, 1.0, 500) ** 2
    shaded = (written(ink=120) * shade[None, :]).astype(np.uint8)
    assert normalise_line(shaded)[:, -40:].mean() > 200


def test_ink_at_the_very_edge_gets_room_and_room_that_is_there_stays():
    tight = np.full((50, 400), 255, np.uint8)
    tight[:, 100:110] = 0
    padded = with_margin(tight)
    assert padded.shape == (58, 400)
    assert (padded[:4] == 255).all() and (padded[-4:] == 255).all()
    assert with_margin(padded).shape[0] <= 60
    roomy = np.full((50, 400), 255, np.uint8)
    roomy[10:40, 100:110] = 0
    assert with_margin(roomy) is roomy
    assert normal_scale(tight) == pytest.approx(48 / 58, rel=0.01)
    assert normal_scale(roomy) == pytest.approx(48 / 50, rel=0.01)


def test_colour_and_alpha_become_grey():
    grey = written()
    rgb = np.repeat(grey[:, :, None], 3, axis=2)
    assert np.abs(to_grey(rgb).astype(int) - grey).max() <= 1
    clear = np.dstack([np.zeros_like(rgb), np.zeros_like(grey)])
    assert (to_grey(clear) == 255).all()


@pytest.mark.parametrize(
    "bad", [np.zeros((4, 4), np.float32), np.zeros((0, 5), np.uint8), np.zeros((4, 4, 2), np.uint8)]
)
def test_wrong_arrays_are_refused(bad):
    with pytest.raises(ImageError):
        normalise_line(bad)


def test_padding_and_scaling():
    line = np.zeros((48, 32), np.uint8)
    padded = pad_to_width(line, 64)
    assert padded.shape == (48, 64) and (padded[:, 32:] == 255).all()
    scaled = to_input(padded[None])
    assert scaled.shape == (1, 1, 48, 64) and scaled.dtype == np.float32
    assert (scaled.min(), scaled.max()) == (-1.0, 1.0)


def test_percentiles_are_those_of_numpy() -> None:
    rng = np.random.default_rng(7)
    shares = (0.5, 50.0, 75.0, 99.5)
    for rows, columns in ((1, 1), (1, 2), (7, 31), (48, 200)):
        grey = rng.integers(0, 256, (rows, columns), dtype=np.uint8)
        assert np.allclose(
            line._percentiles(line._histogram(grey), shares), np.percentile(grey, shares), atol=1e-9
        )
