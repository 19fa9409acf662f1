from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkread.layout.direction import row_direction
from tests.layout.drawing import page, write


def _written() -> np.ndarray:
    grey, text_map = page(600, 600)
    for y in range(150, 460, 60):
        for x, width in ((130, 90), (240, 160), (420, 50)):
            write(grey, text_map, x, y, width)
    return text_map


@pytest.mark.parametrize("degrees", [-60.0, -30.0, 0.0, 20.0, 45.0, 80.0])
def test_the_rows_of_a_page_turned_by_any_angle(degrees: float) -> None:
    turn = cv2.getRotationMatrix2D((300, 300), -degrees, 1.0)  # OpenCV's angles count counter-clockwise
    turned = np.asarray(cv2.warpAffine(_written(), turn, (600, 600)), dtype=np.float32)
    assert row_direction(turned) == pytest.approx(degrees, abs=2.0)


def test_a_page_on_its_side() -> None:
    assert abs(row_direction(np.ascontiguousarray(np.rot90(_written())))) == pytest.approx(90.0, abs=1.0)


def test_no_text_and_round_blots_have_no_direction() -> None:
    assert row_direction(np.zeros((50, 80), dtype=np.float32)) == 0.0
    blots = np.zeros((300, 300), dtype=np.float32)
    for x in range(40, 300, 60):
        cv2.circle(blots, (x, x), 15, 1.0, -1)
    assert row_direction(blots) == 0.0
