"""What reading ALTO and reading PAGE-XML share: a parser that opens nothing else, points, numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from inkread.document import Line, Point, Polygon, Word
from inkread.errors import InputError
from inkread.writers.fitting import pieces


def parse(content: bytes, root: str, name: str) -> etree._Element:
    """Return the root of a file whose root is called ``root``; entities and DTDs are not followed.

    Raises:
        InputError: it is not well-formed, or another kind of file.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        element = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"This is not well-formed XML ({error}); export the {name} file anew.") from None
    if etree.QName(element).localname != root:
        raise InputError(f"This is not {name}: its root is {etree.QName(element).localname}, not {root}.")
    return element


def number(text: str | None, otherwise: float = 0.0) -> float:
    """Return what a text says, a whole number as an int; ``otherwise`` where there is no text.

    Raises:
        InputError: it is no number.
    """
    if text is None or not text.strip():
        return otherwise
    try:
        value = float(text)
        return int(value) if value == int(value) else value
    except (ValueError, OverflowError):
        raise InputError(f"{text!r} is not a number; export the file anew.") from None


def confidence(text: str | None) -> float:
    """Return a confidence; 1.0 where none is stated, as in what people transcribed."""
    return min(max(float(number(text, 1.0)), 0.0), 1.0)


def points(text: str | None) -> Polygon:
    """Return the points of ``x,y x,y`` or ``x y x y``.

    Raises:
        InputError: a number that cannot be read, or an odd count of them.
    """
    values = [number(piece) for piece in (text or "").replace(",", " ").split()]
    if len(values) % 2:
        raise InputError("A list of points has an odd count of coordinates; export the file anew.")
    return tuple(zip(values[::2], values[1::2], strict=True))


def line_of(
    text: str, sure: float, polygon: Polygon, baseline: tuple[Point, ...], words: Sequence[Word]
) -> Line:
    """Return a line; words that are no words (some write whole lines as one) are left out."""
    kept = tuple(word for word in words if word.text)
    if any(" " in word.text for word in kept):
        kept = ()
    return Line(" ".join(pieces(text)), sure, polygon, baseline, kept)


def mean(confidences: Iterable[float]) -> float:
    """Return the mean, rounded to four decimals; 1.0 of none."""
    values = list(confidences)
    return round(sum(values) / len(values), 4) if values else 1.0
