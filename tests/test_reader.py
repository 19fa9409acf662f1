"""The whole pipeline on pictures of known texts."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

import inkread
from inkread import ConfigError, ImageError, Page, Reader
from inkread.metrics import character_errors
from tests.pictures import LINES, encoded, line_array, line_picture, page_picture


@pytest.fixture(scope="module")
def page(reader: Reader) -> Page:
    return reader.read(page_picture())


def test_a_page_is_read_in_order(page: Page) -> None:
    assert len(page.lines) == len(LINES)
    errors = [character_errors(text, line.text).errors for text, line in zip(LINES, page.lines, strict=True)]
    assert max(errors) <= 3, page.text
    assert page.text.splitlines() == [line.text for line in page.lines]


def test_a_page_tells_its_size_and_model(page: Page, reader: Reader) -> None:
    assert (page.number, page.width, page.height) == (1, 900, 470)
    assert page.model == reader.model and page.model.name and page.model.version
    assert page.timing == () and page.language == "none" and page.source == ""


def test_places_are_pixels_of_the_image(page: Page) -> None:
    for number, line in enumerate(page.lines):
        xs, ys = np.array(line.polygon).T
        assert xs.min() >= 0 and xs.max() <= page.width and ys.min() >= 0 and ys.max() <= page.height
        middle = 110 + 90 * number
        assert ys.min() < middle < ys.max() and np.ptp(ys) < 80
        assert 80 < xs.min() < 130
        assert all(abs(y - (middle + 15)) < 20 for _, y in line.baseline)
        assert line.baseline[0][0] < line.baseline[-1][0]


def test_words_stand_side_by_side_within_their_line(page: Page) -> None:
    line = page.lines[1]
    assert " ".join(word.text for word in line.words) == line.text
    left = min(x for x, _ in line.polygon)
    for word in line.words:
        xs = [x for x, _ in word.polygon]
        assert left - 1 <= min(xs) < max(xs)
        left = max(xs)
        assert "".join(character.text for character in word.characters) == word.text
        assert all(min(xs) - 1 <= x <= max(xs) + 1 for c in word.characters for x, _ in c.polygon)
    width = np.ptp([x for x, _ in line.polygon])
    words = {word.text: np.array(word.polygon) for word in line.words}
    assert abs(np.ptp(words["the"][:, 0]) / width - 0.14) < 0.06
    assert abs(np.ptp(words["letter"][:, 0]) / width - 0.22) < 0.06


def test_confidences_are_probabilities(page: Page) -> None:
    for line in page.lines:
        values = [line.confidence, *(word.confidence for word in line.words)]
        values += [character.confidence for word in line.words for character in word.characters]
        assert all(0.0 <= value <= 1.0 for value in values) and line.confidence > 0.5


def test_light_on_dark_reads_the_same_lines(reader: Reader) -> None:
    page = reader.read(page_picture(ink=240, paper=20))
    assert len(page.lines) == len(LINES)
    assert character_errors(" ".join(LINES), " ".join(line.text for line in page.lines)).rate < 0.1


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (600, 800), (3, 2000)])
def test_a_blank_page_gives_no_words(reader: Reader, level: int, shape: tuple[int, int]) -> None:
    blank = np.full(shape, level, dtype=np.uint8)
    assert reader.read(blank).text == "" and reader.read(blank).lines == ()
    assert reader.read(blank, as_line=True).lines == ()
    assert reader.read_line(blank).text == ""


@pytest.mark.parametrize("noise", [3.0, 12.0])
def test_an_empty_sheet_with_grain_and_shadow_gives_no_words(reader: Reader, noise: float) -> None:
    rng = np.random.default_rng(7)
    shadow = np.linspace(235, 150, 900)[None, :] * np.linspace(1.0, 0.8, 700)[:, None]
    paper = np.clip(shadow + rng.normal(0, noise, shadow.shape), 0, 255).astype(np.uint8)
    assert reader.read(paper).text == ""


def test_a_line_is_read(reader: Reader) -> None:
    line = reader.read_line(line_array("Hello World"))
    assert line.text == "Hello World"
    assert line.baseline == () and len(line.polygon) == 4
    page = reader.read(line_picture("Hello World"), as_line=True)
    assert page.text == "Hello World" and page.lines[0] == line


def test_a_line_reads_the_same_alone_and_in_any_batch(reader: Reader) -> None:
    texts = ["Hello World", "a", "the quick brown fox", "Hello Marie", "on the 24th of May", "Hello again"]
    images = [line_array(text, size) for text in texts for size in (30, 52)]
    together = reader.read_lines(images)
    backwards = reader.read_lines(images[::-1])[::-1]
    alone = [reader.read_line(image) for image in images]
    for one, two, three in zip(together, backwards, alone, strict=True):
        assert one.text == two.text == three.text
        assert one.confidence == pytest.approx(three.confidence, abs=1e-4)
        assert one.confidence == pytest.approx(two.confidence, abs=1e-4)
    assert reader.read_lines([]) == []


def test_batches_hold_only_equal_widths(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    session = reader._recogniser._session
    run, shapes = session.run, []

    def spy(batch: np.ndarray) -> np.ndarray:
        shapes.append(batch.shape)
        return run(batch)

    monkeypatch.setattr(session, "run", spy)
    same = line_array("Hello World")
    found = reader.recognise([same, line_array("Hi"), same, same])
    assert sorted(shape[0] for shape in shapes) == [1, 3]
    assert found[0].shape == found[2].shape != found[1].shape
    np.testing.assert_allclose(np.exp(found[1]).sum(axis=1), 1.0, atol=1e-3)


def test_one_reader_serves_many_threads(reader: Reader) -> None:
    pictures = [page_picture([text]) for text in LINES]
    expected = [reader.read(picture) for picture in pictures]
    barrier = threading.Barrier(3)

    def work(picture: Image.Image) -> Page:
        barrier.wait(timeout=30)
        return reader.read(picture)

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(work, pictures)) == expected


def test_reading_twice_gives_the_same(reader: Reader, page: Page) -> None:
    assert reader.read(page_picture()) == page
    assert Reader(threads=1, language="none").read(page_picture()) == page


def test_all_pages_of_a_file(reader: Reader) -> None:
    content = encoded(
        page_picture(LINES[:1]), "TIFF", save_all=True, append_images=[page_picture(LINES[1:2])]
    )
    pages = list(reader.read_pages(content))
    assert [page.number for page in pages] == [1, 2]
    assert reader.read(io.BytesIO(content), page=2) == pages[1]
    with pytest.raises(ImageError, match="no page 3"):
        reader.read(content, page=3)


def test_timing_is_told_when_asked_for(reader: Reader) -> None:
    page = reader.read(page_picture(LINES[:1]), timing=True)
    assert [stage for stage, _ in page.timing] == ["open", "sheet", "lines", "crops", "recognise", "decode"]
    assert all(seconds >= 0 for _, seconds in page.timing)


@pytest.mark.parametrize("language", ["auto", "en", "fr"])
def test_with_a_language_model(language: str) -> None:
    reader = Reader(threads=1, language=language)
    page = reader.read(page_picture())
    assert character_errors(" ".join(LINES), " ".join(line.text for line in page.lines)).rate < 0.1
    assert page.language == ("fr" if language == "fr" else "en")
    assert reader.read_line(line_array("Hello World")).text == "Hello World"


def test_the_function_keeps_its_reader() -> None:
    image = page_picture(LINES[:1])
    first = inkread.read(image, language="none", threads=1)
    assert inkread.read(image, language="none", threads=1) == first and first.text


def test_an_unknown_language() -> None:
    with pytest.raises(ConfigError, match=r"'de'.*choose"):
        Reader(language="de")


def test_a_model_that_is_none() -> None:
    with pytest.raises(inkread.BundleError, match="no model file"):
        Reader("nothing.onnx")


def test_lines_below_the_threshold_have_no_text(reader: Reader, page: Page) -> None:
    least = sorted(line.confidence for line in page.lines)[1]
    strict = Reader(threads=1, language="none", reject=least)
    rejected = strict.read(page_picture())
    assert [line.rejected for line in rejected.lines] == [line.confidence < least for line in page.lines]
    assert rejected.text.splitlines().count("[?]") == 1 and len(rejected.lines) == len(page.lines)
    line = Reader(threads=1, language="none", reject=1.0).read_line(line_array("Hello World"))
    assert line.rejected and line.alternatives[0].text == "Hello World"


def test_a_threshold_that_is_no_confidence() -> None:
    with pytest.raises(ConfigError, match="from 0 to 1, not 80"):
        Reader(reject=80)
