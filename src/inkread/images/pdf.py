"""Pages of a PDF as pictures, by pypdfium2.

PDFium is not made for threads, so one lock guards every call; it is released between pages.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkread.errors import ImageError

POINTS_PER_INCH = 72.0

_lock = threading.Lock()


def render_pages(
    source: Path | bytes,
    *,
    dpi: float,
    max_pages: int,
    max_pixels: int,
    max_side: int,
    only: int | None = None,
) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """Yield (number, uint8 (H, W, 3) RGB) of each page, numbers from 1.

    Args:
        source: a path, or the file's bytes.
        dpi: pixels per inch; a page that would exceed ``max_pixels`` or ``max_side`` is drawn smaller.
        max_pages: more pages than this are refused.
        max_pixels, max_side: pixels of one drawn page, and of its longer side.
        only: the one page wanted, or all.

    Raises:
        ImageError: damaged, locked by a password, too many pages, or no such page.
    """
    import pypdfium2

    document, count = _open(source, max_pages)
    try:
        if only is not None and not 1 <= only <= count:
            raise ImageError(f"The PDF has {count} pages, so there is no page {only}; name one of them.")
        for number in range(1, count + 1) if only is None else (only,):
            with _lock:
                try:
                    image = _render(document, number - 1, dpi / POINTS_PER_INCH, max_pixels, max_side)
                except pypdfium2.PdfiumError as error:
                    raise _at_fault(error) from None
            yield number, image
    finally:
        with _lock:
            document.close()


def count_pages(source: Path | bytes, max_pages: int) -> int:
    """Return the number of pages; errors as in ``render_pages``."""
    document, count = _open(source, max_pages)
    with _lock:
        document.close()
    return count


def _open(source: Path | bytes, max_pages: int) -> tuple[Any, int]:
    """Open a document and count its pages."""
    import pypdfium2

    with _lock:
        try:
            document = pypdfium2.PdfDocument(source)
        except pypdfium2.PdfiumError as error:
            raise _at_fault(error) from None
        count = len(document)
        if count <= max_pages:
            return document, count
        document.close()
    raise ImageError(f"The PDF has {count} pages, more than {max_pages}; split it into parts.")


def _at_fault(error: Any) -> ImageError:
    import pypdfium2.raw

    if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
        return ImageError("The PDF is locked by a password; save a copy without one and read that.")
    return ImageError("The PDF is damaged or cut short; save or download it again.")


def _render(
    document: object, index: int, scale: float, max_pixels: int, max_side: int
) -> npt.NDArray[np.uint8]:
    page = document[index]  # type: ignore[index]
    width, height = page.get_size()
    area, longest = max(width * height, 1.0), max(width, height, 1.0)
    scale = min(scale, (max_pixels / area) ** 0.5, max_side / longest)
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
    pixels = np.array(bitmap.to_numpy(), dtype=np.uint8)
    bitmap.close()
    page.close()
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(pixels[:, :, :3])
