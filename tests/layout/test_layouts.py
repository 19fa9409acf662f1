"""Hand-made layouts: lines given region by region in reading order are put back in it, however mixed."""

from __future__ import annotations

import numpy as np
import pytest

from inkread.layout.found import FoundLine
from inkread.layout.order import reading_order

SIZE = 20.0
STEP = 60

Box = tuple[float, float, float]  # first column, row of the feet, last column
Layout = list[list[Box]]


def block(left: float, top: float, rows: int, right: float, ragged: int = 0, step: float = STEP) -> list[Box]:
    """Rows one below the other; ``ragged`` pixels at most are missing at the right."""
    return [(left, top + step * row, right - (row * 37 % 5) * ragged / 4) for row in range(rows)]


BODY = block(100, 100, 12, 1100, 90)

LAYOUTS: dict[str, Layout] = {
    "one column": [BODY],
    "very ragged": [[(100, 100 + STEP * row, 200 + 830 * (row * 7 % 10) / 9) for row in range(12)]],
    "a poem": [block(100, 100, 4, 500, 300), block(100, 400, 4, 450, 260)],
    "indented first lines": [
        [(160, 100, 1100), *block(100, 160, 3, 1100, 50), (160, 340, 1080), *block(100, 400, 3, 1090, 60)]
    ],
    "an indented list": [
        [(100, 100, 1100), *block(180, 160, 2, 700, 200), *block(260, 280, 3, 600, 100), (180, 460, 650)]
    ],
    "paragraphs": [block(100, 100, 4, 1100, 60), block(100, 450, 5, 1100, 80)],
    "date at the right above": [[(800, 60, 1090)], block(100, 220, 8, 1100, 60)],
    "date just above the greeting": [[(800, 60, 1090), (100, 120, 420), *block(100, 180, 6, 1100, 60)]],
    "address at the right above": [block(720, 60, 4, 1090, 60), [(100, 400, 420), *block(100, 460, 6, 1100)]],
    "signature at the right": [[*block(100, 100, 6, 1100, 60), (100, 460, 380)], [(700, 600, 1000)]],
    "words far apart": [
        [(100, 100, 1100), (100, 160, 300), (560, 164, 640), (900, 158, 1080), *block(100, 220, 5, 1100)]
    ],
    "words far apart on two rows": [
        [*block(100, 100, 3, 1100), (100, 280, 300), (800, 284, 900), (100, 340, 250), (800, 338, 890),
         *block(100, 400, 3, 1100)]
    ],
    "a word apart in a list of short rows": [
        [(100, 100, 300), (100, 160, 320), (100, 220, 280), (400, 222, 480), *block(100, 280, 2, 330)],
    ],
    "numbers behind a list": [
        [box for row in range(6) for box in ((100, 100 + 60 * row, 300 + 20 * (row % 3)),
                                             (700, 102 + 60 * row, 780))]
    ],
    "numbers before a list": [
        [box for row in range(6) for box in ((100, 100 + 60 * row, 130), (190, 102 + 60 * row, 800))]
    ],
    "two columns": [block(100, 100, 10, 560, 60), block(640, 100, 10, 1100, 60)],
    "two columns, a narrow gutter": [block(100, 100, 10, 590, 40), block(612, 107, 10, 1100, 40)],
    "two columns on the same rows": [block(100, 100, 8, 560, 30), block(620, 100, 8, 1100, 30)],
    "two columns, the left one short": [block(100, 100, 4, 560, 60), block(640, 110, 10, 1100, 60)],
    "two columns, the right one short": [block(100, 100, 10, 560, 60), block(640, 110, 3, 1100, 60)],
    "three columns": [block(100, 100, 8, 400, 40), block(450, 110, 8, 750, 40), block(800, 104, 6, 1100, 40)],
    "a heading over two columns": [
        [(300, 60, 900)], block(100, 180, 8, 560, 60), block(640, 180, 8, 1100, 60)
    ],
    "columns below much text": [
        block(100, 100, 10, 1100), block(100, 760, 4, 560, 60), block(640, 764, 4, 1100, 60)
    ],
    "columns above much text": [
        block(100, 100, 4, 560, 60), block(640, 104, 4, 1100, 60), block(100, 400, 10, 1100)
    ],
    "columns, text, columns": [
        block(100, 100, 4, 560, 60), block(640, 104, 4, 1100, 60), block(100, 350, 3, 1100),
        block(100, 550, 5, 400, 60), block(460, 554, 5, 1100, 60),
    ],
    "a date over two columns": [
        [(800, 40, 1090)], block(100, 200, 8, 560, 60), block(640, 200, 8, 1100, 60)
    ],
    "a spread of two pages": [
        [(250, 60, 400)], block(100, 180, 10, 560, 60), [(300, 860, 340)],
        [(900, 62, 1050)], block(740, 180, 10, 1200, 60), [(950, 862, 990)],
    ],
    "a spread, the left page begins low": [block(100, 400, 6, 560, 60), block(740, 100, 11, 1200, 60)],
    "a spread of two columns each": [
        block(100, 100, 8, 380, 30), block(430, 104, 8, 700, 30),
        block(900, 100, 8, 1180, 30), block(1230, 96, 8, 1500, 30),
    ],
    "a note in the right margin": [block(100, 100, 12, 900, 60), block(960, 250, 3, 1150, 30, 40)],
    "a note in the left margin": [block(300, 100, 12, 1100, 60), block(60, 250, 3, 240, 30, 40)],
    "a note of one line": [block(300, 100, 12, 1100, 60), [(60, 285, 240)]],
    "a note of one line on a line's height": [block(300, 100, 12, 1100, 60), [(60, 281, 240)]],
    "a long note": [block(300, 100, 14, 1100, 60), block(60, 200, 7, 250, 30, 50)],
    "a note beside the first paragraph": [
        block(300, 100, 5, 1100, 60), block(60, 150, 3, 240, 30, 40), block(300, 500, 6, 1100, 60)
    ],
    "a note beside the second paragraph": [
        block(100, 100, 5, 900, 60), block(100, 500, 6, 900, 60), block(960, 600, 2, 1150, 30, 40)
    ],
    "notes on both sides": [
        block(300, 100, 6, 900, 60), block(960, 200, 2, 1150, 20, 44),
        block(300, 560, 6, 900, 60), block(60, 650, 3, 240, 20, 44),
    ],
    "a heading, text and a note": [
        [(200, 60, 1100)], block(300, 200, 8, 1000, 60), block(60, 290, 2, 240, 30, 40)
    ],
}  # fmt: skip


def line(box: Box, tilt: float = 0.0) -> FoundLine:
    left, foot, right = box
    ends = np.array([[left, foot + tilt * left], [right, foot + tilt * right]], dtype=np.float32)
    up, down = np.array([0, -2 * SIZE], np.float32), np.array([0, SIZE], np.float32)
    return FoundLine(np.concatenate([ends + up, (ends + down)[::-1]]), ends, SIZE)


@pytest.mark.parametrize("tilt", [0.0, 0.006, -0.006])
@pytest.mark.parametrize("name", list(LAYOUTS))
def test_a_layout_is_read_in_its_order_and_parted_into_its_regions(name: str, tilt: float) -> None:
    regions = [[line(box, tilt) for box in region] for region in LAYOUTS[name]]
    flat = [found for region in regions for found in region]
    mixed = [flat[number] for number in np.random.default_rng(3).permutation(len(flat))]
    ordered = reading_order(mixed, (1600, 1000))
    place = {id(found): number for number, found in enumerate(flat)}
    assert [place[id(found)] for region in ordered for found in region] == list(range(len(flat)))
    assert [len(region) for region in ordered] == [len(region) for region in regions]


def test_many_lines_all_over_a_page_are_ordered_each_once_and_soon() -> None:
    rng = np.random.default_rng(4)
    places = rng.uniform(0, 3000, (300, 2))
    lines = [
        line((x, y, x + 40 + 400 * width)) for (x, y), width in zip(places, rng.random(300), strict=True)
    ]
    ordered = [found for region in reading_order(lines, (3400, 3000)) for found in region]
    assert sorted(map(id, ordered)) == sorted(map(id, lines))
