"""Every format, every pixel format and every fault of a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkread.errors import ImageError
from inkread.images.modes import array_to_rgb, pil_to_rgb, to_eight_bits
from inkread.images.open import SUFFIXES, Limits, PageImage, open_page, open_pages
from tests.pictures import bomb, encoded, locked_pdf


def picture(width: int = 64, height: int = 48) -> Image.Image:
    """Light paper, a dark bar at the left, a red corner at the bottom right."""
    image = Image.new("RGB", (width, height), (240, 240, 230))
    image.paste((20, 20, 40), (4, 4, 12, height - 4))
    image.paste((200, 20, 20), (width - 16, height - 16, width, height))
    return image


def heic(image: Image.Image, **options: object) -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, **options)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "AVIF", "JPEG2000", "PPM"])
def test_picture_formats(form: str) -> None:
    page = open_page(encoded(picture(), form))
    assert page.image.dtype == np.uint8 and page.image.shape == (48, 64, 3)
    assert page.image[24, 8].mean() < 80 < 200 < page.image[24, 30].mean()
    assert page.image[44, 60, 0] > 150 > 80 > page.image[44, 60, 1]


def test_heic() -> None:
    page = open_page(heic(picture(), quality=95))
    assert page.image.shape == (48, 64, 3)
    assert page.image[24, 8].mean() < 80 < 200 < page.image[24, 30].mean()


def test_pdf_pages_are_drawn_at_the_wanted_size(tmp_path: Path) -> None:
    path = tmp_path / "two.pdf"
    first, second = Image.new("RGB", (200, 100), "white"), picture(200, 100)
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
    content = encoded(picture(), "TIFF", save_all=True, append_images=[picture(30, 20), picture(10, 10)])
    pages = list(open_pages(content, name="scan.tif"))
    assert [(page.number, page.image.shape[:2], page.source) for page in pages] == [
        (1, (48, 64), "scan.tif"),
        (2, (20, 30), "scan.tif"),
        (3, (10, 10), "scan.tif"),
    ]
    assert [page.number for page in open_pages(content, only=2)] == [2]
    with pytest.raises(ImageError, match="no page 4"):
        open_page(content, number=4)
    with pytest.raises(ImageError, match="more than 2 pages"):
        list(open_pages(content, limits=Limits(max_pages=2)))


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_an_animation_the_first_frame_is_the_page(form: str) -> None:
    black = Image.new("RGB", (64, 48), "black")
    pages = list(open_pages(encoded(picture(), form, save_all=True, append_images=[black], duration=100)))
    assert len(pages) == 1
    assert pages[0].image[24, 30].mean() > 200


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_honoured(form: str, orientation: int) -> None:
    stored = picture()
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
    stored = picture().transpose(Image.Transpose.ROTATE_90)
    image = open_page(heic(stored, quality=95, exif=exif.tobytes())).image
    assert image.shape == (48, 64, 3)
    assert image[24, 8].mean() < 80


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_damaged_exif_block_does_not_matter() -> None:
    image = open_page(encoded(picture(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")).image
    assert image.shape == (48, 64, 3)


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "PA", "LA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "HSV"]
)
def test_every_mode_keeps_ink_dark_and_paper_light(mode: str) -> None:
    source = Image.open(io.BytesIO(encoded(picture(), "PNG")))
    if mode == "PA":
        image = source.convert("P").convert("PA")
    elif mode == "LAB":
        from PIL import ImageCms

        change = ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
        )
        image = ImageCms.applyTransform(source, change)
    else:
        image = source.convert(mode)
    rgb = pil_to_rgb(image)
    assert rgb.shape == (48, 64, 3) and rgb.dtype == np.uint8
    assert rgb[24, 8].mean() < 80 < 180 < rgb[24, 30].mean()


def test_cmyk_jpeg() -> None:
    image = open_page(encoded(picture().convert("CMYK"), "JPEG")).image
    assert image[24, 8].mean() < 80 < 180 < image[24, 30].mean()


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize(("full", "bits"), [(65535, 16), (4095, 12)])
def test_sixteen_bits_keep_their_tones(form: str, full: int, bits: int) -> None:
    grey = np.full((20, 30), full, dtype=np.uint16)
    grey[5:10, 5:10] = full // 2
    grey[12:15] = 0
    image = open_page(encoded(Image.fromarray(grey), form)).image
    assert image[0, 0, 0] == 255 and image[13, 0, 0] == 0, bits
    assert abs(int(image[7, 7, 0]) - 127) <= 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0.0, 0.5, 1.0]]), [0, 128, 255]),
        (np.array([[-5.0, 0.0, 5.0]]), [0, 128, 255]),
        (np.array([[0, 1023]]), [0, 255]),
        (np.array([[0, 70000, 140000]]), [0, 128, 255]),
        (np.array([[np.nan, 1.0]]), [0, 255]),
    ],
)
def test_any_range_becomes_eight_bits(values: np.ndarray, expected: list[int]) -> None:
    assert to_eight_bits(values)[0].tolist() == expected


def test_transparency_is_laid_on_white() -> None:
    image = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    image.paste((0, 0, 90, 255), (10, 5, 20, 15))
    rgb = open_page(encoded(image, "PNG")).image
    assert rgb[0, 0].tolist() == [255, 255, 255]
    assert rgb[10, 15].tolist() == [0, 0, 90]


def test_light_strokes_on_nothing_are_laid_on_black() -> None:
    image = Image.new("RGBA", (40, 20), (255, 255, 255, 0))
    image.paste((255, 255, 255, 255), (10, 5, 20, 15))
    rgb = pil_to_rgb(image)
    assert rgb[0, 0].tolist() == [0, 0, 0]
    assert rgb[10, 15].tolist() == [255, 255, 255]


def test_a_transparent_palette_entry() -> None:
    image = Image.new("P", (10, 10), 0)
    image.putpalette([0, 0, 0, 10, 10, 10])
    image.paste(1, (2, 2, 5, 5))
    rgb = open_page(encoded(image, "PNG", transparency=0)).image
    assert rgb[0, 0].tolist() == [255, 255, 255] and rgb[3, 3].tolist() == [10, 10, 10]


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


def test_array_ranges() -> None:
    assert array_to_rgb(np.full((1, 1), 65535, dtype=np.uint16))[0, 0, 0] == 255
    assert array_to_rgb(np.ones((1, 1), dtype=bool))[0, 0, 0] == 255
    assert array_to_rgb(np.full((1, 1), 0.5))[0, 0, 0] == 128
    assert array_to_rgb(np.array([[[0, 0]]], dtype=np.uint8))[0, 0, 0] == 255  # transparent grey


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
    path.write_bytes(encoded(picture(), "PNG"))
    with path.open("rb") as file:
        images = [open_page(source).image for source in (path, str(path), path.read_bytes(), file, picture())]
    assert all(np.array_equal(image, images[0]) for image in images)
    opened = open_page(path)
    assert opened.source == str(path) and opened.seconds > 0
    assert open_page(opened) is opened
    with pytest.raises(ImageError, match="cannot be opened"):
        open_page(3)  # type: ignore[arg-type]


FAULTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "no image": (lambda: b"Dear diary, this is no image at all. " * 40, "not an image"),
    "zero bytes": (lambda: b"", "empty"),
    "truncated jpeg": (lambda: encoded(picture(400, 400), "JPEG")[:900], "cut short"),
    "truncated png": (lambda: encoded(picture(400, 400), "PNG")[:-60], "cut short"),
    "truncated tiff": (lambda: encoded(picture(400, 400), "TIFF")[:2000], "cut short|not an image"),
    "truncated webp": (lambda: encoded(picture(400, 400), "WEBP")[:200], "cut short|not an image"),
    "truncated avif": (lambda: encoded(picture(400, 400), "AVIF")[:300], "cut short|not an image"),
    "truncated heic": (lambda: heic(picture(400, 400))[:500], "cut short"),
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


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(encoded(picture(), "PNG"))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImageError, match="permission"):
        open_page(path)


def test_a_damaged_second_page_does_not_cost_the_first() -> None:
    content = encoded(picture(), "TIFF", save_all=True, append_images=[picture(300, 300)])
    pages = open_pages(content[: len(content) - 5000])
    with pytest.raises(ImageError):
        list(pages)


def test_a_page_that_is_open_goes_through() -> None:
    page = PageImage(np.zeros((2, 2, 3), dtype=np.uint8), 7, "x")
    assert list(open_pages(page)) == [page]


def test_suffixes_are_lower_case() -> None:
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in SUFFIXES)
