"""Files of every kind, bent out of shape: what a server must answer without falling over."""

from __future__ import annotations

import io
import random

from PIL import Image

KINDS = ("image/png", "application/json", "multipart/form-data; boundary=x", "application/octet-stream", "")


def bent(content: bytes, chance: random.Random) -> bytes:
    """Overwrite, cut out or double a few bytes of a file."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 8, 40))):
        place = chance.randrange(len(changed)) if changed else 0
        match chance.randrange(4):
            case 0:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                changed[place : place + 4] = chance.choice(
                    (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff")
                )
            case 2:
                del changed[place : place + chance.choice((1, 7, 100))]
            case _:
                changed[place:place] = changed[place : place + chance.choice((1, 30))]
    return bytes(changed) or b"\0"


def seed_files(picture: Image.Image) -> list[bytes]:
    """Return small files of every kind that hold ``picture`` (RGB), to be bent."""
    files = []
    for form in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "JPEG2000", "PPM", "AVIF", "PDF"):
        out = io.BytesIO()
        picture.save(out, form)
        files.append(out.getvalue())
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    return [*files, head + files[0] + b"\r\n--x--\r\n", b'{"image": "data:image/png;base64,iVBORw0KGgo="}']
