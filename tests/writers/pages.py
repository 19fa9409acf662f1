"""Pages to write: one of every kind of trouble, and any number of random ones."""

from __future__ import annotations

import io
import random

from inkread.document import Alternative, Character, Line, ModelInfo, Page, Polygon, Region, Word
from inkread.writers import PicturedPage, writer

MODEL = ModelInfo("tiny", "1")
BOX = ((10.04, 10.0), (90.0, 10.0), (90.0, 30.0), (10.0, 30.0))
WORD = Word("été", 0.5, BOX, (Character("é", 0.123456, BOX),))
FIRST = Line("été", 0.87654321, BOX, ((10.0, 28.0), (90.0, 28.0)), (WORD,), (Alternative("ete", 0.25),))
PAGE = Page(
    1, 100, 80, MODEL, (Region((FIRST, Line("two", 1.0))), Region((Line("three", 0.5),))), "fr", "a.png"
)
BLANK = Page(2, 100, 80, MODEL)

_ODD = "ab éÉß&<>\"' ]]>\t\n\r\0\x07\x1b\x85\u0301\u00a0\u2028\ud800\udfff\ufffe\ufeff\u05d0𝔘—-_*#;%{}"


def written(name: str, *pages: Page) -> bytes:
    """Return the pages as a file of that format."""
    out = io.BytesIO()
    writer(name).write((PicturedPage(page) for page in pages), out)
    return out.getvalue()


def text_page(*texts: str, source: str = "", language: str = "none") -> Page:
    """Return a page of one region with these lines, none of which has a place."""
    region = Region(tuple(Line(text, 1.0) for text in texts))
    return Page(1, 100, 80, MODEL, (region,), language, source)


def random_page(seed: int) -> Page:
    """Return a page with odd texts, odd numbers and missing parts, the same for the same seed."""
    return _Maker(random.Random(seed)).page()


class _Maker:
    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.width, self.height = draw.randint(1, 2000), draw.randint(1, 2000)

    def page(self) -> Page:
        regions = tuple(self.region() for _ in range(self.draw.randint(0, 3)))
        language = self.draw.choice(["none", "en", "fr"])
        model = ModelInfo(self.text(), self.text())
        number = self.draw.randint(1, 500)
        return Page(number, self.width, self.height, model, regions, language, self.text())

    def region(self) -> Region:
        lines = tuple(self.line() for _ in range(self.draw.randint(0, 4)))
        kind = self.draw.choice(["text", "text", "heading", "marginalia", "doodle"])
        return Region(lines, kind, self.polygon())

    def line(self) -> Line:
        words = tuple(self.word() for _ in range(self.draw.randint(0, 4)))
        spelt = " ".join(word.text for word in words)
        text = spelt if self.draw.random() < 0.7 else self.text()
        others = tuple(Alternative(self.text(), self.confidence()) for _ in range(self.draw.randint(0, 2)))
        return Line(text, self.confidence(), self.polygon(), self.polygon(), words, others)

    def word(self) -> Word:
        text = self.text().replace(" ", "") or "a"
        characters: tuple[Character, ...] = ()
        if self.draw.random() < 0.6:
            characters = tuple(Character(sign, self.confidence(), self.polygon()) for sign in text)
        return Word(text, self.confidence(), self.polygon(), characters)

    def text(self) -> str:
        return "".join(self.draw.choice(_ODD) for _ in range(self.draw.randint(0, 12)))

    def confidence(self) -> float:
        return self.draw.choice([0.0, 1.0, self.draw.random(), 1.5, -0.1, float("nan")])

    def polygon(self) -> Polygon:
        count = self.draw.choice([0, 0, 1, 2, 3, 4, 4, 7])
        wild = [-5.0, 1e8, float("inf"), float("-inf"), float("nan")]
        return tuple((self.place(self.width, wild), self.place(self.height, wild)) for _ in range(count))

    def place(self, size: int, wild: list[float]) -> float:
        return self.draw.choice(wild) if self.draw.random() < 0.05 else self.draw.uniform(-0.1, 1.1) * size
