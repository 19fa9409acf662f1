"""What a line finder's baseline and separator do for the lines of a page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkread.layout.lines import find_lines
from inkread.layout.look import look
from tests.layout.drawing import page, write


def note_and_body():
    """A margin note and a body line on one row: the page and its maps, core alone."""
    grey, core = page()
    write(grey, core, 60, 200, 100)
    write(grey, core, 200, 200, 500)
    return grey, maps_of(core)


def maps_of(core):
    return np.stack([core, np.zeros_like(core), np.zeros_like(core)])


def test_a_separator_parts_rows_that_the_core_runs_together() -> None:
    grey, core = page()
    for foot in (100, 125):
        write(grey, core, 80, foot, 600)
    core[95:110, 80:680] = 0.9  # no valley at any level
    maps = maps_of(core)
    assert len(find_lines(maps, grey)) == 1
    maps[2, 101:105, 60:700] = 0.95
    assert len(find_lines(maps, grey)) == 2


def test_an_upright_separator_keeps_a_margin_note_from_its_neighbour() -> None:
    grey, maps = note_and_body()
    assert len(find_lines(maps, grey)) == 1
    maps[2, 150:260, 178:182] = 0.9
    assert len(find_lines(maps, grey)) == 2


def test_a_separator_above_the_gap_of_two_words_parts_nothing() -> None:
    grey, maps = note_and_body()
    maps[2, 176:184, 40:700] = 0.95
    assert len(find_lines(maps, grey)) == 1


def test_the_baseline_is_where_its_map_has_it() -> None:
    grey, core = page()
    write(grey, core, 80, 200, 600)
    maps = maps_of(core)
    (plain,) = find_lines(maps, grey)
    assert plain.baseline[:, 1] == pytest.approx(200, abs=2)
    course = np.array([(80, 204), (680, 210)], dtype=np.int32)
    cv2.polylines(maps[1], [course.reshape(-1, 1, 2)], False, 0.9, 3)
    (line,) = find_lines(maps, grey)
    middle = np.interp([100, 400, 660], line.baseline[:, 0], line.baseline[:, 1])
    assert middle == pytest.approx([204.2, 207.2, 209.8], abs=1.2)


def test_a_baseline_seen_in_a_corner_alone_is_not_followed() -> None:
    grey, core = page()
    write(grey, core, 80, 200, 600)
    maps = maps_of(core)
    maps[1, 206:209, 80:140] = 0.9
    (line,) = find_lines(maps, grey)
    assert line.baseline[:, 1] == pytest.approx(200, abs=2)


def test_a_map_of_another_size_than_the_page_is_refused() -> None:
    grey, core = page()
    with pytest.raises(ValueError, match="same shape"):
        find_lines(maps_of(core)[:, 1:], grey)


def test_looking_takes_three_maps_also_in_tiles() -> None:
    grey, core = page(500, 5000)
    for foot in range(100, 4900, 300):
        write(grey, core, 60, foot, 380)

    def detect(image):
        dark = (image.min(axis=2) < 128).astype(np.uint8)
        joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((9, 31), dtype=np.uint8))
        return maps_of(joined.astype(np.float32) * 0.9)

    rgb = np.repeat(grey[:, :, None], 3, axis=2)
    assert len(look(rgb, detect).lines) == len(range(100, 4900, 300))
