import numpy as np
import pytest

from inkread.ink.distort import Shape, choose_shape, stroke_width, take, thicken, warp


def bar(rows: int = 40, columns: int = 200, thickness: int = 4) -> np.ndarray:
    image = np.zeros((rows, columns), np.uint8)
    image[20 : 20 + thickness, 20:180] = 255
    return image


def test_the_neutral_shape_leaves_the_picture_as_it_is() -> None:
    image = bar()
    warped = warp(image, Shape(), np.random.default_rng(0), pad=3)
    assert warped.shape == (46, 206)
    assert np.abs(warped[3:-3, 3:-3].astype(int) - image).max() <= 2


def test_scale_and_aspect_are_kept() -> None:
    warped = warp(bar(), Shape(scale=1.5, aspect=0.8), np.random.default_rng(0))
    columns = np.flatnonzero((warped > 127).any(axis=0))
    rows = np.flatnonzero((warped > 127).any(axis=1))
    assert columns[-1] - columns[0] + 1 == pytest.approx(160 * 1.5 * 0.8, abs=2)
    assert rows[-1] - rows[0] + 1 == pytest.approx(6, abs=1)


def test_a_positive_slant_leans_to_the_right() -> None:
    image = np.zeros((40, 60), np.uint8)
    image[2:38, 28:32] = 255
    warped = warp(image, Shape(slant=0.3), np.random.default_rng(0))
    middle = warped.shape[0] // 2
    upper = np.average(np.arange(warped.shape[1]), weights=warped[middle - 10])
    lower = np.average(np.arange(warped.shape[1]), weights=warped[middle + 10])
    assert upper - lower == pytest.approx(6.0, abs=0.7)


def test_a_positive_rise_lowers_the_right_end() -> None:
    warped = warp(bar(), Shape(rise=6.0), np.random.default_rng(0))
    rows = np.arange(warped.shape[0])
    left, right = (np.average(rows, weights=warped[:, column]) for column in (30, 176))
    assert right - left == pytest.approx(12.0 * 146 / 206, abs=1.0)


def test_drawn_shapes_stay_in_bounds() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        shape = choose_shape(rng, 900.0, 60.0, 1.0)
        assert 0.74 <= shape.aspect <= 1.36
        assert abs(shape.slant) <= 0.38
        assert abs(shape.rise) <= 0.16 * 60.0 + 1e-9
        assert abs(shape.curve) <= 0.09 * 60.0 + 1e-9


def test_no_ink_is_lost_at_the_edges() -> None:
    rng = np.random.default_rng(4)
    image = np.zeros((50, 400), np.uint8)
    image[[0, -1]] = 255
    image[:, [0, -1]] = 255
    for _ in range(20):
        warped = warp(image, choose_shape(rng, 400.0, 50.0, 1.2), rng)
        edge = np.concatenate((warped[0], warped[-1], warped[:, 0], warped[:, -1]))
        assert (edge < 128).mean() > 0.99


@pytest.mark.parametrize("box", [(10, 5, 50, 30), (-4, -6, 20, 20), (180, 30, 230, 60), (250, 50, 260, 60)])
def test_taking_a_box_gives_its_size_whatever_lies_outside(box: tuple[int, int, int, int]) -> None:
    x0, y0, x1, y1 = box
    part = take(bar(), *box, fill=7)
    assert part.shape == (y1 - y0, x1 - x0)
    for y in range(y0, y1):
        for x in range(x0, x1, 5):
            inside = 0 <= y < 40 and 0 <= x < 200
            assert part[y - y0, x - x0] == (bar()[y, x] if inside else 7)


@pytest.mark.parametrize("change", [-0.4, 0.0, 0.5, 0.9])
def test_strokes_change_by_the_width_asked_for(change: float) -> None:
    image = bar(thickness=5)
    drawn = thicken(image, change)
    column = drawn[:, 100].astype(float).sum() / 255.0
    assert column == pytest.approx(5 + 2 * change, abs=0.45)


def test_hairlines_do_not_vanish() -> None:
    drawn = thicken(bar(thickness=1), 0.0, width=1.0)
    assert drawn[:, 100].max() > 150


def test_stroke_width_is_about_right() -> None:
    assert stroke_width(bar(thickness=3)) == pytest.approx(3.0 * 4.0 / np.pi, rel=0.1)
    assert stroke_width(np.zeros((10, 10), np.uint8)) == 0.0
