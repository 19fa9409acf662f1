"""Images as PNG bytes; small ones so plainly laid out that thousands are decoded in one step.

A character of 28 x 28 pixels costs more to inflate than to copy, so that small images are stored
within their PNG without compression (the Parquet file around them is compressed). Every PNG reader
opens them, and as all of one size have their pixels at the same places, ``decode_alike`` is one
slice of an array.

PNG specification, third edition (W3C 2025), sections 5, 7 and 10.
"""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import numpy.typing as npt

_SMALL = 64
"""Side in pixels up to which an image is stored plainly (its rows then fit one block of zlib)."""


def encode(image: npt.NDArray[np.uint8]) -> bytes:
    """Return uint8 (H, W) as the bytes of a grey PNG."""
    height, width = image.shape
    if max(height, width) > _SMALL:
        return bytes(cv2.imencode(".png", image)[1])
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = image
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def decode(content: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
    """Return the image uint8 (H, W) in the bytes of a PNG, uint8 (N,); None if they hold none."""
    image = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
    return None if image is None else np.asarray(image, dtype=np.uint8)


def decode_alike(contents: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
    """Return all images of one size that ``encode`` stored plainly, without a copy.

    Args:
        contents: uint8 (N, bytes), a PNG a row.

    Returns:
        uint8 (N, H, W), a view of ``contents``; None where the rows are anything else.
    """
    count, length = contents.shape
    if count == 0 or length < 57:
        return None
    width, height = struct.unpack(">II", contents[0, 16:24].tobytes())
    if not 0 < max(width, height) <= _SMALL or min(width, height) == 0:
        return None
    model = np.frombuffer(encode(np.zeros((height, width), np.uint8)), np.uint8)
    first, size = len(model) - 20 - height * (width + 1), height * (width + 1)
    if len(model) != length or (contents[:, :first] != model[:first]).any():
        return None
    rows = contents[:, first : first + size].reshape(count, height, width + 1)
    return None if rows[:, :, 0].any() else rows[:, :, 1:]
