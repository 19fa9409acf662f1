"""Pictures that are no page of writing, or one of a kind that no scale fits: bounded, never a crash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from inkread.decoding.hypothesis import Hypothesis
from inkread.layout.crop import crop_line
from inkread.layout.found import FoundLine
from inkread.reader import Reader
from inkread.recogniser import LogProbs, Recogniser
from tests.pictures import LINES, line_array, line_picture, page_picture

Image = npt.NDArray[np.uint8]


def noise(blur: float) -> Image:
    grains = np.random.default_rng(5).integers(0, 256, (500, 400, 3)).astype(np.uint8)
    return grains if not blur else np.asarray(cv2.GaussianBlur(grains, (0, 0), blur), dtype=np.uint8)


def scenery() -> Image:
    colours = np.random.default_rng(5).integers(0, 256, (12, 9, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(colours, (450, 600), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


@pytest.mark.parametrize("picture", [lambda: noise(0), lambda: noise(4), scenery])
def test_where_nothing_is_written_next_to_nothing_is_read(
    reader: Reader, picture: Callable[[], Image]
) -> None:
    page = reader.read(picture())
    doubted = all(line.confidence < 0.05 for line in page.lines)
    assert len(page.text) < (20 if doubted else 10)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (3, 900), (900, 3), (12, 3000)])
def test_a_picture_of_hardly_any_height_or_width_gives_nothing(
    reader: Reader, shape: tuple[int, int]
) -> None:
    picture = np.random.default_rng(5).integers(0, 256, (*shape, 3)).astype(np.uint8)
    assert reader.read(picture).text == ""


def tiny_print(shape: tuple[int, int], letters: int, count: int, first: tuple[int, int]) -> Pictures.Image:
    """Return a page of ``count`` printed lines, of letters so large, from its first one's left and top on."""
    picture = Pictures.new("L", shape, 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(letters)
    for number in range(count):
        place = (first[0], first[1] + (letters + 3) * number)
        draw.text(place, "the letter that came on a Monday", fill=30, font=font)
    return picture


def test_many_tiny_lines_are_found_one_by_one(reader: Reader) -> None:
    lines = reader.read(tiny_print((620, 480), 9, 38, (20, 12))).lines
    assert len(lines) == 38
    assert [line.polygon[0][1] for line in lines] == sorted(line.polygon[0][1] for line in lines)


def test_a_page_of_lines_too_tiny_to_be_seen_whole_is_looked_at_closer(reader: Reader) -> None:
    lines = reader.read(tiny_print((2400, 1800), 11, 16, (500, 600))).lines
    assert len(lines) == 16 and all("Monday" in line.text for line in lines)


def test_a_page_read_in_parts_is_the_same_page(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = reader.read(page_picture())
    monkeypatch.setattr("inkread.reader.parts", lambda crops: [[crop] for crop in crops])
    part = reader.read(page_picture())
    assert [line.polygon for line in part.lines] == [line.polygon for line in whole.lines]
    assert part.text == whole.text and part.language == whole.language


def test_a_page_read_in_parts_has_the_language_of_its_first_part_with_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its first part is a line in which nothing can be read, its last one is French."""
    texts = ("......", "thank you for the letter that came", "merci pour les lettres que vous avez")
    reader, decode = Reader(threads=1), Recogniser.decode
    assert reader.read(page_picture(texts[2:])).language == "fr"
    asked: list[str | None] = []

    def decoding(
        self: Recogniser,
        log_probs: Sequence[LogProbs],
        language: str | None = None,
        images: Sequence[npt.NDArray[np.uint8]] | None = None,
    ) -> tuple[list[list[Hypothesis]], str]:
        asked.append(language)
        readings, used = decode(self, log_probs, language, images)
        nothing = [[replace(readings[0][0], text="", frames=())]]
        return (nothing, "fr") if len(asked) == 1 else (readings, used)

    monkeypatch.setattr(Recogniser, "decode", decoding)
    monkeypatch.setattr("inkread.reader.parts", lambda crops: [[crop] for crop in crops])
    page = reader.read(page_picture(texts))
    assert asked == [None, None, "en"]
    assert page.language == "en" and len(page.lines) == 2


def test_one_giant_word_is_read(reader: Reader) -> None:
    assert reader.read(line_picture("Hello", 700).convert("RGB")).text == "Hello"


def test_text_at_45_degrees_is_read(reader: Reader) -> None:
    upright = np.asarray(page_picture().resize((600, 313)))
    turn = cv2.getRotationMatrix2D((300, 156), 45, 0.9)
    turn[:, 2] += (0, 150)
    askew = cv2.warpAffine(upright, turn, (600, 600), borderValue=upright[0, 0].tolist())
    lines = reader.read(np.asarray(askew, dtype=np.uint8)).lines
    assert [line.text.split()[0] for line in lines] == [text.split()[0] for text in LINES]


def test_a_tall_screenshot_is_read_to_its_end(reader: Reader) -> None:
    strip = np.full((9_000, 420, 3), 255, dtype=np.uint8)
    word = np.asarray(line_picture("better", 30, paper=255))
    for top in (40, 4_400, 8_900):
        strip[top : top + word.shape[0], 60 : 60 + word.shape[1]] = word[:, :, None]
    page = reader.read(strip)
    assert [line.text for line in page.lines] == ["better"] * 3
    assert [round(line.polygon[0][1], -2) for line in page.lines] == [0, 4_400, 8_900]


def test_a_line_as_large_as_the_page_is_cut_at_the_pages_own_scale() -> None:
    page = np.full((1600, 2400), 240, dtype=np.uint8)
    cv2.rectangle(page, (300, 400), (2100, 1200), 20, -1)
    box = np.array([[250, 350], [2150, 350], [2150, 1250], [250, 1250]], dtype=np.float32)
    crop = crop_line(page, FoundLine(box, box[[3, 2]], 900.0))
    assert crop.shape[1] == pytest.approx(1800, abs=220) and crop.min() < 40


@pytest.mark.parametrize("mirrored", [True, False])
def test_pale_writing_is_left_out_only_where_it_shines_through_from_behind(
    mirrored: bool,
) -> None:
    page = np.full((700, 900), 250, dtype=np.uint8)
    for number, text in enumerate(
        ["the first line here", "a second line there", "and then a third one", "the last"]
    ):
        word = line_array(text)
        page[60 + 150 * number : 60 + 150 * number + word.shape[0], 60 : 60 + word.shape[1]] = word
    faint = line_array("her grapes are ragged")
    faint = (250 - (250 - faint.astype(float)) * 0.4).astype(np.uint8)
    if mirrored:
        faint = faint[:, ::-1]
    page[135 : 135 + faint.shape[0], 200 : 200 + faint.shape[1]] = faint
    lines = [
        line.text
        for line in Reader(threads=1, language="en").read(np.repeat(page[:, :, None], 3, axis=2)).lines
    ]
    assert len(lines) == (4 if mirrored else 5), lines
