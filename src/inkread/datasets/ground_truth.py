"""Transcribed pages as ALTO (v2 to v4) or PAGE-XML (2013 to 2019): the true lines of an image.

Both kinds, eScriptorium's and Transkribus' exports among them, become one ``TruePage``.
Namespaces are ignored, so that every version of a schema reads alike. Crossed-out words follow
CREMMA's convention: ``>word<`` where they can be read, ``><`` (some write ``<>``) where not. In
files that inkread wrote, corrected by hand or not, these are characters like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from lxml import etree

from inkread.datasets.splits import OnFault, raise_fault
from inkread.errors import GroundTruthError

Points = npt.NDArray[np.float32]
CrossedOut = Literal["keep", "drop"]

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".gif", ".bmp", ".avif", ".heic")
_IMAGE_FOLDERS = ("pages", "images", "image", "img")
_FARTHEST = 1e6  # of a number in a file, whatever its unit
_CROSSED_OUT = re.compile(r">(?!\s)[^<>]*(?<!\s)<|<>")  # close to its word: "a > b < c" is text


@dataclass(frozen=True, slots=True)
class TrueLine:
    """One transcribed line.

    ``polygon`` is float32 (N, 2), ``baseline`` float32 (M, 2) from left to right, both in pixels
    of the page as (x, y) with the origin at the top left; either may have no rows when the file
    does not give it. ``row`` is the line of the file where it stands, from 1. ``crossed_out`` tells
    that the transcription marks words as crossed out.
    """

    text: str
    polygon: Points
    baseline: Points
    row: int = 0
    crossed_out: bool = False


@dataclass(frozen=True, slots=True)
class TruePage:
    """One transcribed page: its lines in the file's reading order, and the image they lie on.

    ``width`` and ``height`` are in the file's own unit (the image may be smaller: ``scaled``);
    ``image`` is None when no image file was found.
    """

    source: Path
    image: Path | None
    width: float
    height: float
    lines: tuple[TrueLine, ...]

    @property
    def text(self) -> str:
        """The text of all lines that have any, joined by single spaces."""
        return " ".join(line.text for line in self.lines if line.text)

    def scaled(self, width: int, height: int) -> TruePage:
        """Return the page with its coordinates fitted to an image of ``width`` x ``height`` pixels."""
        factors = np.array([width / self.width, height / self.height], dtype=np.float32)
        lines = tuple(
            replace(line, polygon=line.polygon * factors, baseline=line.baseline * factors)
            for line in self.lines
        )
        return replace(self, width=width, height=height, lines=lines)


def has_crossed_out(text: str) -> bool:
    """Tell whether a transcription marks crossed-out words (``>word<``, ``><``, ``<>``)."""
    return _CROSSED_OUT.search(text) is not None


def drop_crossed_out(text: str) -> str:
    """Return a transcription without its crossed-out words and without their marks."""
    return " ".join(_CROSSED_OUT.sub("", text).split())


def read_ground_truth(
    path: str | Path, crossed_out: CrossedOut = "keep", fault: OnFault = raise_fault
) -> TruePage:
    """Read one ALTO or PAGE-XML file.

    Args:
        path: the XML file; its image is looked for beside it, by the name it states and by its own.
        crossed_out: ``keep`` leaves ``>word<`` in the text as it was transcribed, ``drop`` takes
            the crossed-out words out.
        fault: is told of each line that is at fault, which is then left out; by default the first
            is raised.

    Raises:
        GroundTruthError: the file cannot be read, is not well-formed, or is neither ALTO nor PAGE.
    """
    path = Path(path)
    root = _parse(path)
    kind = etree.QName(root).localname
    page = root.find(".//{*}Page")
    if kind not in ("alto", "PcGts") or page is None:
        raise GroundTruthError(f"{path} is neither ALTO nor PAGE-XML; export the page as one of them.")
    try:
        if kind == "alto":
            name = root.findtext(".//{*}sourceImageInformation/{*}fileName") or ""
            width, height = _alto_size(page)
            lines = tuple(_each(page.iter("{*}TextLine"), _alto_line, path, fault))
        else:
            name = page.get("imageFilename") or ""
            width, height = _number(page.get("imageWidth", "")), _number(page.get("imageHeight", ""))
            lines = tuple(_each(_page_lines(page), _page_line, path, fault))
    except ValueError as error:
        raise GroundTruthError(
            f"{path} holds a number that cannot be read ({error}); export it anew."
        ) from None
    if width < 1 or height < 1:
        raise GroundTruthError(f"{path} does not state the page's size; export it anew.")
    if not _is_ours(root):
        lines = tuple(replace(line, crossed_out=has_crossed_out(line.text)) for line in lines)
    if crossed_out == "drop":
        lines = tuple(
            replace(line, text=drop_crossed_out(line.text)) if line.crossed_out else line for line in lines
        )
    return TruePage(path, find_image(path, name), width, height, lines)


def find_ground_truth(folder: str | Path) -> list[Path]:
    """Return the transcription files (``*.xml``) of a folder and its folders, sorted by path.

    METS and other companions of an export (files that are neither ALTO nor PAGE-XML) are left out.

    Raises:
        GroundTruthError: there is no such folder, or it holds no transcription.
    """
    folder = Path(folder)
    found = [path for path in sorted(folder.rglob("*.xml")) if is_ground_truth(path)]
    if not found:
        raise GroundTruthError(f"{folder} holds no ALTO or PAGE-XML file; name the folder of an export.")
    return found


def find_image(path: Path, name: str = "") -> Path | None:
    """Find the image of a transcription: beside it, above it, or in ``pages`` or ``images`` there."""
    stated = Path(name.replace("\\", "/")).name
    names = [stated] if stated else []
    for stem in dict.fromkeys((Path(stated).stem, path.stem)):
        names += [stem + suffix for suffix in IMAGE_SUFFIXES if stem]
    above = path.parent.parent
    for place in (path.parent, above, *(above / folder for folder in _IMAGE_FOLDERS)):
        for candidate in names:
            if (place / candidate).suffix.lower() in IMAGE_SUFFIXES and (place / candidate).is_file():
                return place / candidate
    return None


def _parse(path: Path) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(path.read_bytes(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise GroundTruthError(f"{path} is not well-formed XML ({error}); export it anew.") from None
    except OSError as error:
        raise GroundTruthError(
            f"{path} cannot be read ({error.strerror}); check its name and rights."
        ) from None


def _is_ours(root: etree._Element) -> bool:
    """Tell whether inkread wrote a file, whose lines hold what is read and no marks."""
    maker = root.findtext("{*}Metadata/{*}Creator") or root.findtext(".//{*}softwareCreator") or ""
    return maker.strip().lower() == "inkread"


def _each(
    elements: Iterable[etree._Element],
    read: Callable[[etree._Element], TrueLine],
    path: Path,
    fault: OnFault,
) -> Iterator[TrueLine]:
    """Yield the lines of elements, each with its row in the file; tell of those at fault."""
    for element in elements:
        row = element.sourceline or 0
        try:
            yield replace(read(element), row=row)
        except ValueError as error:
            fault(path, row, f"holds a number that cannot be read ({error}); export it anew.")


def holds_pages(folder: str | Path) -> bool:
    """Tell whether a folder holds transcribed pages, and not line images with an ``index.tsv``."""
    folder = Path(folder)
    return not (folder / "index.tsv").is_file() and any(map(is_ground_truth, folder.rglob("*.xml")))


def is_ground_truth(path: Path) -> bool:
    """Tell by its beginning whether a file is ALTO or PAGE-XML."""
    with path.open("rb") as file:
        head = file.read(2048)
    return re.search(rb"<(\w+:)?(alto|PcGts)\b", head) is not None


def _number(text: str) -> float:
    number = float(text)
    if not abs(number) <= _FARTHEST:
        raise ValueError(f"{text!r} is no place on a page")
    return number


def _points(text: str | None) -> Points:
    """Return points from ``x,y x,y`` or ``x y x y``, float32 (N, 2)."""
    numbers = [_number(number) for number in (text or "").replace(",", " ").split()]
    if len(numbers) % 2:
        raise ValueError("an odd number of coordinates")
    return np.array(numbers, dtype=np.float32).reshape(-1, 2)


def _left_to_right(baseline: Points) -> Points:
    return baseline[::-1] if len(baseline) > 1 and baseline[0, 0] > baseline[-1, 0] else baseline


def _alto_size(page: etree._Element) -> tuple[float, float]:
    for element in (page, page.find("{*}PrintSpace")):
        if element is not None and element.get("WIDTH") and element.get("HEIGHT"):
            return _number(element.get("WIDTH", "")), _number(element.get("HEIGHT", ""))
    return 0.0, 0.0


def _alto_line(element: etree._Element) -> TrueLine:
    text = ""
    for child in element:
        kind = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if kind == "String":
            text += (" " if text else "") + child.get("CONTENT", "")
        elif kind == "HYP":
            text += child.get("CONTENT", "-")
    shape = element.find("{*}Shape/{*}Polygon")
    box = [_number(element.get(name) or "0") for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
    polygon = _points(shape.get("POINTS")) if shape is not None else np.empty((0, 2), dtype=np.float32)
    if len(polygon) < 3 and box[2] > 0 and box[3] > 0:
        x, y, width, height = box
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        polygon = np.array(corners, dtype=np.float32)
    stated = (element.get("BASELINE") or "").strip()
    if stated and len(stated.replace(",", " ").split()) == 1:  # version 2 and 3 give one height
        stated = f"{box[0]} {stated} {box[0] + box[2]} {stated}"
    return TrueLine(" ".join(text.split()), polygon, _left_to_right(_points(stated)))


def _page_lines(page: etree._Element) -> Iterator[etree._Element]:
    """Yield the TextLines, region by region in the stated reading order, the others after them."""
    regions = {region.get("id"): region for region in page.iter("{*}TextRegion")}
    stated = [
        reference.get("regionRef")
        for group in page.iterfind("{*}ReadingOrder")
        for reference in sorted(group.iter("{*}RegionRefIndexed", "{*}RegionRef"), key=_reading_index)
    ]
    for name in dict.fromkeys([name for name in stated if name in regions] + list(regions)):
        yield from regions[name].iterfind("{*}TextLine")


def _reading_index(reference: etree._Element) -> tuple[int, ...]:
    """Return the indices of a region reference from the outermost group inwards."""
    chain = [reference, *reference.iterancestors("{*}OrderedGroupIndexed", "{*}UnorderedGroupIndexed")]
    return tuple(int(element.get("index") or 0) for element in reversed(chain))


def _page_line(element: etree._Element) -> TrueLine:
    text = _text_equivalent(element)
    if text is None:
        text = " ".join(_text_equivalent(word) or "" for word in element.iterfind("{*}Word"))
    polygon, baseline = (_page_points(element.find(name)) for name in ("{*}Coords", "{*}Baseline"))
    return TrueLine(" ".join(text.split()), polygon, _left_to_right(baseline))


def _page_points(element: etree._Element | None) -> Points:
    return _points(element.get("points") if element is not None else None)


def _text_equivalent(element: etree._Element) -> str | None:
    """Return the first-ranked text of a line or word, None when it has none."""
    readings = sorted(element.iterfind("{*}TextEquiv"), key=lambda reading: int(reading.get("index") or 0))
    return (readings[0].findtext("{*}Unicode") or "") if readings else None
