import numpy as np

from inkread.ink.page_shot import expose, lit, photograph, scanned, taken, two_tones
from inkread.ink.page_warp import Warp

SHIFT = np.array([[1.0, 0.0, 20.0], [0.0, 1.0, 30.0], [0.0, 0.0, 1.0]])


def sheet(channels: int = 1) -> tuple[np.ndarray, np.ndarray]:
    page = np.full((120, 100, channels), 240.0, np.float32)
    owner = np.zeros((120, 100), np.int32)
    page[60:64, 20:80] = 40.0
    owner[60:64, 20:80] = 1
    return page, owner


def test_two_tones_keep_ink_dark_and_paper_white() -> None:
    for seed in range(20):
        page, owner = sheet()
        page[owner == 0] = 255.0
        out = two_tones(page, np.random.default_rng(seed))
        assert out[owner > 0].mean() < 40 and out[owner == 0].mean() > 235


def test_owners_move_with_the_ink() -> None:
    page, owner = sheet(3)
    warp = Warp(SHIFT, (180, 160), 100.0)
    seen, moved = photograph(page, owner, warp, np.random.default_rng(5), set())
    assert seen.shape == (180, 160, 3) and moved.dtype == np.int32
    assert np.array_equal(np.argwhere(moved)[[0, -1]], [[90, 40], [93, 99]])
    assert (seen[moved > 0] < 60).all()
    askew, owners = scanned(*sheet(), warp, np.random.default_rng(5))
    assert np.array_equal(owners, moved) and (askew[owners > 0] < 60).all()


def test_a_strip_is_torn_off_where_nothing_is_written() -> None:
    warp = Warp(np.eye(3), (120, 100), 100.0)
    for seed in range(10):
        traits: set[str] = set()
        page, owner = sheet()
        _, moved = photograph(page, owner, warp, np.random.default_rng(seed), traits, (20, 60, 20, 56))
        assert "torn" in traits and np.array_equal(moved > 0, owner > 0)


def test_light_and_exposure_leave_ink_darker_than_paper() -> None:
    for seed in range(20):
        page, owner = sheet(3)
        lit(page, np.random.default_rng(seed), set())
        expose(page, np.random.default_rng(seed))
        image = taken(page, np.random.default_rng(seed), set(), 1.0)
        assert image.dtype == np.uint8 and image.shape == (120, 100, 3)
        assert image[owner > 0].mean() < image[owner == 0].mean() - 25
