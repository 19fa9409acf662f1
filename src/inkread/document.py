"""What a reading gives: ``Page`` > ``Region`` > ``Line`` > ``Word`` > ``Character``.

All coordinates are pixels of the image as the user sees it (EXIF rotation applied), as
``(x, y)`` floats with the origin at the top left corner, x to the right and y downwards.
All confidences are probabilities, 0.0 to 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass

REJECTED = "[?]"
"""What stands in a text for a line that was rejected."""

Point = tuple[float, float]
Polygon = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Character:
    """One character, its confidence and its place."""

    text: str
    confidence: float
    polygon: Polygon = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters between spaces."""

    text: str
    confidence: float
    polygon: Polygon = ()
    characters: tuple[Character, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of the same line and its probability among the readings considered."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of writing, top to bottom in reading order within its region."""

    text: str
    confidence: float
    polygon: Polygon = ()
    baseline: tuple[Point, ...] = ()
    words: tuple[Word, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether no reading was sure enough to pass for text, so that there are but alternatives."""
        return not self.text and bool(self.alternatives)

    @property
    def shown(self) -> str:
        """The text, or ``REJECTED`` for a line that was rejected."""
        return REJECTED if self.rejected else self.text


@dataclass(frozen=True, slots=True)
class Region:
    """Lines that belong together, such as a column."""

    lines: tuple[Line, ...]
    type: str = "text"
    polygon: Polygon = ()


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Name and version of the model that read a page."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its regions in reading order, and the image's size in pixels.

    ``number`` counts from 1 within the file; ``timing`` (seconds per stage) is empty unless
    it was asked for.
    """

    number: int
    width: int
    height: int
    model: ModelInfo
    regions: tuple[Region, ...] = ()
    language: str = "none"
    source: str = ""
    timing: tuple[tuple[str, float], ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in reading order."""
        return tuple(line for region in self.regions for line in region.lines)

    @property
    def text(self) -> str:
        """The text of all lines in reading order, one a row; regions parted by an empty row.

        A line that was rejected (``Reader(reject=...)``) is a row ``[?]``.
        """
        return "\n\n".join(
            "\n".join(line.shown for line in region.lines) for region in self.regions if region.lines
        )
