"""Check transcribed pages: files, images, and the polygon and text of every line."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from inkread.datasets.faults import Checked
from inkread.datasets.folder import find_images
from inkread.datasets.ground_truth import (
    TrueLine,
    TruePage,
    find_image,
    is_ground_truth,
    read_ground_truth,
)
from inkread.datasets.ground_truth_lines import GreyImage, cut_line, open_grey
from inkread.datasets.progress import counted
from inkread.errors import GroundTruthError

_BEYOND = 0.01  # share of the page's longer side that a polygon may stick out
_ASPECT = 0.03  # relative difference between the shapes of page and image


def check_pages(folder: Path, checked: Checked) -> None:
    """Add the faults of all pages of a folder (ALTO, PAGE-XML) to ``checked``."""
    used: set[str] = set()
    for path in counted(sorted(folder.rglob("*.xml")), "pages checked"):
        image = _check_page(path, checked)
        if image is not None:
            used.add(os.path.realpath(image))
    for image in find_images(folder):
        if os.path.realpath(image) not in used:
            checked.add(image, 0, "missing text", "the page has no transcription; add its ALTO or PAGE-XML.")


def _check_page(path: Path, checked: Checked) -> Path | None:
    """Check one file and return its image, if there is one."""
    if not is_ground_truth(path):
        image = find_image(path)
        if image is not None:  # else a companion of an export, such as METS
            checked.add(path, 0, "bad file", "this is neither ALTO nor PAGE-XML; export the page as one.")
        return image
    try:
        page = read_ground_truth(path, fault=checked.row)
    except GroundTruthError as error:
        line = getattr(error.__context__, "lineno", None) or 0
        checked.add(path, line, "bad file", str(error).removeprefix(f"{path} "))
        return find_image(path)
    checked.examples += len(page.lines)
    if page.image is None:
        checked.add(path, 0, "missing image", "no image lies beside it; put it there under the same name.")
    pixels = _open(page, checked)
    shapes: dict[bytes, int] = {}
    for number, line in enumerate(page.lines):
        if line.crossed_out:
            checked.left_out += 1
            continue
        checked.text(path, line.row, line.text)
        fault = _polygon_fault(line, page)
        if fault:
            checked.add(path, line.row, "bad polygon", fault)
            continue
        first = shapes.setdefault(line.polygon.tobytes(), line.row)
        if first != line.row:
            checked.add(path, line.row, "duplicate", f"the polygon is the same as in line {first}.")
        if pixels is not None:
            scaled = page.scaled(pixels.shape[1], pixels.shape[0]).lines[number]
            crop = cut_line(pixels, scaled.polygon, scaled.baseline)
            checked.width(path, line.row, crop, line.text)
    return page.image


def _open(page: TruePage, checked: Checked) -> GreyImage | None:
    """Open the page's image and check that it can be the one that was transcribed."""
    if page.image is None:
        return None
    try:
        checked.duplicate(page.source, 0, page.image.read_bytes(), page.text, page.image.name)
        pixels = open_grey(page.image)
    except (GroundTruthError, OSError) as error:
        checked.add(page.source, 0, "unreadable image", f"its image cannot be opened: {error}")
        return None
    rows, columns = pixels.shape
    stated, found = page.width / page.height, columns / rows
    if abs(stated / found - 1.0) > _ASPECT:
        checked.add(
            page.source,
            0,
            "wrong image",
            f"it states a page of {page.width:g} x {page.height:g}, and {page.image.name} has {columns} x "
            f"{rows} pixels, another shape; put the right image there.",
        )
    return pixels


def _polygon_fault(line: TrueLine, page: TruePage) -> str:
    """Return what is wrong with a line's polygon or baseline, "" if nothing is."""
    polygon = line.polygon
    if not (np.isfinite(polygon).all() and np.isfinite(line.baseline).all()):
        return "the polygon or baseline holds a coordinate that is no number; draw it anew."
    if len(polygon) < 3:
        return f"the polygon has {len(polygon)} points, at least 3 are needed; draw it."
    if cv2.contourArea(polygon.reshape(-1, 1, 2)) < 1.0:
        return "the polygon has no area; draw it anew."
    room = _BEYOND * max(page.width, page.height)
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    if low.min() < -room or high[0] > page.width + room or high[1] > page.height + room:
        return (
            f"the polygon reaches from ({low[0]:g}, {low[1]:g}) to ({high[0]:g}, {high[1]:g}), out of its "
            f"page of {page.width:g} x {page.height:g}; draw it anew."
        )
    return ""
