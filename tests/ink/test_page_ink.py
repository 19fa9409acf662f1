import cv2
import numpy as np
import pytest

from inkread.ink.layer import InkLine, ink_box
from inkread.ink.page_ink import INK, Course, Laid, Written, lay
from inkread.ink.pen import Pen
from inkread.ink.strokes import Points

COURSE = Course(slope=0.05, sag=3.0, length=120.0, height=1.0, period=60.0)


def pen_line() -> Written:
    bars = [np.array([(x, -9.0), (x, 0.0)], np.float32) for x in range(0, 121, 8)]
    return Written("bars", 120.0, 9.0, tuple(bars), Pen(1.5))


def font_line() -> Written:
    coverage = np.zeros((60, 260), np.uint8)
    coverage[20:41, 10:252:16] = coverage[20:41, 11:252:16] = coverage[20:41, 12:252:16] = 255
    line = InkLine(coverage, "bars", ink_box(coverage), 41.0, 20.0)
    return Written("bars", (line.box[2] - line.box[0]) * 0.5, 10.0, mask=line, scale=0.5)


def rows_and_columns(laid: Laid) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.nonzero(laid.coverage >= INK)
    return rows + laid.top, columns + laid.left


@pytest.mark.parametrize("written", [pen_line(), font_line()], ids=["pen", "font"])
def test_ink_stands_on_its_course(written: Written) -> None:
    laid = lay(written, 200.0, 300.0, COURSE)
    rows, columns = rows_and_columns(laid)
    for column in np.unique(columns):
        foot = 300.0 + float(COURSE.at(np.array([column - 200.0]))[0])
        assert rows[columns == column].max() == pytest.approx(foot, abs=2.0)
    middle = np.interp(260.0, laid.baseline[:, 0], laid.baseline[:, 1])
    assert middle == pytest.approx(300.0 + float(COURSE.at(np.array([60.0]))[0]), abs=0.4)


@pytest.mark.parametrize("written", [pen_line(), font_line()], ids=["pen", "font"])
def test_the_outline_holds_the_ink_and_not_much_more(written: Written) -> None:
    laid = lay(written, 20.0, 40.0, COURSE)
    rows, columns = rows_and_columns(laid)
    mask = np.zeros((100, 200), np.uint8)
    cv2.fillPoly(mask, [np.rint(laid.outline * 16).astype(np.int32).reshape(-1, 1, 2)], 1, cv2.LINE_8, 4)
    assert mask[rows, columns].all()
    assert mask.sum() < 1.6 * written.width * 1.2 * written.x_height


def test_a_place_between_pixels_moves_the_ink_by_that_much() -> None:
    def middle(left: float) -> float:
        laid = lay(pen_line(), left, 40.0, Course())
        weights = laid.coverage.astype(float)
        return laid.left + float((weights.sum(axis=0) * np.arange(weights.shape[1])).sum() / weights.sum())

    assert middle(30.5) - middle(30.0) == pytest.approx(0.5, abs=0.15)


def test_a_line_without_ink_is_outlined_by_its_band() -> None:
    dot: Points = np.array([(0.0, 0.0)], np.float32)
    laid = lay(Written(".", 10.0, 8.0, (dot,), Pen(0.4)), 5.0, 20.0, Course())
    assert np.ptp(laid.outline[:, 1]) >= 8.0
