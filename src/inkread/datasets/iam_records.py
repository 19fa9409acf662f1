"""What IAM says of its lines: lines.txt, forms.txt and the XML of a form -> ``IamLine``.

IAM gives a line as tokens (``resolution|.|Mr.``), words and punctuation apart. Natural spacing
comes from the XML, from a table ``natural.tsv`` (line, split, segmentation, text), or from
``natural_spacing``.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from lxml import etree

from inkread.datasets.iam_files import read_table
from inkread.errors import DataError

Box = tuple[int, int, int, int]
Segmentation = Literal["ok", "err"]

_DEFAULT_THRESHOLD = 160
_TO_THE_LEFT = re.compile(r"[.,;:!?)]|\.\.\.|'(?:s|ll|re|ve|d|m|t)|n't", re.IGNORECASE)
_QUOTES = ('"', "'")


@dataclass(frozen=True, slots=True)
class IamLine:
    """One line of a form.

    Attributes:
        name: ``a01-000u-00``.
        text: with natural spacing, NFC; ``#`` stands for what was crossed out.
        tokens: words and marks as IAM keeps them; one may hold a blank (``M Ps``).
        box: left, top, width, height in pixels of the form, tight around the ink; None where IAM
            gives none.
        segmentation: "ok", or "err" where IAM's division into words failed; text and box of such
            a line are right all the same.
        threshold: grey level, 0 to 255, up to which a pixel is ink.
        components: boxes of the line's connected components; empty without the XML.
    """

    name: str
    text: str
    tokens: tuple[str, ...]
    box: Box | None
    segmentation: Segmentation
    threshold: int
    components: tuple[Box, ...] = ()


def natural_spacing(lines: Iterable[Sequence[str]]) -> list[str]:
    """Join the tokens of a form's lines as they are written: no blank before a comma.

    Quotation marks open and close in turn, on from line to line; one at the end of a line closes.
    """
    texts, opened = [], set[str]()
    for tokens in lines:
        text, joined = "", True
        for number, token in enumerate(tokens):
            if token in _QUOTES:
                closes = token in opened or 0 < number == len(tokens) - 1
                text += token if closes or joined else f" {token}"
                (opened.discard if closes else opened.add)(token)
                joined = not closes
            else:
                text += token if joined or _TO_THE_LEFT.fullmatch(token) else f" {token}"
                joined = token == "("
        texts.append(text)
    return texts


def read_lines(path: Path) -> dict[str, list[IamLine]]:
    """Read lines.txt: the lines of each form by its name, in order, with natural spacing by rule.

    Raises:
        DataError: a row is not of the format that the head of the file describes.
    """
    rows: dict[str, list[IamLine]] = {}
    for number, row in enumerate(read_table(path), start=1):
        if not row.strip() or row.startswith("#"):
            continue
        fields = row.split(" ", 8)
        try:
            name, segmentation, threshold, _, x, y, width, height, tokens = fields
            box = (int(x), int(y), int(width), int(height))
            ok: Segmentation = "ok" if segmentation == "ok" else "err"
            line = IamLine(name, "", tuple(tokens.split("|")), _usable(box), ok, int(threshold))
        except ValueError:
            raise DataError(
                f"{path}, line {number}: this is no row of IAM's lines.txt; unpack ascii.tgz again."
            ) from None
        rows.setdefault(name.rpartition("-")[0], []).append(line)
    return {form: _spaced(sorted(lines, key=lambda line: line.name)) for form, lines in rows.items()}


def read_writers(path: Path) -> dict[str, str]:
    """Read forms.txt: the writer's number of each form.

    Raises:
        DataError: a row has no writer.
    """
    writers = {}
    for number, row in enumerate(read_table(path), start=1):
        if not row.strip() or row.startswith("#"):
            continue
        fields = row.split()
        if len(fields) < 2:
            raise DataError(f"{path}, line {number}: a row is a form and its writer; unpack ascii.tgz again.")
        writers[fields[0]] = fields[1]
    return writers


def read_natural(path: Path) -> dict[str, str]:
    """Read natural.tsv: each line's text with natural spacing, by the line's name."""
    rows = (row.split("\t") for row in read_table(path))
    return {row[0]: unicodedata.normalize("NFC", row[3]) for row in rows if len(row) == 4}


def read_xml(path: Path) -> tuple[str, list[IamLine]]:
    """Read the XML of one form: its writer's number and its lines.

    The texts have the spacing of the XML; entities that IAM escaped twice (``&amp;quot;``) are
    resolved. A line's box is that around its components.

    Raises:
        DataError: it is not XML, or not of IAM's form.
    """
    parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False, remove_comments=True)
    try:
        form = etree.parse(str(path), parser).getroot()
        lines = [_xml_line(line) for line in form.iterfind("handwritten-part/line")]
    except (etree.XMLSyntaxError, OSError, KeyError, ValueError) as error:
        raise DataError(f"{path} is not the XML of a form ({error}); unpack xml.tgz again.") from None
    if form.tag != "form" or not lines:
        raise DataError(f"{path} holds no line of handwriting; unpack xml.tgz again.")
    lines.sort(key=lambda line: line.name)
    return str(form.get("writer-id", "")), lines


def _xml_line(line: etree._Element) -> IamLine:
    found = [
        _usable(
            (
                int(part.attrib["x"]),
                int(part.attrib["y"]),
                int(part.attrib["width"]),
                int(part.attrib["height"]),
            )
        )
        for part in line.iter("cmp")
    ]
    components = tuple(box for box in found if box)
    tokens = tuple(html.unescape(str(word.attrib["text"])) for word in line.iterfind("word"))
    text = " ".join(html.unescape(str(line.attrib["text"])).split())
    return IamLine(
        str(line.attrib["id"]),
        unicodedata.normalize("NFC", text),
        tokens or tuple(text.split()),
        _around(components),
        "ok" if line.get("segmentation", "ok") == "ok" else "err",
        int(line.get("threshold", _DEFAULT_THRESHOLD)),
        components,
    )


def _usable(box: Box) -> Box | None:
    return box if min(box) >= 0 and min(box[2:]) > 0 else None


def _around(boxes: Sequence[Box]) -> Box | None:
    """Return the box around boxes."""
    if not boxes:
        return None
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top


def _spaced(lines: list[IamLine]) -> list[IamLine]:
    texts = natural_spacing(line.tokens for line in lines)
    return [replace(line, text=text) for line, text in zip(lines, texts, strict=True)]


def merged(ascii_lines: Sequence[IamLine], xml_lines: Sequence[IamLine]) -> list[IamLine]:
    """Return the lines of a form of which both say something: boxes of lines.txt, texts of the XML."""
    from_xml = {line.name: line for line in xml_lines}
    both = []
    for line in ascii_lines:
        other = from_xml.pop(line.name, None)
        if other is not None:
            line = replace(line, text=other.text, box=line.box or other.box, components=other.components)
        both.append(line)
    return sorted([*both, *from_xml.values()], key=lambda line: line.name)
