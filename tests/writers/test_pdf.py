"""The searchable PDF: what viewers find, mark and show; checked by PDFium and by poppler's pdftotext."""

from __future__ import annotations

import io
import math
import os
import shutil
import subprocess
import sys
import tracemalloc
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pypdfium2
import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.document import Line, ModelInfo, Page, Region, Word
from inkread.errors import ConfigError
from inkread.writers import PicturedPage
from inkread.writers.pdf import A4, write

if os.environ.get("INKREAD_REQUIRE_BROWSER") != "1":  # there all must be there, and lacking it fails
    pytest.importorskip("reportlab")

MODEL = ModelInfo("tiny", "1")
SIZE = (1000, 1400)
SCALE = min(A4[0] / SIZE[0], A4[1] / SIZE[1])  # points a pixel
Box = tuple[float, float, float, float]


def line_at(text: str, x: float, y: float, degrees: float = 0.0, height: float = 40.0) -> Line:
    """A line that begins at (x, y), each character 20 pixels wide, turned about its beginning."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def at(u: float, v: float) -> tuple[float, float]:
        return x + u * cos - v * sin, y + u * sin + v * cos

    def strip(left: float, right: float) -> tuple[tuple[float, float], ...]:
        return (
            at(left, -0.7 * height),
            at(right, -0.7 * height),
            at(right, 0.3 * height),
            at(left, 0.3 * height),
        )

    words, column = [], 0
    for piece in text.split(" "):
        words.append(Word(piece, 0.9, strip(20 * column, 20 * (column + len(piece)))))
        column += len(piece) + 1
    end = 20 * len(text)
    return Line(text, 0.9, strip(0, end), (at(0, 0), at(end, 0)), tuple(words))


def page_of(*lines: Line, number: int = 1, size: tuple[int, int] = SIZE) -> Page:
    return Page(number, *size, MODEL, (Region(lines),) if lines else ())


def white(size: tuple[int, int] = SIZE) -> npt.NDArray[np.uint8]:
    return np.full((size[1], size[0], 3), 255, dtype=np.uint8)


def written(*pages: Page, image: npt.NDArray[np.uint8] | None = None) -> bytes:
    out = io.BytesIO()
    write([PicturedPage(page, white() if image is None else image) for page in pages], out)
    return out.getvalue()


def texts(content: bytes) -> list[str]:
    """The text of each page, as a viewer copies it."""
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def bounds(word: Word) -> Box:
    xs, ys = zip(*word.polygon, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def marked(content: bytes, text: str) -> Box:
    """The box, in pixels, that a viewer marks when it finds ``text`` on the first page."""
    with pypdfium2.PdfDocument(content) as document:
        page = document[0].get_textpage()
        start, count = page.search(text, match_case=True).get_next()
        boxes = [page.get_charbox(index, loose=True) for index in range(start, start + count)]
    left, bottom = (min(box[side] for box in boxes) for side in (0, 1))
    right, top = (max(box[side] for box in boxes) for side in (2, 3))
    return left / SCALE, SIZE[1] - top / SCALE, right / SCALE, SIZE[1] - bottom / SCALE


def test_text_is_copied_in_order_with_its_spaces() -> None:
    lines = (line_at("Chère Élise, “ça va?”", 80, 100), line_at("l’œuf — 5 € …", 80, 200))
    assert texts(written(page_of(*lines), page_of(), page_of(lines[1]))) == [
        "Chère Élise, “ça va?”\nl’œuf — 5 € …",
        "",
        "l’œuf — 5 € …",
    ]


@pytest.mark.parametrize("text", ["".join(READER_ALPHABET).replace(" ", ""), "Ελλάδα Привет 手書き 😀𝔸 ok"])
def test_any_character_can_be_written(text: str) -> None:
    assert texts(written(page_of(line_at(text, 10, 100)))) == [unicodedata.normalize("NFC", text)]


def test_words_that_touch_are_still_two() -> None:
    line = line_at("onetwo three", 80, 100)
    one, two = (
        Word("one", 0.9, line_at("one", 80, 100).polygon),
        Word("two", 0.9, line_at("two", 135, 100).polygon),
    )
    touching = Line("one two", 0.9, line.polygon, line.baseline, (one, two))
    assert texts(written(page_of(touching))) == ["one two"]


@pytest.mark.parametrize("degrees", [0, 3, -4, 90, 180, 270])
def test_a_viewer_marks_the_ink(degrees: float) -> None:
    line = line_at("Hello wide world", 500, 700, degrees)
    content = written(page_of(line))
    for word in line.words:
        assert marked(content, word.text) == pytest.approx(bounds(word), abs=2.5), word.text


def test_text_follows_a_bent_baseline() -> None:
    left, right = line_at("rising", 100, 600, -8), line_at("falling", 300, 580, 8)
    line = Line(
        "rising falling", 0.9, left.polygon + right.polygon, left.baseline + right.baseline,
        left.words + right.words,
    )  # fmt: skip
    content = written(page_of(line))
    for word in line.words:
        assert marked(content, word.text) == pytest.approx(bounds(word), abs=4), word.text


def test_lines_without_words_or_places_are_found_all_the_same() -> None:
    known = line_at("all we know", 100, 300)
    lines = (Line("all we know", 0.9, known.polygon), Line("nothing known", 0.9), Line("", 0.0))
    content = written(page_of(*lines))
    assert sorted(texts(content)[0].split()) == sorted("all we know nothing known".split())
    left, top, right, bottom = bounds(Word("", 0.9, known.polygon))
    assert marked(content, "all we know") == pytest.approx((left, top, right, bottom), abs=2.5)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")
@pytest.mark.parametrize("degrees", [0, 2])
def test_pdftotext_finds_each_word_in_its_box(degrees: float) -> None:
    lines = [line_at("Chère Élise, “ça va?”", 80, 100, degrees), line_at("l’œuf — 5 € …", 80, 300, degrees)]
    command = ["pdftotext", "-bbox", "-", "-"]
    done = subprocess.run(
        command, input=written(page_of(*lines)), capture_output=True, timeout=60, check=True
    )
    found = [node for node in ElementTree.fromstring(done.stdout).iter() if node.tag.endswith("word")]
    words = [word for line in lines for word in line.words]
    assert [node.text for node in found] == [word.text for word in words]
    for node, word in zip(found, words, strict=True):
        box = tuple(float(node.attrib[side]) / SCALE for side in ("xMin", "yMin", "xMax", "yMax"))
        assert box == pytest.approx(
            bounds(word), abs=3.0 + 20 * len(word.text) * math.sin(math.radians(degrees))
        )


def shown(content: bytes, number: int = 0) -> npt.NDArray[np.uint8]:
    """A page as a viewer shows it, one pixel of the image to one of the screen."""
    with pypdfium2.PdfDocument(content) as document:
        return np.asarray(document[number].render(scale=1 / SCALE).to_pil().convert("RGB"))


def test_the_text_is_not_seen() -> None:
    assert shown(written(page_of(line_at("Hello world", 100, 300)))).min() == 255


def stored(content: bytes) -> tuple[str, int, npt.NDArray[np.uint8]]:
    """The first page's picture: its filter, bits a pixel, and pixels."""
    with pypdfium2.PdfDocument(content) as document:
        (picture,) = document[0].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        pixels = np.asarray(picture.get_bitmap().to_pil().convert("RGB"))
        return picture.get_filters()[0], picture.get_metadata().bits_per_pixel, pixels


def scan() -> npt.NDArray[np.uint8]:
    """A page of black strokes on white."""
    image = white()
    for row in range(100, 1300, 60):
        image[row : row + 6, 100 + row // 10 : 900] = 0
    return image


def test_black_and_white_stays_exact_and_tiny() -> None:
    content = written(page_of(), image=scan())
    name, bits, pixels = stored(content)
    assert (name, bits) == ("CCITTFaxDecode", 1) and np.array_equal(pixels, scan())
    assert len(content) < 5000
    assert np.array_equal(shown(content)[250, :1000], scan()[250])


@pytest.mark.parametrize(("tint", "bits"), [((0, 0, 0), 8), ((0, 0, 60), 24)])
def test_grey_and_colour_are_jpeg(tint: tuple[int, int, int], bits: int) -> None:
    image = np.clip(scan().astype(int), 20, 220 - np.array(tint)).astype(np.uint8)
    name, found, pixels = stored(written(page_of(), image=image))
    assert (name, found) == ("DCTDecode", bits)
    assert np.abs(pixels.astype(int) - image).mean() < 1.5


def test_a_page_fills_a_sheet_of_a4_upright_or_lying() -> None:
    for size, sheet in (
        ((1000, 1000 * 297 // 210), A4),
        ((2970, 2100), A4[::-1]),
        ((500, 20), (841.9, 33.7)),
    ):
        with pypdfium2.PdfDocument(written(page_of(size=size), image=white(size))) as document:
            assert document[0].get_size() == pytest.approx(sheet, abs=1)


def test_the_same_pages_give_the_same_bytes() -> None:
    page = page_of(line_at("Hello world", 100, 300))
    assert written(page) == written(page) != written(page, page)


def test_a_page_without_its_image_is_white() -> None:
    out = io.BytesIO()
    write([PicturedPage(page_of(line_at("Hello", 100, 300)))], out)
    assert texts(out.getvalue()) == ["Hello"] and shown(out.getvalue()).min() == 255


def test_no_page_no_pdf() -> None:
    assert written() == b""


class Pipe:
    """Takes bytes and can do nothing else."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, content: bytes) -> int:
        self.size += len(content)
        return len(content)


def test_each_page_is_written_as_it_comes_and_forgotten() -> None:
    rng = np.random.default_rng(1)
    pipe, sizes = Pipe(), []

    def pages() -> Iterator[PicturedPage]:
        for number in range(1, 41):
            sizes.append(pipe.size)
            yield PicturedPage(
                page_of(number=number, size=(300, 400)), rng.integers(0, 255, (400, 300, 3), dtype=np.uint8)
            )

    tracemalloc.start()
    write(pages(), pipe)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert all(later - earlier > 50_000 for earlier, later in pairwise(sizes))
    assert peak < pipe.size / 2


def test_what_was_read_before_a_fault_is_a_whole_pdf() -> None:
    def pages() -> Iterator[PicturedPage]:
        yield PicturedPage(page_of(line_at("one", 100, 300)), white())
        raise RuntimeError

    out = io.BytesIO()
    with pytest.raises(RuntimeError):
        write(pages(), out)
    assert texts(out.getvalue()) == ["one"]


def test_without_reportlab_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.startswith("reportlab")]:
        monkeypatch.delitem(sys.modules, module)
    for module in ("inkread.writers.glyphless", "inkread.writers.pdf_file"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "reportlab", None)
    with pytest.raises(ConfigError, match=r"pip install 'inkread\[pdf\]'"):
        write([], io.BytesIO())
