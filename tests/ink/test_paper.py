import numpy as np

from inkread.ink.camera import jpeg, shoot
from inkread.ink.paper import bilevel, clouds, noise, on_paper, rules


def ink() -> np.ndarray:
    coverage = np.zeros((70, 300), np.uint8)
    coverage[20:50, 30:270:12] = 255
    coverage[20:50, 31:270:12] = 255
    coverage[20:50, 32:270:12] = 255
    return coverage


def test_noise_has_deviation_one_and_the_size_asked_for() -> None:
    rng = np.random.default_rng(0)
    for size in ((60, 900), (400, 50)):
        for grain in (0.0, 0.7):
            field = noise(rng, *size, grain)
            assert field.shape == size
            assert 0.85 < field.std() < 1.15


def test_clouds_are_smooth() -> None:
    field = clouds(np.random.default_rng(0), 60, 400, 30)
    assert field.shape == (60, 400)
    assert np.abs(np.diff(field, axis=1)).max() < 0.4


def test_a_bilevel_scan_is_dark_where_ink_is_and_white_elsewhere() -> None:
    coverage = ink()
    for seed in range(20):
        scan = bilevel(coverage, np.random.default_rng(seed))
        assert scan.dtype == np.uint8
        assert scan[coverage > 200].mean() < 60
        assert scan[:15].mean() > 245


def test_ink_stands_out_on_every_paper() -> None:
    coverage = ink()
    for seed in range(60):
        sheet, contrast = on_paper(coverage, np.random.default_rng(seed), 50.0, 20.0)
        assert sheet.dtype == np.float32
        assert contrast > 30
        picture = shoot(sheet, np.random.default_rng(seed), contrast)
        assert picture.shape == coverage.shape
        near = picture[20:50, 30:270].astype(float)
        written = near[:, (coverage[25, 30:270] > 0)]
        blank = near[:, (coverage[25, 30:270] == 0)]
        assert blank.mean() - written.mean() > 12


def test_rules_run_across_the_whole_line() -> None:
    found = 0
    for seed in range(20):
        lines = rules(np.random.default_rng(seed), 70, 400, 50.0, 20.0)
        assert lines.shape == (70, 400)
        found += bool((lines[:, 5] > 0).any() and (lines[:, -5] > 0).any())
    assert found >= 17


def test_jpeg_keeps_size_and_about_the_content() -> None:
    picture = np.full((33, 47), 200, np.uint8)
    assert jpeg(picture, 50).shape == (33, 47)
    assert abs(float(jpeg(picture, 50).mean()) - 200) < 3
