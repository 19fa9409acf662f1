import cv2
import numpy as np
import pytest

from inkread.errors import ImageError
from inkread.images.character import MARGIN, SIZE, ink_box, is_blank, is_normal, normalise_character


def drawn(side: int = 60, thick: int = 4, paper: int = 255, ink: int = 0) -> np.ndarray:
    """A crooked 7 in the middle of a square."""
    image = np.full((side, side), paper, np.uint8)
    points = np.array([[18, 12], [40, 12], [28, 48]], np.float64) * side / 60
    cv2.polylines(image, [points.astype(np.int32)], False, ink, thick, cv2.LINE_AA)
    return image


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def test_the_ink_fills_the_square_and_stands_in_the_middle() -> None:
    square = normalise_character(drawn())
    assert square.shape == (SIZE, SIZE) and square.dtype == np.uint8
    x0, y0, x1, y1 = ink_box(square)
    assert abs(max(x1 - x0, y1 - y0) - (SIZE - 2 * MARGIN)) <= 1
    assert abs(x0 + x1 - SIZE) <= 2 and abs(y0 + y1 - SIZE) <= 2
    assert square[0].min() > 240 and square.min() < 60


def test_place_and_size_in_the_crop_make_no_difference() -> None:
    square = normalise_character(drawn(120, 8))
    moved = np.full((200, 150), 255, np.uint8)
    moved[70:190, 20:140] = drawn(120, 8)
    assert apart(normalise_character(moved), square) < 1
    assert apart(normalise_character(drawn(480, 32)), square) < 12
    x0, y0, x1, y1 = ink_box(drawn(120, 8))
    assert apart(normalise_character(drawn(120, 8)[y0:y1, x0:x1]), square) < 12


@pytest.mark.parametrize(("paper", "ink"), [(0, 255), (40, 200), (230, 120)])
def test_light_on_dark_and_weak_contrast_come_out_alike(paper: int, ink: int) -> None:
    assert apart(normalise_character(drawn(120, 8, paper, ink)), normalise_character(drawn(120, 8))) < 8


def test_colours_and_transparency_come_out_alike() -> None:
    image = drawn()
    rgb = np.repeat(image[:, :, None], 3, axis=2)
    rgba = np.dstack([np.zeros((*image.shape, 3), np.uint8), 255 - image])
    for other in (rgb, rgba):
        assert apart(normalise_character(other), normalise_character(image)) < 2


def test_a_normal_character_stays_as_it_is() -> None:
    square = normalise_character(drawn(64, 6))
    assert is_normal(square)
    np.testing.assert_array_equal(normalise_character(square), square)
    assert not is_normal(255 - square) and not is_normal(square[:-1])
    assert not is_normal(np.full((SIZE, SIZE), 255, np.uint8))


def test_a_dot_becomes_a_blob_even_where_it_is_most_of_the_crop() -> None:
    dot = np.full((14, 14), 245, np.uint8)
    cv2.circle(dot, (7, 7), 5, 20, -1)
    for image in (dot, 255 - dot):
        square = normalise_character(image)
        assert square[SIZE // 2, SIZE // 2] < 60 and square[0, 0] > 200
        assert 0.4 < float((square < 128).mean()) < 0.75


def test_specks_are_not_part_of_the_character() -> None:
    image = drawn(120, 8)
    dirty = image.copy()
    dirty[3, 3] = dirty[116, 110] = 0
    assert apart(normalise_character(dirty), normalise_character(image)) < 1


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_image_is_blank(level: int) -> None:
    noise = np.random.default_rng(0).integers(-4, 5, (40, 30))
    image = np.clip(level + noise, 0, 255).astype(np.uint8)
    square = normalise_character(image)
    assert square.shape == (SIZE, SIZE) and is_blank(square)
    assert is_blank(normalise_character(image[:1, :1]))


@pytest.mark.parametrize("image", [np.zeros((5, 5)), np.zeros((0, 5), np.uint8), np.zeros(5, np.uint8)])
def test_what_is_no_image_is_refused(image: np.ndarray) -> None:
    with pytest.raises(ImageError):
        normalise_character(image)
