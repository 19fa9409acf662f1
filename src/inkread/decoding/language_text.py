"""What a language model sees of text: which characters are one symbol, and how it is tidied."""

from __future__ import annotations

import unicodedata

from inkread.decoding.symbols import Symbols

_SINGLE = (
    " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&()*+,/:;<=>?@[\\]^{|}~«»€£§°"
    "éèêëàâçîïôûùœæüÀÂÇÉÈÊÎÔŒ"
)
_SHAPES = (".…", "'’‘`", '"“”', "-–—_", "0123456789")
_CLASSES = ("áãåäíìñóòõöøúýßðþÿ", "ÁÃÄÅÆÌÍÏËÑÓÒÕÖØÛÙÚÜÝŸÐÞ", "·×½")

SYMBOLS = Symbols(
    [(character, False) for character in _SINGLE]
    + [(shapes, False) for shapes in _SHAPES]
    + [(members, True) for members in _CLASSES]
)
"""What the shipped models tell apart: one digit is like another, and so are rare foreign letters."""

_TYPESETTING = str.maketrans({"—": " - ", "\u00ad": None, "_": None, "`": "'", "…": "..."})


def tidy(text: str) -> str:
    """Return ``text`` as one run of words: NFC, line breaks and typesetting's marks taken out."""
    text = unicodedata.normalize("NFC", text).replace("--", " - ").translate(_TYPESETTING)
    return " ".join(text.split())
