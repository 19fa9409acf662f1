import cv2
import numpy as np
import pytest

from inkread.ink.page_warp import Warp, choose_warp

MATRIX = np.array([[1.02, 0.05, 12.0], [-0.03, 0.98, 20.0], [4e-5, 2e-5, 1.0]])
WARP = Warp(MATRIX, (300, 260), 220.0, sink=14.0, inner=110.0, reach=50.0, taper=0.001)


def points() -> np.ndarray:
    return np.stack(np.meshgrid(np.linspace(0, 220, 9), np.linspace(0, 250, 9)), axis=-1).reshape(-1, 2)


def test_backward_undoes_forward() -> None:
    assert np.allclose(WARP.backward(WARP.forward(points())), points(), atol=0.01)


def test_the_map_of_an_image_is_the_way_back() -> None:
    maps = WARP.maps()
    assert maps.shape == (300, 260, 2) and maps.dtype == np.float32
    rows, columns = np.mgrid[0:300:37, 0:260:29]
    there = WARP.backward(np.stack([columns.ravel(), rows.ravel()], axis=1))
    inside = np.abs(there[:, 0] - 110) > 10  # the bend has an edge in the middle
    assert np.allclose(maps[rows.ravel(), columns.ravel()][inside], there[inside], atol=0.05)


def test_a_dot_on_the_page_is_seen_where_forward_says() -> None:
    page = np.zeros((250, 220), np.float32)
    page[99:102, 49:52] = 1.0
    seen = cv2.remap(page, WARP.maps(), None, cv2.INTER_LINEAR)
    rows, columns = np.nonzero(seen > 0.5)
    assert (columns.mean(), rows.mean()) == pytest.approx(WARP.forward(np.array([(50.0, 100.0)]))[0], abs=0.4)


def test_an_image_can_be_made_to_hold_all_points() -> None:
    shifted = Warp(np.array([[1, 0, -30.0], [0, 1, -10.0], [0, 0, 1]]), (200, 200), 220.0)
    holding = shifted.holding(points())
    seen = holding.forward(points())
    assert seen.min() >= 2.9
    assert (seen.max(axis=0) <= np.array(holding.size[::-1]) - 2.9).all()


def test_photographs_keep_the_page_in_sight() -> None:
    corners = np.array([(20, 20), (380, 20), (380, 580), (20, 580)], np.float32)
    for seed in range(30):
        warp = choose_warp(np.random.default_rng(seed), 600, 400, seed % 2 == 0, 1.0)
        seen = warp.forward(corners)
        assert (seen > -30).all() and (seen < np.array(warp.size[::-1]) + 30).all()
