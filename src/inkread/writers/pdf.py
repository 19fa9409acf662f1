"""A PDF that can be searched: each page's picture with its text on it, unseen, at the right place.

Each word is written along the baseline of its line and stretched over its place, so marking text
in a viewer marks the ink; between words stands a space. A page is as large as A4 allows, upright
or lying. Photos are stored as JPEG, pure black and white by fax compression (CCITT group 4).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from inkread.document import Page
from inkread.errors import ConfigError
from inkread.writers.strips import Strip, strips

if TYPE_CHECKING:
    from reportlab.pdfbase.pdfdoc import PDFStream

    from inkread.writers import PicturedPage
    from inkread.writers.glyphless import Codes

A4 = (595.276, 841.890)
"""Width and height of a sheet, in points (1/72 inch)."""

_JPEG_QUALITY = 85
_NARROWEST = 0.1  # of a word's height: the least width of a space
_WHITE = 255
_WHITE_IS_0, _STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_LENGTHS = 262, 273, 278, 279  # tags of TIFF 6.0


def write(pages: Iterable[PicturedPage], out: BinaryIO) -> None:
    """Write each page as it comes; without any, nothing. Where reading breaks off, the pages before stay.

    A page whose image is not at hand is white; otherwise the image has the page's size.

    Raises:
        ConfigError: reportlab is not installed.
    """
    try:
        from inkread.writers.glyphless import GlyphlessFont
        from inkread.writers.pdf_file import StreamedDocument
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("reportlab"):
            raise
        raise ConfigError(
            "PDF output needs one more package; install it with: pip install 'inkread[pdf]'"
        ) from None
    document = None
    try:
        for page, image in pages:
            if document is None:
                document, font = StreamedDocument(out), GlyphlessFont()
                fonts = {"F": document.leave_open(font)}
            scale = _scale(page)
            width, height = page.width * scale, page.height * scale
            pictures = {}
            drawing = ["BT 3 Tr /F 1 Tf", *_text(page, scale, font.codes), "ET"]
            if image is not None:
                pictures["I"] = document.Reference(_picture(image))
                drawing.insert(0, f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /I Do Q")
            content = "\n".join(drawing).encode("ascii")
            document.add_page((width, height), content, {"Font": fonts, "XObject": pictures})
    finally:
        if document is not None:
            document.close()


def _scale(page: Page) -> float:
    """Return points a pixel, such that the page fills a sheet of A4."""
    short, long = sorted((max(page.width, 1), max(page.height, 1)))
    return min(A4[0] / short, A4[1] / long)


def _text(page: Page, scale: float, codes: Codes) -> Iterator[str]:
    """Yield the operators that write each word of a page, and the space behind it."""
    for line in page.lines:
        words = strips(line, (page.width, page.height))
        for word, following in zip_longest(words, words[1:]):
            if following is None:
                yield _show(word, page.height, scale, codes)
            else:
                for piece in _with_space(word, following):
                    yield _show(piece, page.height, scale, codes)


def _with_space(word: Strip, following: Strip) -> tuple[Strip, Strip]:
    """Return a word and the space up to the following one; where they touch, the word makes room."""
    reach = float((following.corner - word.corner) @ word.along)
    least = _NARROWEST * word.height
    width = min(word.width, max(reach - least, word.width / 2))
    space = Strip(" ", word.corner + width * word.along, word.along, max(reach - width, least), word.height)
    return replace(word, width=width), space


def _show(strip: Strip, height: int, scale: float, codes: Codes) -> str:
    """Return the operators that stretch text over a strip of a page ``height`` pixels high."""
    from inkread.writers.glyphless import ADVANCE, ASCENT, DESCENT

    size = max(strip.height, 1.0) * scale / (ASCENT + DESCENT)
    stretch = max(strip.width, 1.0) * scale / (ADVANCE * len(strip.text))
    cos, sin = strip.along[0], -strip.along[1]  # y runs upwards in a PDF
    x = strip.corner[0] * scale - DESCENT * size * sin
    y = (height - strip.corner[1]) * scale + DESCENT * size * cos
    matrix = (stretch * cos, stretch * sin, -size * sin, size * cos, x, y)
    return f"{' '.join(f'{value:.3f}' for value in matrix)} Tm <{codes.encode(strip.text)}> Tj"


def _picture(image: npt.NDArray[np.uint8]) -> PDFStream:
    """Return uint8 (H, W, 3) RGB as a PDF's picture; grey and bilevel ones are stored as such."""
    from inkread.writers.pdf_file import stream

    height, width = image.shape[:2]
    entries: dict[str, Any] = {"Type": "/XObject", "Subtype": "/Image", "Width": width, "Height": height}
    grey = image[:, :, 0]
    if not (np.array_equal(grey, image[:, :, 1]) and np.array_equal(grey, image[:, :, 2])):
        entries |= {"ColorSpace": "/DeviceRGB", "BitsPerComponent": 8, "Filter": "/DCTDecode"}
        return stream(_jpeg(image), **entries)
    entries["ColorSpace"] = "/DeviceGray"
    if ((grey == 0) | (grey == _WHITE)).all():
        content, parameters = _fax(grey)
        entries |= {"BitsPerComponent": 1, "Filter": "/CCITTFaxDecode", "DecodeParms": parameters}
        return stream(content, **entries)
    return stream(_jpeg(grey), **entries, BitsPerComponent=8, Filter="/DCTDecode")


def _jpeg(image: npt.NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return out.getvalue()


def _fax(grey: npt.NDArray[np.uint8]) -> tuple[bytes, Any]:
    """Return uint8 (H, W) of 0 and 255 as group 4 data and its parameters: the one strip of a TIFF."""
    from reportlab.pdfbase.pdfdoc import PDFDictionary

    height, width = grey.shape
    out = io.BytesIO()
    Image.fromarray(grey < _WHITE).save(out, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: height})
    tags: Any = Image.open(out).getexif()
    start, length = _only(tags[_STRIP_OFFSETS]), _only(tags[_STRIP_LENGTHS])
    black_is_1 = "false" if tags[_WHITE_IS_0] else "true"
    parameters = PDFDictionary({"K": -1, "Columns": width, "Rows": height, "BlackIs1": black_is_1})
    return out.getvalue()[start : start + length], parameters


def _only(value: Any) -> int:
    return int(value[0] if isinstance(value, tuple) else value)
