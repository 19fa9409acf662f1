"""Faults of data, named by file and line, and the checks that every line of text goes through."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkread.alphabet import READER_ALPHABET, Alphabet
from inkread.errors import ImageError
from inkread.images.line import HEIGHT, normalise_line

STRIDE = 4
"""Columns of a normalised line that become one frame of the reader's networks."""

_SHOWN = 5


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: the file (or the example's key), the line in it (from 1, 0 for all of it), and what it is.

    ``kind`` is one of few, for counting: "missing text", "too narrow" and so on.
    """

    path: str
    line: int
    kind: str
    fault: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.fault}"


@dataclass(slots=True)
class Checked:
    """What a check found.

    Attributes:
        faults: all of them, in the order they were found.
        examples: lines (or other examples) that were looked at.
        left_out: lines that are no fault and that training leaves out (crossed-out words).
        alphabet: the characters that texts may hold.
        height, stride: of the network that shall read the lines.
        unit: what is counted, in the plural.
    """

    alphabet: Alphabet = READER_ALPHABET
    height: int = HEIGHT
    stride: int = STRIDE
    unit: str = "lines"
    faults: list[Fault] = field(default_factory=list)
    examples: int = 0
    left_out: int = 0
    _images: dict[bytes, tuple[str, str]] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, int]:
        """How many faults there are of each kind, the most frequent first."""
        return dict(Counter(fault.kind for fault in self.faults).most_common())

    def add(self, path: Path | str, line: int, kind: str, fault: str) -> None:
        """Add a fault."""
        self.faults.append(Fault(str(path), line, kind, fault))

    def row(self, path: Path, line: int, fault: str) -> None:
        """Add what a reader of files tells (an ``OnFault``)."""
        known = {"UTF-8": "not UTF-8", "number": "bad polygon"}
        kind = next((kind for word, kind in known.items() if re.search(rf"\b{word}\b", fault)), "bad row")
        self.add(path, line, kind, fault)

    def text(self, path: Path | str, line: int, text: str) -> None:
        """Check the text of a line: it has one, of one line, within the alphabet."""
        text = unicodedata.normalize("NFC", text).strip()
        if not text:
            self.add(path, line, "empty text", "the text is empty; write it, or remove the line.")
        elif "\n" in text:
            rows = text.count("\n") + 1
            self.add(path, line, "several lines", f"the text has {rows} lines; an image shows one line.")
            text = text.replace("\n", " ")
        outside = [character for character in dict.fromkeys(text) if character not in self.alphabet]
        if outside:
            named = ", ".join(
                f"{character!r} (U+{ord(character):04X}) at column {text.index(character) + 1}"
                for character in outside[:_SHOWN]
            )
            more = f" and {len(outside) - _SHOWN} more" if len(outside) > _SHOWN else ""
            self.add(path, line, "outside the alphabet", f"characters outside the alphabet: {named}{more}.")

    def width(self, path: Path | str, line: int, image: npt.NDArray[np.uint8], text: str) -> None:
        """Check that a line is wide enough: CTC needs a frame a character, and one between repeats."""
        text = unicodedata.normalize("NFC", text).strip()
        try:
            columns = normalise_line(image, self.height).shape[1]
        except ImageError as error:
            self.add(path, line, "unreadable image", f"the image cannot be used: {error}")
            return
        frames = columns // self.stride
        needed = len(text) + sum(first == second for first, second in pairwise(text))
        if frames < needed:
            self.add(
                path,
                line,
                "too narrow",
                f"the image is too narrow for its text: {columns} columns at height {self.height} are "
                f"{frames} frames, and its {len(text)} characters need {needed}; check text and crop.",
            )

    def duplicate(self, path: Path | str, line: int, content: bytes, text: str, name: str) -> None:
        """Check that an image (its bytes) was not met before."""
        digest = hashlib.sha256(content).digest()
        first, known = self._images.setdefault(digest, (f"{path}:{line}" if line else str(path), text))
        if first == (f"{path}:{line}" if line else str(path)):
            return
        how = "with the same text" if text == known else "with another text"
        self.add(path, line, "duplicate", f"{name} is the same image as in {first}, {how}.")

    def sorted(self) -> Iterator[Fault]:
        """Yield the faults by file and line."""
        yield from sorted(self.faults)
