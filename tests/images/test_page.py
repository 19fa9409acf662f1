from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkread.images.deskew import skew_angle
from inkread.images.light import even_light, is_light_on_dark
from inkread.images.page import MAX_SIDE, find_sheet
from inkread.images.quad import find_quad

Rgb = npt.NDArray[np.uint8]


def _written(width: int = 700, height: int = 900) -> Rgb:
    """A page of writing-like strokes."""
    image = np.full((height, width, 3), 250, dtype=np.uint8)
    rng = np.random.default_rng(3)
    for y in range(100, height - 80, 60):
        for x in range(60, width - 80, 22):
            tilt = int(rng.integers(-4, 5))
            cv2.line(image, (x, y - 22), (x + 6 + tilt, y), (40, 40, 60), 2, cv2.LINE_AA)
            cv2.line(image, (x + 6 + tilt, y), (x + 16, y - 18), (40, 40, 60), 2, cv2.LINE_AA)
    return image


def _turned(image: Rgb, degrees: float) -> Rgb:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(image, matrix, (width, height), borderValue=(250, 250, 250)), dtype=np.uint8
    )


def _photographed(image: Rgb, corners: npt.NDArray[np.float64]) -> tuple[Rgb, npt.NDArray[np.float64]]:
    """The page on a brown desk, its corners at ``corners`` of a 1200 x 1300 picture."""
    height, width = image.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    desk = np.full((1300, 1200, 3), (110, 75, 45), dtype=np.uint8)
    warped = cv2.warpPerspective(image, matrix, (1200, 1300))
    mask = cv2.warpPerspective(np.full((height, width), 255, dtype=np.uint8), matrix, (1200, 1300))
    photo = np.where(mask[:, :, None] > 127, warped, desk).astype(np.float64)
    shade = np.linspace(1.0, 0.6, 1200)[None, :, None]
    return (photo * shade).astype(np.uint8), np.asarray(matrix, dtype=np.float64)


def carried(matrix: npt.NDArray[np.float64], points: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Points (N, 2) of the original by a projective map."""
    places = np.asarray(points, dtype=np.float64).reshape(-1, 1, 2)
    return np.asarray(cv2.perspectiveTransform(places, matrix)).reshape(-1, 2)


CORNERS = np.array([[210.0, 120.0], [980.0, 160.0], [1080.0, 1180.0], [130.0, 1120.0]])


def test_a_sheet_on_a_desk_is_found_and_flattened() -> None:
    photo, _ = _photographed(_written(), CORNERS)
    sheet = find_sheet(photo)
    assert sheet.found
    height, width = sheet.image.shape[:2]
    corners = sheet.to_original([[0, 0], [width, 0], [width, height], [0, height]])
    assert np.abs(corners - CORNERS).max() < 12
    border = np.concatenate([sheet.image[10, 20:-20], sheet.image[-10, 20:-20]])
    assert border.mean() > 225  # no desk left, and evenly lit


def _askew(degrees: float, side: int = 1300, zoom: float = 1.0) -> tuple[Rgb, npt.NDArray[np.float64]]:
    """The page turned counter-clockwise on a dark desk of coarse grain, and where its corners lie."""
    height, width = (900.0, 700.0)
    ways = np.radians(degrees)
    along = zoom * np.array([[np.cos(ways), -np.sin(ways)], [np.sin(ways), np.cos(ways)]])
    middle = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    corners = middle @ along + side / 2
    matrix = cv2.getPerspectiveTransform((middle + middle[2]).astype(np.float32), corners.astype(np.float32))
    grain = np.random.default_rng(2).normal(0, 6, (side // 20, side // 4)).astype(np.float32)
    desk = 35 + cv2.resize(grain, (side, side), interpolation=cv2.INTER_LINEAR)[..., None] * np.ones(3)
    warped = cv2.warpPerspective(_written(), matrix, (side, side), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((900, 700), 255, np.uint8), matrix, (side, side))
    return np.where(mask[..., None] > 127, warped, desk).clip(0, 255).astype(np.uint8), corners


@pytest.mark.parametrize("degrees", [30.0, 45.0, 60.0, 135.0])
def test_quarter_turns_of_a_sheet_askew_begin_at_each_of_its_corners(degrees: float) -> None:
    photo, corners = _askew(degrees)
    sheets = [find_sheet(photo, turn) for turn in (0.0, 90.0, 180.0, 270.0)]
    firsts = []
    for turn, sheet in enumerate(sheets):
        assert sheet.found
        if sheet.angle == 90.0 * turn:  # on its side, a page's skew means nothing
            away = np.hypot(*carried(sheet.matrix, corners).T)
            assert away.min() < 12
            firsts.append(int(away.argmin()))
    assert 0 in firsts and len(set(firsts)) == len(firsts)  # one is upright


def _open_book(lower: int) -> Rgb:
    """Two bright pages of 620 x 800, parted by a dark fold, the right one lower."""
    photo = np.full((1000, 1500, 3), (70, 60, 55), dtype=np.uint8)
    photo[100:900, 100:720] = _written(620, 800)
    photo[100 + lower : 900 + lower, 750:1370] = _written(620, 800)
    return photo


@pytest.mark.parametrize("lower", [0, 20])
def test_both_pages_of_an_open_book_are_the_sheet(lower: int) -> None:
    quad = find_quad(_open_book(lower))
    assert quad is not None
    corners = [[100, 100], [1370, 100 + lower], [1370, 900 + lower], [100, 900]]
    assert np.abs(quad - corners).max() < 15


def test_no_page_is_taken_for_the_sheet_where_both_are_no_quad() -> None:
    assert find_quad(_open_book(95)) is None


@pytest.mark.parametrize("box", [(100, 500, 750, 1150), (100, 620, 750, 1160), (450, 1000, 750, 1200)])
def test_another_bright_thing_beside_the_sheet_is_no_other_page(box: tuple[int, int, int, int]) -> None:
    top, bottom, left, right = box
    photo = np.full((1000, 1500, 3), (70, 60, 55), dtype=np.uint8)
    photo[100:900, 100:720] = _written(620, 800)
    photo[top:bottom, left:right] = 250
    quad = find_quad(photo)
    assert quad is not None
    assert np.abs(quad - [[100, 100], [720, 100], [720, 900], [100, 900]]).max() < 15


def test_a_picture_with_hardly_anything_bright_has_no_sheet() -> None:
    photo = np.zeros((600, 800, 3), dtype=np.uint8)
    photo[:, 400:404] = 255
    assert find_quad(photo) is None


def test_a_sheet_seen_from_afar_is_found() -> None:
    photo, corners = _askew(45.0, 2000, 0.8)
    found = find_quad(
        np.asarray(cv2.resize(photo, (1000, 1000), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    )
    assert found is not None
    assert np.abs(np.sort(2 * found, axis=0) - np.sort(corners, axis=0)).max() < 8


def test_a_bright_card_on_a_dark_screen_with_writing_is_not_taken_for_the_sheet() -> None:
    screen = np.full((1000, 700, 3), 24, dtype=np.uint8)
    screen[100:300, 100:500] = 245
    assert find_quad(screen) is not None
    for row in range(400, 950, 40):
        cv2.putText(
            screen, "writing in the dark", (60, row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (220, 220, 220), 1
        )
    assert find_quad(screen) is None


def test_points_of_the_sheet_are_carried_back_within_two_pixels() -> None:
    marked = _written()
    marks = np.array([[120, 45], [600, 45], [350, 860], [90, 840]])
    for x, y in marks:
        cv2.circle(marked, (int(x), int(y)), 6, (0, 0, 0), -1)
    photo, matrix = _photographed(marked, CORNERS)
    sheet = find_sheet(photo)
    expected = carried(matrix, marks)
    dark = np.asarray(sheet.image.min(axis=2) < 110, dtype=np.uint8)
    for place in expected:
        x, y = carried(sheet.matrix, [place])[0].round().astype(int)
        window = dark[y - 15 : y + 16, x - 15 : x + 16]
        rows, columns = np.nonzero(window)
        seen = np.array([[columns.mean() + x - 15 + 0.5, rows.mean() + y - 15 + 0.5]])
        assert np.hypot(*(sheet.to_original(seen)[0] - place)) < 2.0


def test_a_scan_keeps_its_frame_and_pixels() -> None:
    scan = _written()
    sheet = find_sheet(scan)
    assert not sheet.found and sheet.angle == 0.0
    assert np.array_equal(sheet.image, scan)
    assert np.allclose(sheet.to_original([[10.0, 20.0]]), [[10.0, 20.0]])


def test_a_close_up_in_uneven_light_is_not_taken_for_a_sheet() -> None:
    shade = np.linspace(1.0, 0.45, 700)[None, :, None]
    assert find_quad((_written() * shade).astype(np.uint8)) is None


@pytest.mark.parametrize("degrees", [-11.0, -3.0, 2.0, 7.0])
def test_the_skew_is_found_within_half_a_degree(degrees: float) -> None:
    grey = cv2.cvtColor(_turned(_written(), degrees), cv2.COLOR_RGB2GRAY)
    assert skew_angle(np.asarray(grey, dtype=np.uint8)) == pytest.approx(-degrees, abs=0.5)


def test_blank_and_noisy_pages_are_not_turned() -> None:
    assert skew_angle(np.full((900, 700), 255, dtype=np.uint8)) == 0.0
    noise = np.random.default_rng(1).integers(0, 256, (900, 700)).astype(np.uint8)
    assert skew_angle(noise) == 0.0


def test_a_slanted_scan_is_turned_and_carried_back() -> None:
    scan = _turned(_written(), 6.0)
    sheet = find_sheet(scan)
    assert sheet.angle == pytest.approx(-6.0, abs=0.5)
    places = np.array([[100.0, 200.0], [500.0, 800.0]])
    assert np.allclose(sheet.to_original(carried(sheet.matrix, places)), places, atol=0.01)


def test_uneven_light_is_evened_and_ink_stays_dark() -> None:
    shade = np.linspace(1.0, 0.5, 700)[None, :, None]
    even = even_light((_written() * shade).astype(np.uint8))
    paper = even[40:70, ::50].astype(int)
    assert paper.min() > 235
    assert even[:, 500:].min() < 120


def test_light_ink_on_a_dark_ground_is_turned_over() -> None:
    board = np.asarray(255 - _written(), dtype=np.uint8)
    assert is_light_on_dark(board) and not is_light_on_dark(_written())
    assert np.median(find_sheet(board).image) > 200


def test_a_large_photo_is_brought_to_a_size_that_can_be_worked_with() -> None:
    scan = np.full((4800, 3600, 3), 250, dtype=np.uint8)
    sheet = find_sheet(scan)
    assert max(sheet.image.shape) == MAX_SIDE
    assert np.allclose(sheet.to_original([[2400.0, 3200.0]]), [[3600.0, 4800.0]])


def test_a_long_strip_that_is_turned_stays_of_a_bounded_size() -> None:
    strip = np.full((9_000, 80, 3), 250, dtype=np.uint8)
    for row in range(40, 8_900, 50):
        cv2.line(strip, (8, row), (72, row + 8), (30, 30, 30), 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("inkread.images.page._MAX_AREA", 1_000_000)
        sheet = find_sheet(strip)
    assert abs(sheet.angle - 7.1) < 1.0
    height, width = sheet.image.shape[:2]
    assert height * width <= 1_010_000
    corners = carried(sheet.matrix, [[0, 0], [80, 0], [80, 9_000], [0, 9_000]])
    assert corners.min(axis=0) == pytest.approx((0, 0), abs=2)
    assert corners.max(axis=0) == pytest.approx((width, height), abs=2)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (40, 30)])
def test_tiny_images_pass_through(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), 200, dtype=np.uint8)
    assert find_sheet(image).image.shape[:2] == size


def test_grey_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        find_sheet(np.zeros((10, 10), dtype=np.uint8))
