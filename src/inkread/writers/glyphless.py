"""A font without a stroke: text in it can be found and copied, and never seen.

Every character is half as wide as it is high, so a word's width is known by its length, and any
character of Unicode may be written, whatever fonts there are. The same idea is in Tesseract's PDFs.
"""

from __future__ import annotations

import struct
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFObject

from inkread.writers.pdf_file import StreamedDocument, stream

ADVANCE = 0.5
"""Width of every character, as a share of the font size."""
ASCENT, DESCENT = 0.8, 0.2
"""How far characters reach above and below the baseline, as shares of the font size."""

_NAME = "/Glyphless"
_EM = 1000
_MOST = 0xFFFF
_BLOCK = 100  # entries that one block of a character map may hold


class Codes:
    """Numbers for the characters of one document, in the order of their first use."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def encode(self, text: str) -> str:
        """Return ``text`` as the hexadecimal string of a PDF; no document has 65,535 different characters."""
        return "".join(
            f"{self._codes.setdefault(character, min(len(self._codes) + 1, _MOST)):04X}" for character in text
        )

    def to_unicode(self) -> bytes:
        """Return the character map by which readers turn numbers into text again."""
        entries = [
            f"<{code:04X}> <{character.encode('utf-16-be', 'replace').hex().upper()}>"
            for character, code in self._codes.items()
        ]
        blocks = [entries[start : start + _BLOCK] for start in range(0, len(entries), _BLOCK)]
        rows = [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <FFFF> endcodespacerange",
            *(row for block in blocks for row in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
        return "\n".join(rows).encode("ascii")

    def __len__(self) -> int:
        return len(self._codes)


class GlyphlessFont(PDFObject):  # type: ignore[misc]
    """The font as an object of a PDF, which is written after all text: then its characters are known."""

    def __init__(self) -> None:
        self.codes = Codes()

    def format(self, document: StreamedDocument) -> Any:
        """Return the font's dictionary, having added what it refers to."""
        program = truetype()
        high, low = round(ASCENT * _EM), -round(DESCENT * _EM)
        descriptor = PDFDictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": _NAME,
                "Flags": 5,  # fixed width, symbolic
                "FontBBox": PDFArray([0, low, round(ADVANCE * _EM), high]),
                "ItalicAngle": 0,
                "Ascent": high,
                "Descent": low,
                "CapHeight": high,
                "StemV": 80,
                "FontFile2": stream(program, Length1=len(program)),
            }
        )
        descendant = PDFDictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": _NAME,
                "CIDSystemInfo": PDFDictionary(
                    {"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0}
                ),
                "FontDescriptor": document.Reference(descriptor),
                "DW": round(ADVANCE * _EM),
                "CIDToGIDMap": stream(b"\0\0" + b"\0\1" * len(self.codes)),
            }
        )
        font = PDFDictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": _NAME,
                "Encoding": "/Identity-H",
                "DescendantFonts": PDFArray([document.Reference(descendant)]),
                "ToUnicode": stream(self.codes.to_unicode()),
            }
        )
        return font.format(document)


def truetype() -> bytes:
    """Return a TrueType font of one character, with the tables that a PDF asks for (ISO 32000, 9.9).

    Its outline is a line there and back: it fills nothing, but gives the character the extent by
    which viewers mark text. Glyph 0, for what is missing, is empty.
    """
    width, high, low = round(ADVANCE * _EM), round(ASCENT * _EM), -round(DESCENT * _EM)
    on_curve = b"\1"
    glyph = (
        struct.pack(">5h", 1, 0, low, width, high)
        + struct.pack(">HH", 2, 0)
        + 3 * on_curve
        + struct.pack(">3h", 0, width, -width)
        + struct.pack(">3h", low, high - low, low - high)
    )
    glyph += bytes(-len(glyph) % 4)
    tables = {
        b"glyf": glyph,
        b"head": struct.pack(
            ">IIIIHHqqhhhhHHhhh",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _EM, 0, 0),
            *(0, low, width, high, 0, 8, 2, 0, 0),
        ),
        b"hhea": struct.pack(">I3hH11hH", 0x10000, high, low, 0, width, 0, 0, width, 1, *[0] * 7, 1),
        b"hmtx": struct.pack(">Hhh", width, 0, 0),
        b"loca": struct.pack(">3H", 0, 0, len(glyph) // 2),
        b"maxp": struct.pack(">IH13H", 0x10000, 2, 3, 1, 0, 0, 1, *[0] * 8),
    }
    start = 12 + 16 * len(tables)
    directory, body = b"", b""
    for tag, table in tables.items():
        padded = table + bytes(-len(table) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sIII", tag, total, start + len(body), len(table))
        body += padded
    return struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64) + directory + body
