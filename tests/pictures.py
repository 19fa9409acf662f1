"""Pictures of writing, made on the spot: Pillow's own font on plain paper."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

LINES = ("Dear Margaret,", "thank you for the letter", "that came on Monday.")


def line_picture(text: str, size: int = 40, *, ink: int = 30, paper: int = 235) -> Image.Image:
    """One line of ``text``, dark on light, grey."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (int(right - left) + size, int(bottom - top) + size // 2), paper)
    ImageDraw.Draw(image).text((size // 2 - left, size // 4 - top), text, fill=ink, font=font)
    return image


def line_array(text: str, size: int = 40) -> npt.NDArray[np.uint8]:
    """The same as uint8 (H, W)."""
    return np.asarray(line_picture(text, size))


def page_picture(
    lines: Sequence[str] = LINES, size: int = 40, *, ink: int = 30, paper: int = 235
) -> Image.Image:
    """A page of lines, RGB."""
    image = Image.new("RGB", (900, 200 + 90 * len(lines)), (paper, paper, max(paper - 5, 0)))
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    for number, text in enumerate(lines):
        draw.text((110, 90 + 90 * number), text, fill=(ink, ink, ink), font=font)
    return image


def marked_picture(width: int = 64, height: int = 48) -> Image.Image:
    """Light paper, a dark bar at the left, a red corner at the bottom right."""
    image = Image.new("RGB", (width, height), (240, 240, 230))
    image.paste((20, 20, 40), (4, 4, 12, height - 4))
    image.paste((200, 20, 20), (width - 16, height - 16, width, height))
    return image


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """The bytes of an image file."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a hundred bytes that claims ``width`` x ``height``."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def locked_pdf() -> bytes:
    """A PDF of one empty page that only a password opens (40-bit RC4, by PDF 1.4's algorithms 2 to 4)."""
    padding = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    from hashlib import md5

    def rc4(key: bytes, content: bytes) -> bytes:
        state, j, out = list(range(256)), 0, bytearray()
        for i in range(256):
            j = (j + state[i] + key[i % len(key)]) % 256
            state[i], state[j] = state[j], state[i]
        i = j = 0
        for byte in content:
            i = (i + 1) % 256
            j = (j + state[i]) % 256
            state[i], state[j] = state[j], state[i]
            out.append(byte ^ state[(state[i] + state[j]) % 256])
        return bytes(out)

    password = (b"secret" + padding)[:32]
    owner = rc4(md5(password).digest()[:5], password)
    identity = b"0123456789abcdef"
    key = md5(password + owner + struct.pack("<i", -4) + identity).digest()[:5]
    user = rc4(key, padding)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <"
        + owner.hex().encode()
        + b"> /U <"
        + user.hex().encode()
        + b"> >>",
    )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<" + identity.hex().encode() + b"> <"
    out += identity.hex().encode() + b">] >>\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def coloured(picture: np.ndarray) -> np.ndarray:
    """Whether each pixel is coloured, neither grey nor white."""
    return np.ptp(picture.astype(int), axis=2) > 60
