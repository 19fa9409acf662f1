"""Whatever holds a picture of writing becomes RGB pages: files, bytes, Pillow images, arrays, PDFs.

The header is checked against the limits before anything is decoded, so a small file that
claims a giant picture costs nothing. Only picture formats are tried: nothing that runs code.
"""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, TypeAlias, cast

import cv2
import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, UnidentifiedImageError

from inkread.errors import ImageError
from inkread.images import modes, pdf

SUFFIXES = frozenset(
    f".{ending}"
    for endings in (
        ("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "tif", "tiff", "webp", "gif", "bmp", "dib"),
        ("avif", "heic", "heif", "hif", "jp2", "pgm", "ppm", "pbm", "pdf"),
    )
    for ending in endings
)
"""File name endings that a folder is searched for; a file named outright may have any."""

MOST_PIXELS = 178_956_970
"""More than these Pillow takes for an attack, whatever ``Limits`` say."""

_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "DIB", "AVIF", "JPEG2000", "PPM")
_KNOWN = "JPEG, PNG, TIFF, WebP, GIF, BMP, AVIF, HEIC and PDF"
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_HEAD = 1024
_TURNS: Mapping[int, Callable[[npt.NDArray[np.uint8]], Any]] = MappingProxyType(
    {
        2: lambda rgb: cv2.flip(rgb, 1),
        3: lambda rgb: cv2.rotate(rgb, cv2.ROTATE_180),
        4: lambda rgb: cv2.flip(rgb, 0),
        5: cv2.transpose,
        6: lambda rgb: cv2.rotate(rgb, cv2.ROTATE_90_CLOCKWISE),
        7: lambda rgb: cv2.rotate(cv2.transpose(rgb), cv2.ROTATE_180),
        8: lambda rgb: cv2.rotate(rgb, cv2.ROTATE_90_COUNTERCLOCKWISE),
    }
)
"""What puts a picture upright, by its EXIF orientation."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused before it is decoded.

    Args:
        max_pixels: width times height of one page; above ``MOST_PIXELS`` Pillow refuses as well.
        max_side: pixels of one side (OpenCV's own limit is 32,767).
        max_pages: pages of one file.
        pdf_dpi: pixels per inch at which PDF pages are drawn.
        pdf_max_pixels: pages of a PDF that would be larger are drawn smaller.
    """

    max_pixels: int = 120_000_000
    max_side: int = 30_000
    max_pages: int = 1_000
    pdf_dpi: float = 240.0
    pdf_max_pixels: int = 16_000_000


@dataclass(frozen=True, slots=True, eq=False)
class PageImage:
    """One page as pixels.

    ``image`` is uint8 (H, W, 3) RGB, 0 to 255, turned as EXIF says; ``number`` counts from 1
    within the source; ``source`` is the file's name or empty; ``seconds`` is the time opening took.
    """

    image: npt.NDArray[np.uint8] = field(repr=False)
    number: int = 1
    source: str = ""
    seconds: float = 0.0


Source: TypeAlias = "str | Path | bytes | BinaryIO | Image.Image | npt.NDArray[Any] | PageImage"
"""What can be opened: a path, a file's bytes, a binary file object, a Pillow image, an array
(see ``modes.array_to_rgb`` for shapes and ranges), or a page that is open already."""


def open_pages(
    source: Source, *, limits: Limits | None = None, only: int | None = None, name: str | None = None
) -> Iterator[PageImage]:
    """Yield the pages of ``source`` one after the other, each decoded when it is asked for.

    TIFF and PDF have as many pages as they hold; of an animation the first frame is the page.

    Args:
        source: see ``Source``.
        limits: what to refuse; ``Limits()`` by default.
        only: the one page wanted, counted from 1, or all.
        name: what to call the source, by default its path.

    Raises:
        ImageError: not an image, damaged, locked, too large, or no such page.
    """
    limits = limits or Limits()
    if isinstance(source, PageImage):
        yield source
        return
    if name is None:
        name = str(source) if isinstance(source, str | Path) else ""
    started = time.perf_counter()
    pages = _open(source, limits, only)
    for number, image in pages:
        yield PageImage(image, number, name, time.perf_counter() - started)
        started = time.perf_counter()


def open_page(source: Source, *, number: int = 1, limits: Limits | None = None) -> PageImage:
    """Return one page of ``source``; errors as in ``open_pages``."""
    with contextlib.closing(cast("Any", open_pages(source, limits=limits, only=number))) as pages:
        page: PageImage = next(pages)
    return page


def count_pages(content: bytes, *, limits: Limits | None = None) -> int:
    """Return how many pages ``open_pages`` will yield of a file's bytes; none is decoded.

    Raises:
        ImageError: not an image, damaged, locked, or with too many pages.
    """
    limits = limits or Limits()
    head = content[:_HEAD]
    _check_head(head)
    if b"%PDF-" in head:
        return pdf.count_pages(content, limits.max_pages)
    with _open_picture(io.BytesIO(content), head, limits) as image:
        try:
            count = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
        except Exception:  # decoders fail in their own ways, all of them the file's fault
            raise ImageError("The image is damaged or cut short; save or download it again.") from None
    if count > limits.max_pages:
        raise ImageError(f"The image has more than {limits.max_pages} pages; split it into parts.")
    return count


_Numbered: TypeAlias = "Iterator[tuple[int, npt.NDArray[np.uint8]]]"


def _open(source: Source, limits: Limits, only: int | None) -> _Numbered:
    if isinstance(source, np.ndarray):
        _check_size(source.shape[1] if source.ndim > 1 else 0, source.shape[0] if source.ndim else 0, limits)
        return iter([(1, modes.array_to_rgb(source))])
    if isinstance(source, Image.Image):
        return _frames(source, limits, only)
    if isinstance(source, str | Path):
        return _open_path(Path(source), limits, only)
    if isinstance(source, bytes | bytearray | memoryview):
        return _open_bytes(bytes(source), limits, only)
    if hasattr(source, "read"):
        content = source.read()
        if not isinstance(content, bytes | bytearray | memoryview):
            raise ImageError("The file is open as text; open it with mode 'rb'.")
        return _open_bytes(bytes(content), limits, only)
    raise ImageError(f"A {type(source).__name__} cannot be opened; pass a path, bytes, an image or an array.")


def _open_path(path: Path, limits: Limits, only: int | None) -> _Numbered:
    if "\0" in str(path):
        raise ImageError("No file has such a name, which holds a zero byte; check it.")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            _check_head(head)
            if b"%PDF-" in head:
                yield from _render(path, limits, only)
                return
            file.seek(0)
            yield from _decode(file, head, limits, only)
    except FileNotFoundError:
        raise ImageError("There is no such file; check its name.") from None
    except IsADirectoryError:
        raise ImageError("This is a folder; name the images in it.") from None
    except PermissionError:
        raise ImageError("You have no permission to read this file; ask its owner, or use chmod.") from None
    except OSError as error:
        raise ImageError(f"The file cannot be read ({error.strerror or error}); check the disk.") from None


def _open_bytes(content: bytes, limits: Limits, only: int | None) -> _Numbered:
    head = content[:_HEAD]
    _check_head(head)
    if b"%PDF-" in head:
        return _render(content, limits, only)
    return _decode(io.BytesIO(content), head, limits, only)


def _check_head(head: bytes) -> None:
    if not head:
        raise ImageError("The file is empty (zero bytes); copy or download it again.")


def _render(source: Path | bytes, limits: Limits, only: int | None) -> _Numbered:
    return pdf.render_pages(
        source,
        dpi=limits.pdf_dpi,
        max_pages=limits.max_pages,
        max_pixels=min(limits.pdf_max_pixels, limits.max_pixels),
        max_side=limits.max_side,
        only=only,
    )


def _decode(file: BinaryIO, head: bytes, limits: Limits, only: int | None) -> _Numbered:
    with _open_picture(file, head, limits) as image:
        yield from _frames(image, limits, only, ours=True)


def _open_picture(file: BinaryIO, head: bytes, limits: Limits) -> Image.Image:
    """Open a picture file; every fault of the file is an ``ImageError``."""
    try:
        if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS and b"avif" not in head[12:64]:
            return _open_heif(file, limits)
        return Image.open(file, formats=_FORMATS)
    except Image.DecompressionBombError:
        most = min(limits.max_pixels, MOST_PIXELS)
        raise ImageError(f"The image claims more than {most:,} pixels; scale it down.") from None
    except UnidentifiedImageError:
        raise ImageError(f"This is not an image that inkread knows; convert it to one of {_KNOWN}.") from None
    except ImageError:
        raise
    except Exception:  # decoders fail in their own ways, all of them the file's fault
        raise ImageError("The image is damaged or cut short; save or download it again.") from None


def _open_heif(file: BinaryIO, limits: Limits) -> Image.Image:
    import pillow_heif

    container = pillow_heif.open_heif(file)
    width, height = container.size
    _check_size(width, height, limits)
    return container.to_pillow()


def _frames(image: Image.Image, limits: Limits, only: int | None, ours: bool = False) -> _Numbered:
    """Yield the pages of an opened image: all of a TIFF's, the first frame of all others.

    An image that is ``ours`` is closed before its last page is handed on, which frees its pixels.
    """
    if only is not None and only != 1 and image.format != "TIFF":
        raise ImageError(f"The image has one page, so there is no page {only}; ask for page 1.")
    if only is not None and only < 1:
        raise ImageError(f"Pages are counted from 1, so there is no page {only}; ask for page 1.")
    number = only or 1
    while True:
        if number > 1:
            try:
                image.seek(number - 1)
            except EOFError:
                if only is not None:
                    raise ImageError(f"The image has no page {only}; ask for an earlier one.") from None
                return
            except Exception:  # decoders fail in their own ways, all of them the file's fault
                raise ImageError(f"Page {number} is damaged or cut short; save the file again.") from None
        if number > limits.max_pages:
            raise ImageError(f"The image has more than {limits.max_pages} pages; split it into parts.")
        last = only is not None or image.format != "TIFF"
        rgb = _load(image, limits)
        if last and ours:
            image.close()
        yield number, rgb
        if last:
            return
        del rgb
        number += 1


def _load(image: Image.Image, limits: Limits) -> npt.NDArray[np.uint8]:
    """Decode the frame that an image stands at, and put it upright."""
    _check_size(*image.size, limits)
    if 0 in image.size:
        raise ImageError("The image has no pixels (one of its sides is 0); pass the whole picture.")
    try:
        image.load()
    except MemoryError:
        raise ImageError("The image does not fit into memory; scale it down.") from None
    except Exception:  # decoders fail in their own ways, all of them the file's fault
        raise ImageError("The image is damaged or cut short; save or download it again.") from None
    orientation = 1
    with contextlib.suppress(Exception):  # a damaged EXIF block does not make the picture unreadable
        orientation = int(image.getexif().get(ExifTags.Base.Orientation, 1))
    rgb = modes.pil_to_rgb(image)
    return np.asarray(_TURNS[orientation](rgb), dtype=np.uint8) if orientation in _TURNS else rgb


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.max_pixels or max(width, height) > limits.max_side:
        raise ImageError(
            f"The image claims {width:,} x {height:,} pixels, more than {limits.max_pixels:,} in all or "
            f"{limits.max_side:,} on a side; scale it down."
        )
