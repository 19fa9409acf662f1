"""Lines of text written with handwriting fonts: endless, made on the fly, natural language."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from inkread.checks import check_share
from inkread.datasets.base import LineSample
from inkread.errors import ConfigError, DataError
from inkread.ink.corpus import Corpus
from inkread.ink.finish import finish
from inkread.ink.glyphs import FontFace, load_faces, write
from inkread.ink.layer import InkLine

_TRIES = 12
_TALLEST = 4.3  # lines of flourishes, taller than this many x-heights, would be too small to read
_VARIANTS = ("italic", "two")
_JOINED = ("cursive", "school")  # nobody writes whole words in the capitals of a joined hand


def kept_for_test(name: str) -> bool:
    """Whether the font file of this name (without its ending) belongs to a family kept for test pages.

    A family is the name without weight and style ("gaegu-700" is "gaegu"); all fonts of Playwrite are one,
    and so are all of Edu, which are models of a few school hands.
    """
    words = [word for word in name.lower().split("-") if not word.isdigit() and word not in _VARIANTS]
    family = words[0] if words[:1] in (["playwrite"], ["edu"]) else "-".join(words)
    return zlib.crc32(family.encode()) % 10 == 0


def _shouts(text: str) -> bool:
    """Whether words of the text are in capitals throughout."""
    return sum(word.isupper() and len(word) > 3 for word in text.split()) > 1


class FontLines:
    """A ``LineSource`` of synthetic lines in handwriting fonts.

    Args:
        fonts: folder with ``fonts.tsv`` and the font files it lists.
        corpus: what is written.
        max_chars: longest line.
        neighbours: share of lines that have a line above, below or both.
        part: "train" leaves out the families that are kept for test pages, about a tenth, by a hash of
            their names; "test" takes those only.
        capitals, small_capitals: shares of lines, where the hand allows it, in capitals of one size, and
            in large ones and small ones, which mean small letters (only where the text has both); not of
            those that ``hand`` writes for pages.

    Raises:
        ConfigError: no such part, or a share that is none.
        DataError: a font is missing.
    """

    name = "font_lines"

    def __init__(
        self,
        fonts: Path,
        corpus: Corpus,
        max_chars: int = 80,
        neighbours: float = 0.4,
        part: str = "all",
        capitals: float = 0.0,
        small_capitals: float = 0.1,
    ) -> None:
        if part not in ("all", "train", "test"):
            raise ConfigError(f"Fonts have no part {part!r}; use all, train or test.")
        check_share(capitals=capitals, small_capitals=small_capitals)
        faces = load_faces(fonts)
        self._faces = [
            face for face in faces if part == "all" or kept_for_test(face.name) == (part == "test")
        ]
        if not self._faces:
            raise DataError(f"{fonts}/fonts.tsv lists no such font; fetch the handwriting fonts again.")
        weights = np.array([face.weight for face in self._faces])
        self._edges = np.cumsum(weights / weights.sum())
        self._corpus = corpus
        self._max_chars = max_chars
        self._neighbours = neighbours
        self._capitals, self._small = capitals, small_capitals

    def sample(self, index: int, rng: np.random.Generator) -> LineSample:
        """Return one line; ``index`` does not matter, all is drawn from ``rng``."""
        line, face = self._line(rng)
        above = below = None
        if rng.random() < self._neighbours:
            which = rng.random()
            if which < 0.75:
                above = self._neighbour(face, rng)
            if which > 0.25:
                below = self._neighbour(face, rng)
        return LineSample(finish(line, rng, above, below), line.text, f"{self.name}/{face.name}")

    def hand(
        self, rng: np.random.Generator
    ) -> tuple[str, Callable[[int, np.random.Generator, str], InkLine | None]]:
        """Return a font's name, and what has it write a line: a beginning and about so many characters."""
        face = self._face(rng)

        def write_line(length: int, rng: np.random.Generator, lead: str = "") -> InkLine | None:
            for _ in range(_TRIES):
                text = self._corpus.line(rng, max(length * 9 // 10, 1), max(length, 2)) if length else ""
                text = f"{lead} {text}".strip()
                text = text.upper() if face.capitals_only else text
                if face.writes(text) and not (face.style in _JOINED and _shouts(text)):
                    break
            else:
                return None
            line = write(text, face, rng)
            return line if line.box[3] - line.box[1] <= _TALLEST * line.x_height else None

        return face.name, write_line

    def _face(self, rng: np.random.Generator) -> FontFace:
        return self._faces[min(int(np.searchsorted(self._edges, rng.random())), len(self._faces) - 1)]

    def _line(self, rng: np.random.Generator) -> tuple[InkLine, FontFace]:
        for _ in range(_TRIES):
            text = self._corpus.line(rng, 1, self._max_chars)
            for _ in range(_TRIES):
                face = self._face(rng)
                if face.capitals_only or (self._capitals and rng.random() < self._capitals):
                    text = text.upper() if face.characters.issuperset(text.upper()) else text
                if not face.writes(text) or (face.style in _JOINED and _shouts(text)):
                    continue
                line = write(text, face, rng, self._small_capitals(text, face, rng))
                if line.box[3] - line.box[1] <= _TALLEST * line.x_height:
                    return line, face
        raise DataError("No font can write what the corpus gives; check the fonts' characters.")

    def _small_capitals(self, text: str, face: FontFace, rng: np.random.Generator) -> float:
        """Return the size of small capitals, or 0: only where a capital in the line shows what is small."""
        wanted = rng.random() < self._small and text != text.upper() and text != text.lower()
        fits = face.style not in _JOINED and len(text.upper()) == len(text) and face.writes(text.upper())
        return float(rng.uniform(0.66, 0.85)) if wanted and fits else 0.0

    def _neighbour(self, face: FontFace, rng: np.random.Generator) -> InkLine | None:
        text = self._corpus.line(rng, 8, self._max_chars)
        if face.capitals_only:
            text = text.upper()
        text = "".join(character for character in text if character in face.characters).strip()
        return write(text, face, rng) if text else None
