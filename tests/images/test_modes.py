"""Every pixel format keeps its tones: modes, depths, ranges, transparency."""

from __future__ import annotations

import io
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from inkread.errors import ImageError
from inkread.images.modes import array_to_rgb, pil_to_rgb, to_eight_bits
from inkread.images.open import open_page
from tests.pictures import encoded, marked_picture


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "PA", "LA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "HSV"]
)
def test_every_mode_keeps_ink_dark_and_paper_light(mode: str) -> None:
    source = Image.open(io.BytesIO(encoded(marked_picture(), "PNG")))
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


def test_either_byte_order() -> None:
    values = np.array([[0, 257, 65535]], dtype=np.uint16)
    assert array_to_rgb(values.astype(">u2"))[0, :, 0].tolist() == [0, 1, 255]


def test_a_list_is_no_array() -> None:
    with pytest.raises(ImageError, match="not a list"):
        array_to_rgb([[0, 255]])  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "I", "I;16", "F", "1"])
@pytest.mark.parametrize("size", [(0, 10), (10, 0), (0, 0)])
def test_pictures_without_pixels(mode: str, size: tuple[int, int]) -> None:
    with pytest.raises(ImageError, match="no pixels"):
        open_page(Image.new(mode, size))


def test_a_mode_that_pillow_cannot_convert() -> None:
    with pytest.raises(ImageError, match="mode La"):
        open_page(Image.new("La", (4, 4)))


def test_array_ranges() -> None:
    assert array_to_rgb(np.full((1, 1), 65535, dtype=np.uint16))[0, 0, 0] == 255
    assert array_to_rgb(np.ones((1, 1), dtype=bool))[0, 0, 0] == 255
    assert array_to_rgb(np.full((1, 1), 0.5))[0, 0, 0] == 128
    assert array_to_rgb(np.array([[[0, 0]]], dtype=np.uint8))[0, 0, 0] == 255  # transparent grey


@pytest.mark.parametrize(
    ("channels", "dtype"), [(4, np.uint8), (3, np.uint16), (4, np.float32), (1, np.uint16), (3, np.bool_)]
)
def test_a_large_array_is_never_held_as_floats(channels: int, dtype: type) -> None:
    pixels = 1500 * 1400
    array = np.zeros((1500, 1400, channels), dtype=dtype)
    tracemalloc.start()
    try:
        rgb = array_to_rgb(array)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert rgb.shape == (1500, 1400, 3)
    assert most < pixels * 3 + pixels * channels + (10 << 20)


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "CMYK"])
def test_strips_of_a_picture_make_the_whole(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image.fromarray(np.random.default_rng(2).integers(0, 256, (37, 23, 3)).astype(np.uint8)).convert(
        mode
    )
    whole = pil_to_rgb(image)
    monkeypatch.setattr("inkread.images.modes._STRIP", 60)
    assert np.array_equal(pil_to_rgb(image), whole)
    if mode == "RGB":
        assert np.array_equal(whole, np.asarray(image))
