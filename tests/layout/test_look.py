"""Pages, strips and tiny writing through a detector that sees whatever is dark."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkread.layout.look import SIDE, look

Rgb = npt.NDArray[np.uint8]


class Detector:
    """Marks rows of dark pixels, and remembers what it was shown."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, image: Rgb) -> npt.NDArray[np.float32]:
        self.shapes.append(image.shape)
        dark = (image.min(axis=2) < 200).astype(np.uint8)
        return cv2.dilate(dark, np.ones((1, 21), np.uint8)).astype(np.float32)


def written(width: int, height: int, pitch: int, size: int) -> tuple[Rgb, int]:
    """A sheet full of rows of strokes ``size`` pixels high, and how many rows it has."""
    image = np.full((height, width, 3), 255, dtype=np.uint8)
    feet = range(pitch, height - size, pitch)
    for foot in feet:
        for left in range(width // 10, width - width // 10, max(size // 2, 3)):
            image[foot - size : foot, left : left + max(size // 8, 1)] = 0
    return image, len(feet)


def test_a_page_is_seen_whole_at_the_detectors_size() -> None:
    image, rows = written(1700, 2200, 200, 40)
    detector = Detector()
    seen = look(image, detector)
    assert detector.shapes == [(SIDE, round(1700 * SIDE / 2200), 3)]
    assert len(seen.lines) == rows and abs(seen.direction) < 1


def test_a_tall_strip_is_read_to_its_end_and_every_line_once() -> None:
    image, rows = written(300, 6_000, 90, 20)
    detector = Detector()
    lines = look(image, detector).lines
    assert len(lines) == rows
    feet = [float(line.baseline[:, 1].mean()) for line in lines]
    assert np.abs(np.array(feet) - np.arange(90, 6_000 - 20, 90)).max() < 6
    assert max(max(shape[:2]) for shape in detector.shapes) <= SIDE + 256
    assert len(detector.shapes) < 8


def test_a_long_line_is_one_line_across_tiles() -> None:
    image, rows = written(5_000, 200, 90, 30)
    detector = Detector()
    assert len(look(image, detector).lines) == rows and len(detector.shapes) > 1


def test_tiny_writing_is_looked_at_again_closer() -> None:
    image, rows = written(900, 3000, 30, 8)
    detector = Detector()
    seen = look(image, detector)
    assert len(detector.shapes) > 1 and len(seen.lines) == rows
    assert max(max(shape[:2]) for shape in detector.shapes) <= SIDE + 256


def test_an_empty_sheet() -> None:
    assert look(np.full((700, 500, 3), 255, dtype=np.uint8), Detector()).lines == []


def test_a_word_too_large_to_be_seen_is_looked_at_from_afar() -> None:
    image = np.full((1000, 1000, 3), 255, dtype=np.uint8)
    for left in range(150, 850, 60):
        image[300:700, left : left + 40] = 0
    detector = Detector()

    def longsighted(picture: Rgb) -> npt.NDArray[np.float32]:
        seen = detector(picture)
        return seen if max(picture.shape[:2]) < SIDE / 2 else np.zeros_like(seen)

    assert len(look(image, longsighted).lines) == 1
    assert len(detector.shapes) == 2


def test_huge_letters_that_are_seen_are_placed_by_a_look_from_afar() -> None:
    image, rows = written(SIDE, SIDE, 500, 300)
    detector = Detector()
    lines = look(image, detector).lines
    assert len(lines) == rows and max(detector.shapes[-1]) < SIDE / 4
    assert abs(float(lines[0].baseline[:, 1].mean()) - 500) < 30


def test_an_empty_sheet_is_looked_at_twice_at_most() -> None:
    detector = Detector()
    look(np.full((700, 500, 3), 255, dtype=np.uint8), detector)
    assert len(detector.shapes) <= 2


def blind(image: Rgb, shown: list[tuple[int, ...]]) -> npt.NDArray[np.float32]:
    shown.append(image.shape)
    return np.zeros(image.shape[:2], dtype=np.float32)


def paper(grain: float, specks: int) -> Rgb:
    draw = np.random.default_rng(7)
    page = (245 + grain * draw.normal(0, 1, (1800, 2400))).clip(0, 255).astype(np.uint8)
    for x, y in draw.integers(10, 1780, (specks, 2)):
        page[y : y + 4, x : x + 4] = 30
    return np.repeat(page[..., None], 3, axis=2)


@pytest.mark.parametrize(("grain", "specks"), [(4, 0), (0, 1), (0, 40)])
def test_paper_with_grain_or_specks_costs_no_more_than_an_empty_sheet(grain: float, specks: int) -> None:
    shown: list[tuple[int, ...]] = []
    assert look(paper(grain, specks), lambda image: blind(image, shown)).lines == []
    assert len(shown) == 2 and sum(shape[0] * shape[1] for shape in shown) < 1.1 * SIDE**2


@pytest.mark.parametrize("width", [400, 576, 700])
def test_a_strip_that_cannot_be_seen_closer_is_not_looked_at_again(width: int) -> None:
    strip, _ = written(width, 30_000, 40, 4)
    shown: list[tuple[int, ...]] = []
    look(strip, lambda image: blind(image, shown))
    assert sum(shape[0] * shape[1] for shape in shown) < 1.4 * 30_000 * width  # once, and from afar


def test_nothing_is_looked_at_twice_at_one_scale() -> None:
    page, _ = written(2400, 1800, 60, 8)
    shown: list[tuple[int, ...]] = []

    def shortsighted(image: Rgb) -> npt.NDArray[np.float32]:
        """Sees of all that is written the first line."""
        seen = blind(image, shown)
        top = int(np.flatnonzero(image.min(axis=(1, 2)) < 200)[0])
        seen[top : top + 4, image.shape[1] // 5 : -image.shape[1] // 5] = 1.0
        return seen

    assert look(page, shortsighted).lines
    assert len(shown) == 1 + 6  # whole, and closer in tiles
