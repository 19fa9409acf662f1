import numpy as np
import pytest

from inkread.ink.page_paper import blend, crease, darken, rule, spoil, tinted


def test_a_rule_lies_under_each_line_of_writing() -> None:
    found = 0
    for seed in range(12):
        traits: set[str] = set()
        sheet = np.full((300, 200, 3), 250.0, np.float32)
        rule(sheet, np.random.default_rng(seed), 30.0, 45.0, traits)
        assert sheet.min() < 249 and sheet.max() <= 250.0
        if "ruled" in traits:
            found += 1
            rows = np.flatnonzero(sheet[:, 195].mean(axis=1) < 245)
            assert min(abs(int(row) - 45) for row in rows) <= 6
    assert found


def test_papers_stay_paper() -> None:
    for seed in range(25):
        rng = np.random.default_rng(seed)
        sheet = tinted(rng, 200, 150, seed % 2 == 0, set())
        spoil(sheet, rng, set())
        assert sheet.shape == (200, 150, 1 if seed % 2 == 0 else 3) and sheet.dtype == np.float32
        assert np.median(sheet) > 90


def test_ink_laid_across_an_edge_is_cut() -> None:
    sheet = np.full((20, 20, 3), 200.0, np.float32)
    blend(sheet, np.full((10, 10), 255, np.uint8), np.array((10, 20, 30), np.float32), 1.0, -5, 15)
    assert sheet[17, 2].tolist() == pytest.approx([10, 20, 30]) and sheet[17, 6].tolist() == [200, 200, 200]
    blend(sheet, np.full((4, 4), 255, np.uint8), np.zeros(3, np.float32), 1.0, 40, 40)


def test_an_open_book_is_darkest_in_the_middle() -> None:
    sheet = np.full((40, 200, 1), 200.0, np.float32)
    crease(sheet, np.random.default_rng(1))
    assert sheet[20, 90:110].min() < sheet[20, :20].min()
    darken(sheet, np.full((5, 5), 0.5, np.float32))
    assert sheet.max() < 105
