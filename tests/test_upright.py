"""Pages laid in all ways, with a detector of dark pixels and a recogniser that knows feet from heads."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkread.images.page import find_sheet
from inkread.layout.cutter import Crop
from inkread.layout.found import FoundLine
from inkread.reader import Reader
from inkread.upright import Draft, sureness, upright
from tests.pictures import LINES, page_picture

Image = npt.NDArray[np.uint8]


def page(rows: int = 5) -> Image:
    """Rows of combs, teeth upwards: their weight is at their feet."""
    image = np.full((600, 480, 3), 250, dtype=np.uint8)
    for number in range(rows):
        foot = 120 + 90 * number
        for left in range(50, 400 - 40 * (number % 2), 12):
            cv2.line(image, (left, foot - 16), (left, foot), (30, 30, 30), 2)
        cv2.rectangle(image, (50, foot - 4), (400 - 40 * (number % 2), foot), (30, 30, 30), -1)
    return image


def detect(image: Image) -> npt.NDArray[np.float32]:
    dark = (image.min(axis=2) < 128).astype(np.float32)
    return np.asarray(cv2.blur(dark, (9, 9)) > 0.1, dtype=np.float32)


def images(draft: Draft) -> list[Image]:
    return [crop.image for crop in draft.crops]


class Recogniser:
    """Sure of crops whose weight is at their feet; remembers how many it was given."""

    def __init__(self, right: float = 0.95, wrong: float = 0.55) -> None:
        self.calls: list[int] = []
        self.right, self.wrong = right, wrong

    def __call__(self, crops: Sequence[Image]) -> list[npt.NDArray[np.float32]]:
        self.calls.append(len(crops))
        return [self._line(crop) for crop in crops]

    def _line(self, crop: Image) -> npt.NDArray[np.float32]:
        ink = (crop < 128).sum(axis=1)
        half = len(ink) // 2
        standing = ink[-half:].sum() > 1.3 * ink[:half].sum() and crop.shape[1] > 2 * crop.shape[0]
        top = self.right if standing else self.wrong
        frames = np.full((20, 3), (1 - top) / 2)
        frames[np.arange(20), np.arange(20) % 2] = top
        return np.log(frames).astype(np.float32)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_laid_in_any_way_gives_the_very_lines_of_one_that_lies_upright(quarters: int) -> None:
    straight = upright(page(), detect, Recogniser())
    laid = np.ascontiguousarray(np.rot90(page(), quarters))
    draft = upright(laid, detect, Recogniser())
    assert (draft.turn + 90 * quarters) % 360 == 0
    assert len(draft.crops) == 5
    assert all(np.array_equal(*crops) for crops in zip(images(draft), images(straight), strict=True))
    (first, *_), (other, *_) = draft.regions[0], straight.regions[0]
    shift = {0: (0, 0, 1), 1: (0, 480, 1j), 2: (480, 600, -1), 3: (600, 0, -1j)}[quarters]
    place, usual = draft.sheet.to_original(first.baseline), straight.sheet.to_original(other.baseline)
    at = (usual[:, 0] + 1j * usual[:, 1]) * np.conj(shift[2]) + shift[0] + 1j * shift[1]
    assert np.allclose(place, np.stack([at.real, at.imag], axis=1), atol=0.6)


def test_a_page_askew_is_levelled() -> None:
    turn = cv2.getRotationMatrix2D((240, 300), 45, 0.8)
    askew = cv2.warpAffine(page(), turn, (600, 600), borderValue=(250, 250, 250))
    draft = upright(np.asarray(askew, dtype=np.uint8), detect, Recogniser())
    assert len(draft.crops) == 5 and abs(draft.sheet.angle + 45) < 3
    assert all(crop.image.shape[1] > 4 * crop.image.shape[0] for crop in draft.crops)


def sloping(degrees: float) -> Image:
    """A page whose rows fall by so much, above a level shaded picture: its ink tells no skew."""
    turn = cv2.getRotationMatrix2D((240, 300), -degrees, 0.8)
    askew = cv2.warpAffine(page(), turn, (600, 1200), borderValue=(250, 250, 250))
    shades = np.random.default_rng(3).integers(150, 250, (120, 150, 1), dtype=np.uint8)
    askew[650:1130] = cv2.resize(shades, (600, 480), interpolation=cv2.INTER_NEAREST)[..., None]
    return np.asarray(askew, dtype=np.uint8)


def test_rows_that_slope_a_little_are_levelled() -> None:
    laps: list[str] = []
    draft = upright(sloping(-10), detect, Recogniser(), laps.append)
    assert draft.turn == pytest.approx(-10, abs=1) and draft.sheet.angle == pytest.approx(-10, abs=1)
    assert abs(draft.direction) < 1 and len(draft.crops) == 5
    assert laps.count("sheet") == 2


def test_no_page_is_laid_twice_at_the_same_angle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows were level, and its deskewing made them fall."""
    monkeypatch.setattr("inkread.images.page.skew_angle", lambda grey: 10.0)
    laps: list[str] = []
    assert upright(page(), detect, Recogniser(), laps.append).turn == 0.0
    assert laps.count("sheet") == 1


@pytest.mark.parametrize("seen", [0.05, 0.4])
def test_a_page_on_its_side_in_which_something_else_is_seen_is_laid_upright(seen: float) -> None:
    """What a finder sees in rows that run upwards may be a stain, as large as the page, without direction."""
    standing = np.ascontiguousarray(np.rot90(page(), 3))

    def level_rows_and_stains(image: np.ndarray) -> np.ndarray:
        if image.shape[0] > image.shape[1]:
            return detect(image)
        stains = 0.0 * detect(image)
        stains[200:260, 200:260] = stains[300:360, 200:260] = 1.0
        return stains

    draft = upright(standing, level_rows_and_stains, Recogniser(right=0.9, wrong=seen))
    assert draft.turn == 90.0 and len(draft.crops) == 5


def test_rules_are_no_sample_of_the_writing() -> None:
    box = np.array([[0, 0], [9, 0], [9, 9], [0, 9]], dtype=np.float32)
    crops = [
        Crop(np.full(shape, 255, dtype=np.uint8), FoundLine(box, box[[3, 2]]), np.ones(2))
        for shape in ((40, 200), (5, 700), (44, 600), (4, 300), (38, 250))
    ]
    draft = Draft(0.0, find_sheet(page()), [], crops, 0.0)
    assert [image.shape for image in draft.sample()] == [(44, 600), (38, 250), (40, 200)]


def test_a_page_that_is_surely_read_costs_one_look_at_its_longest_lines() -> None:
    eyes = Recogniser()
    draft = upright(page(6), detect, eyes)
    assert eyes.calls == [4] and draft.turn == 0
    lengths = sorted(crop.image.shape[1] / crop.image.shape[0] for crop in draft.crops)
    assert sorted(crop.shape[1] / crop.shape[0] for crop in draft.sample()) == lengths[-4:]


def test_an_unsure_page_is_not_turned_for_a_little() -> None:
    eyes = Recogniser(right=0.6, wrong=0.55)
    assert upright(np.ascontiguousarray(page()[::-1, ::-1]), detect, eyes).turn == 0
    assert eyes.calls == [4, 4]


def test_a_blank_page_is_left_as_it_is() -> None:
    draft = upright(page(0), detect, Recogniser())
    assert draft.crops == [] and draft.regions == [] and draft.turn == 0


@pytest.mark.parametrize(("sideways", "turn"), [(0.9, 90.0), (0.3, 0.0)])
def test_what_is_found_on_the_side_alone_must_be_read_surely(sideways: float, turn: float) -> None:
    """An empty page on whose side a stain looks like a line stays empty."""
    standing = np.ascontiguousarray(np.rot90(page(), 3))

    def level_rows_alone(image: np.ndarray) -> np.ndarray:
        return detect(image) if image.shape[0] > image.shape[1] else 0.0 * detect(image)

    draft = upright(standing, level_rows_alone, Recogniser(right=sideways, wrong=0.2))
    assert draft.turn == turn and bool(draft.crops) == bool(turn)


def test_sureness_is_the_mean_of_the_characters_peaks() -> None:
    chances = [[0.1, 0.9], [0.2, 0.8], [0.9, 0.1]] * 4
    line = np.log(np.array(chances, dtype=np.float32))
    assert sureness([line, line]) == pytest.approx(0.9)
    assert sureness([line[:12]]) == 0.0  # four characters tell nothing
    assert sureness([]) == 0.0


@pytest.mark.parametrize("quarters", [1, 2])
def test_a_turned_page_is_read_and_placed_as_the_user_sees_it(reader: Reader, quarters: int) -> None:
    picture = page_picture().resize((600, 313))
    straight = reader.read(picture)
    turned = reader.read(np.ascontiguousarray(np.rot90(np.asarray(picture), quarters)))
    assert turned.text == straight.text and len(turned.lines) == len(LINES)
    (x, y), (u, v) = straight.lines[0].baseline[0], turned.lines[0].baseline[0]
    assert (u, v) == pytest.approx((y, 600 - x) if quarters == 1 else (600 - x, 313 - y), abs=1.0)


@pytest.mark.parametrize("degrees", [30, 45, 60])
def test_a_page_askew_on_a_dark_table_is_read_and_placed_as_the_user_sees_it(
    reader: Reader, degrees: int
) -> None:
    sheet = np.asarray(page_picture().resize((600, 313)))
    turn = cv2.getRotationMatrix2D((300, 156), degrees, 1.0)
    turn[:, 2] += (60, 204)
    grain = np.random.default_rng(4).normal(35, 6, (36, 180)).astype(np.float32)
    table = np.repeat(cv2.resize(grain, (720, 720)).clip(0, 255)[..., None], 3, axis=2)
    mask = cv2.warpAffine(np.ones(sheet.shape, np.float32), turn, (720, 720))
    askew = cv2.warpAffine(sheet, turn, (720, 720)) * mask + table * (1 - mask)
    lines = reader.read(askew.astype(np.uint8)).lines
    assert [line.text.split()[0] for line in lines] == [text.split()[0] for text in LINES]
    for number, line in enumerate(lines):
        foot = cv2.transform(np.array([[line.baseline[0]]]), cv2.invertAffineTransform(turn)).reshape(2)
        assert foot == pytest.approx((75, (90 + 90 * number + 35) * 2 / 3), abs=12)
