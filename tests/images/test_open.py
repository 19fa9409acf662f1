"""Every format and every fault of a file."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkread.errors import ImageError
from inkread.images.open import SUFFIXES, Limits, PageImage, count_pages, open_page, open_pages
from tests.pictures import bomb, encoded, locked_pdf, marked_picture


def heic(image: Image.Image, **options: object) -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, **options)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "AVIF", "JPEG2000", "PPM"])
def test_picture_formats(form: str) -> None:
    page = open_page(encoded(marked_picture(), form))
    assert page.image.dtype == np.uint8 and page.image.shape == (48, 64, 3)
    assert page.image[24, 8].mean() < 80 < 200 < page.image[24, 30].mean()
    assert page.image[44, 60, 0] > 150 > 80 > page.image[44, 60, 1]


def test_heic() -> None:
    page = open_page(heic(marked_picture(), quality=95))
    assert page.image.shape == (48, 64, 3)
    assert page.image[24, 8].mean() < 80 < 200 < page.image[24, 30].mean()


def test_pdf_pages_are_drawn_at_the_wanted_size(tmp_path: Path) -> None:
    path = tmp_path / "two.pdf"
    first, second = Image.new("RGB", (200, 100), "white"), marked_picture(200, 100)
    first.save(path, "PDF", resolution=72.0, save_all=True, append_images=[second])
    pages = list(open_pages(path, limits=Limits(pdf_dpi=144.0)))
    assert [(page.number, page.image.shape) for page in pages] == [(1, (200, 400, 3)), (2, (200, 400, 3))]
    assert pages[0].image.min() > 250
    assert pages[1].image[190, 390, 0] > 150 > 80 > pages[1].image[190, 390, 2]
    assert [page.number for page in open_pages(path.read_bytes(), only=2)] == [2]


def test_a_giant_pdf_page_is_drawn_smaller(tmp_path: Path) -> None:
    path = tmp_path / "poster.pdf"
    Image.new("L", (400, 200), 255).save(path, "PDF", resolution=2.0)
    page = open_page(path, limits=Limits(pdf_max_pixels=20_000))
    assert page.image.shape[0] * page.image.shape[1] <= 21_000


def test_tiff_has_as_many_pages_as_it_holds() -> None:
    content = encoded(
        marked_picture(),
        "TIFF",
        save_all=True,
        append_images=[marked_picture(30, 20), marked_picture(10, 10)],
    )
    pages = list(open_pages(content, name="scan.tif"))
    assert [(page.number, page.image.shape[:2], page.source) for page in pages] == [
        (1, (48, 64), "scan.tif"),
        (2, (20, 30), "scan.tif"),
        (3, (10, 10), "scan.tif"),
    ]
    assert [page.number for page in open_pages(content, only=2)] == [2]
    for number in (4, 0, -1):
        with pytest.raises(ImageError, match=f"no page {number}"):
            open_page(content, number=number)
    with pytest.raises(ImageError, match="more than 2 pages"):
        list(open_pages(content, limits=Limits(max_pages=2)))
    assert len(list(open_pages(content, limits=Limits(max_pages=3)))) == count_pages(content) == 3
    with pytest.raises(ImageError, match="more than 2 pages"):
        count_pages(content, limits=Limits(max_pages=2))


def test_a_tiff_whose_second_page_has_lost_its_width() -> None:
    content = bytearray(encoded(marked_picture(), "TIFF", save_all=True, append_images=[marked_picture()]))
    (first,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, first)
    (second,) = struct.unpack_from("<I", content, first + 2 + 12 * entries)
    tag = second + 2
    assert struct.unpack_from("<H", content, tag) == (256,)
    struct.pack_into("<H", content, tag, 65_000)
    pages = open_pages(bytes(content))
    assert next(pages).number == 1
    with pytest.raises(ImageError, match="Page 2 is damaged"):
        next(pages)
    with pytest.raises(ImageError, match="damaged"):
        count_pages(bytes(content))


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_an_animation_the_first_frame_is_the_page(form: str) -> None:
    black = Image.new("RGB", (64, 48), "black")
    pages = list(
        open_pages(encoded(marked_picture(), form, save_all=True, append_images=[black], duration=100))
    )
    assert len(pages) == 1
    assert pages[0].image[24, 30].mean() > 200


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_honoured(form: str, orientation: int) -> None:
    stored = marked_picture()
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    if orientation in undo:
        stored = stored.transpose(undo[orientation])
    image = open_page(encoded(stored, form, exif=exif.tobytes())).image
    assert image.shape == (48, 64, 3)
    assert image[24, 8].mean() < 80
    assert image[44, 60, 0] > 150 > 100 > image[44, 60, 1]


def test_heic_orientation_is_applied_once() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = marked_picture().transpose(Image.Transpose.ROTATE_90)
    image = open_page(heic(stored, quality=95, exif=exif.tobytes())).image
    assert image.shape == (48, 64, 3)
    assert image[24, 8].mean() < 80


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_damaged_exif_block_does_not_matter() -> None:
    image = open_page(encoded(marked_picture(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")).image
    assert image.shape == (48, 64, 3)


def test_cmyk_jpeg() -> None:
    image = open_page(encoded(marked_picture().convert("CMYK"), "JPEG")).image
    assert image[24, 8].mean() < 80 < 180 < image[24, 30].mean()


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 6), dtype=np.uint8),
        np.zeros((4, 6, 1), dtype=np.uint8),
        np.zeros((4, 6, 3), dtype=np.uint8),
        np.zeros((4, 6), dtype=bool),
        np.zeros((4, 6), dtype=np.uint16),
        np.zeros((4, 6, 3), dtype=np.float64),
    ],
)
def test_arrays_of_many_kinds_are_pages(array: np.ndarray) -> None:
    page = open_page(array)
    assert page.image.shape == (4, 6, 3) and page.image.dtype == np.uint8 and not page.image.any()


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 5), dtype=np.uint8),
        np.zeros(5, dtype=np.uint8),
        np.zeros((2, 2, 5), dtype=np.uint8),
        np.zeros((2, 2), dtype=np.int64),
        np.full((2, 2), 3.0),
        np.full((2, 2), np.nan),
    ],
)
def test_arrays_that_are_no_pages(array: np.ndarray) -> None:
    with pytest.raises(ImageError):
        open_page(array)


def test_sources_of_all_kinds(tmp_path: Path) -> None:
    path = tmp_path / "a page.png"
    path.write_bytes(encoded(marked_picture(), "PNG"))
    with path.open("rb") as file:
        images = [
            open_page(source).image for source in (path, str(path), path.read_bytes(), file, marked_picture())
        ]
    assert all(np.array_equal(image, images[0]) for image in images)
    opened = open_page(path)
    assert opened.source == str(path) and opened.seconds > 0
    assert open_page(opened) is opened
    with pytest.raises(ImageError, match="cannot be opened"):
        open_page(3)  # type: ignore[arg-type]


FAULTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "no image": (lambda: b"Dear diary, this is no image at all. " * 40, "not an image"),
    "zero bytes": (lambda: b"", "empty"),
    "truncated jpeg": (lambda: encoded(marked_picture(400, 400), "JPEG")[:900], "cut short"),
    "truncated png": (lambda: encoded(marked_picture(400, 400), "PNG")[:-60], "cut short"),
    "truncated tiff": (lambda: encoded(marked_picture(400, 400), "TIFF")[:2000], "cut short|not an image"),
    "truncated webp": (lambda: encoded(marked_picture(400, 400), "WEBP")[:200], "cut short|not an image"),
    "truncated avif": (lambda: encoded(marked_picture(400, 400), "AVIF")[:300], "cut short|not an image"),
    "truncated heic": (lambda: heic(marked_picture(400, 400))[:500], "cut short"),
    "truncated pdf": (lambda: b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog", "PDF is damaged"),
    "locked pdf": (locked_pdf, "password"),
    "bomb": (lambda: bomb(20_000, 20_000), "pixels.*scale it down"),
    "small bomb": (lambda: bomb(12_000, 11_000), "12,000 x 11,000"),
    "long strip": (lambda: bomb(50_000, 2), "50,000 x 2"),
    "postscript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not an image"),
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("name", list(FAULTS))
def test_faults_of_a_file(name: str, tmp_path: Path) -> None:
    make, message = FAULTS[name]
    content = make()
    path = tmp_path / "fault.jpg"
    path.write_bytes(content)
    for source in (content, path):
        with pytest.raises(ImageError, match=message) as caught:
            list(open_pages(source))
        assert "\n" not in str(caught.value)


def test_places_that_hold_no_file(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no such file"):
        open_page(tmp_path / "nothing.png")
    with pytest.raises(ImageError, match="folder"):
        open_page(tmp_path)


def test_a_file_open_as_text_and_a_name_with_a_zero_byte() -> None:
    with pytest.raises(ImageError, match="rb"):
        open_page(io.StringIO("text"))  # type: ignore[arg-type]
    with pytest.raises(ImageError, match="zero byte"):
        open_page("a\0b.png")


def test_more_pixels_than_pillow_takes_are_not_promised(tmp_path: Path) -> None:
    claimed = encoded(Image.new("1", (8, 8)), "BMP")
    claimed = claimed[:18] + struct.pack("<ii", 20_000, 20_000) + claimed[26:]
    with pytest.raises(ImageError, match="178,956,970"):
        open_page(claimed, limits=Limits(max_pixels=1_000_000_000))


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(encoded(marked_picture(), "PNG"))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImageError, match="permission"):
        open_page(path)


def test_a_damaged_second_page_does_not_cost_the_first() -> None:
    content = encoded(marked_picture(), "TIFF", save_all=True, append_images=[marked_picture(300, 300)])
    pages = open_pages(content[: len(content) - 5000])
    with pytest.raises(ImageError):
        list(pages)


def test_a_page_that_is_open_goes_through() -> None:
    page = PageImage(np.zeros((2, 2, 3), dtype=np.uint8), 7, "x")
    assert list(open_pages(page)) == [page]


def test_suffixes_are_lower_case() -> None:
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in SUFFIXES)
