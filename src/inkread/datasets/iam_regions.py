"""Which ink of a form belongs to which line: boxes of lines -> a class for each pixel.

IAM's boxes are tight around each line's connected components and overlap where an ascender
reaches up beside a descender. A component that one line's boxes hold alone is of that line, and
the middle of such ink is a straight along the line; what several lines' boxes hold goes to the
line whose straight is nearest: as a whole, or pixel by pixel where it lies across several lines,
which touch there.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from inkread.datasets.iam_boxes import ink_threshold
from inkread.datasets.iam_records import IamLine

Classes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

CLASSES = ("background", "odd line", "even line")

_HELD = 0.9
"""Share of a component's pixels that lie in a line's boxes if the component is of that line."""

_ACROSS = 0.1
"""Share of a component's pixels above and below a line's straight if it lies across that line."""

_LEAST_COVER = 1 / 8
"""Share of a pixel that ink covers if the pixel of a smaller picture is ink."""


def line_classes(page: npt.NDArray[np.uint8], lines: Sequence[IamLine]) -> Classes:
    """Return the class of each pixel of a form: 0 paper, 1 ink of odd lines, 2 ink of even ones.

    Args:
        page: uint8 (H, W), grey, dark ink on light paper.
        lines: of the form, from the top; the first is odd. Ink in no line's boxes is background.

    Returns:
        uint8 (H, W).
    """
    classes = np.zeros_like(page)
    boxed = [(number % 2 + 1, line) for number, line in enumerate(lines) if line.box]
    if not boxed:
        return classes
    kinds = np.array([kind for kind, _ in boxed], dtype=np.uint8)
    top = min(line.box[1] for _, line in boxed if line.box)
    bottom = max(line.box[1] + line.box[3] for _, line in boxed if line.box)
    ink = (page[top:bottom] <= ink_threshold(lines)).astype(np.uint8)
    if not ink.any():
        return classes
    count, labels, _, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    rows, columns = np.nonzero(ink)
    label = np.asarray(labels, dtype=np.int64).reshape(ink.shape)[rows, columns]
    held = np.zeros((len(boxed), len(rows)), dtype=bool)
    for mask, (_, line) in zip(held, boxed, strict=True):
        for x, y, width, height in line.components or (line.box,):  # type: ignore[misc]
            mask |= (columns >= x) & (columns < x + width) & (rows >= y - top) & (rows < y - top + height)
    owner = _owners(rows.astype(np.float64), columns.astype(np.float64), label, count, held)
    mine = owner >= 0
    classes[top:bottom][rows[mine], columns[mine]] = kinds[owner[mine]]
    return classes


def _owners(y: Places, x: Places, label: Numbers, count: int, held: npt.NDArray[np.bool_]) -> Numbers:
    """Return the line of each pixel of ink, int64 (pixels,), -1 for none.

    Args:
        y: float64 (pixels,), rows.
        x: float64 (pixels,), columns.
        label: int (pixels,), the connected component of each.
        count: of components.
        held: bool (lines, pixels), what each line's boxes hold.
    """
    sizes = np.maximum(np.bincount(label, minlength=count), 1)
    whole = np.asarray(_counted(label, held, count) >= _HELD * sizes)
    claims = np.asarray(whole.sum(axis=0))
    owner = np.where(claims == 1, whole.argmax(axis=0), -1)
    slopes, heights = _straights(y, x, owner[label], held)

    def nearest(y: Places, x: Places, may: npt.NDArray[np.bool_]) -> Numbers:
        away = np.abs(y - (slopes[:, None] * x + heights[:, None]))
        return np.where(may.any(axis=0), np.where(may, away, np.inf).argmin(axis=0), -1)

    above = y < slopes[:, None] * x + heights[:, None]
    across = np.minimum(_counted(label, above & held, count), _counted(label, ~above & held, count))
    touching = (across >= _ACROSS * sizes).sum(axis=0) > 1
    several = claims > 1
    middle_y = np.bincount(label, y, minlength=count) / sizes
    middle_x = np.bincount(label, x, minlength=count) / sizes
    owner[several] = nearest(middle_y[several], middle_x[several], whole[:, several])
    owners = owner[label]
    divided = ((claims == 0) | touching)[label]
    owners[divided] = nearest(y[divided], x[divided], held[:, divided])
    return owners


def _counted(label: Numbers, masks: npt.NDArray[np.bool_], count: int) -> Numbers:
    """Return how many pixels of each component are in each mask, int64 (masks, components)."""
    return np.stack([np.bincount(label[mask], minlength=count) for mask in masks])


def _straights(y: Places, x: Places, owners: Numbers, held: npt.NDArray[np.bool_]) -> tuple[Places, Places]:
    """Return slope and height at column 0 of the straight along each line, float64 (lines,).

    It is fitted to the line's own ink; a line with none has the level one amid what its boxes hold.
    """
    slopes, heights = np.zeros(len(held)), np.full(len(held), np.inf)
    for line, mask in enumerate(held):
        own = owners == line
        if own.any() and np.ptp(x[own]) > 0:
            slopes[line], heights[line] = np.polyfit(x[own], y[own], 1)
        elif mask.any():
            heights[line] = float(y[mask].mean())
    return slopes, heights


def paper_level(page: npt.NDArray[np.uint8]) -> int:
    """Return the grey level of the paper of a form, 0 to 255."""
    return int(np.median(page[::8, ::8]))


def shrunk(
    image: npt.NDArray[np.uint8], classes: Classes, size: tuple[int, int]
) -> tuple[npt.NDArray[np.uint8], Classes]:
    """Make a picture and its classes smaller.

    Args:
        image: uint8 (H, W).
        classes: uint8 (H, W).
        size: height and width to make.

    Returns:
        Both, uint8 of that size. A pixel is of the class whose ink covers most of it, and
        background where ink covers less than an eighth.
    """
    if image.shape == size:
        return image, classes
    height, width = size

    def smaller(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        made = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        return np.asarray(made, dtype=np.uint8).reshape(size)

    cover = np.stack([smaller((classes == kind).view(np.uint8) * np.uint8(255)) for kind in (1, 2)])
    inked = cover.astype(np.int64).sum(axis=0) >= 255 * _LEAST_COVER
    return smaller(image), np.where(inked, cover.argmax(axis=0) + 1, 0).astype(np.uint8)
