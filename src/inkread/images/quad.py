"""The four corners of a sheet of paper before a background.

Paper is bright and pale. A few readings of "bright and pale" each give a patch; the patch's hull is
simplified to four sides, and taken for a sheet only if the picture changes sharply across those of
its sides that do not lie on the picture's own edge.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

RgbImage = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float64]

_LEAST_AREA = 0.15  # of the picture
_FAR_AREA = 0.04  # the same of a sheet seen from afar, with nothing bright or written beside it
_ALONE = 0.9  # of all that is bright, which such a one holds
_LIGHTER, _SPECKS = 40, 0.002  # levels and share of the ground by which writing would show beside it
_MOST_AREA = 0.985
_STEP = 18.0  # levels by which the sheet must be brighter or paler than what is beside it
_SIDE_SHARE = 0.7  # of the points of a side that must see the step
_OTHER_PAGE = 0.4  # of a page's area, from which on what lies beside it is a page as well
_ALONG = 0.8  # of the longer page's side, which the other lies along
_JOINED = 0.9  # of the other page, which the two together must hold
_FOLD = 0.04  # of the picture's long side: the darkness between two pages of an open book


def find_quad(rgb: RgbImage) -> Corners | None:
    """Find a sheet's corners.

    Args:
        rgb: uint8 (H, W, 3), a long side of about 1000 pixels.

    Returns:
        float64 (4, 2), x and y, clockwise from the top left; None where no sheet stands out from
        a background (a scan, a close-up).
    """
    height, width = rgb.shape[:2]
    if min(height, width) < 64:
        return None
    paper = _paperness(rgb)
    best, best_score = None, 0.0
    for bright in _bright(rgb, paper):
        mask = _with_other_page(_largest(bright), bright)
        quad = _four_sides(mask)
        if quad is None or (mask.mean() < _LEAST_AREA and not _alone(rgb, mask, bright)):
            continue
        score = _score(quad, mask, paper)
        if score > best_score:
            best, best_score = quad, score
    return best


def _paperness(rgb: RgbImage) -> Mask:
    """Bright and pale: lightness less colourfulness, uint8 (H, W), smoothed over the writing."""
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2Lab).astype(np.int16)
    chroma = np.hypot(lab[..., 1] - 128, lab[..., 2] - 128)
    value = np.clip(lab[..., 0] - 1.2 * chroma, 0, 255).astype(np.uint8)
    closed = cv2.morphologyEx(value, cv2.MORPH_CLOSE, np.ones((15, 15), dtype=np.uint8))
    return np.asarray(cv2.medianBlur(closed, 7), dtype=np.uint8)


def _bright(rgb: RgbImage, paper: Mask) -> Iterator[Mask]:
    """Masks (0 or 1) whose largest patch may be the sheet, the likeliest first."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    bright = cv2.medianBlur(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)), 7)
    for channel in (paper, bright):
        otsu, _ = cv2.threshold(channel, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        for level in (otsu, 0.5 * (otsu + float(np.percentile(channel, 90)))):
            mask = (channel > level).astype(np.uint8)
            yield np.asarray(
                cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)), dtype=np.uint8
            )


def _alone(rgb: RgbImage, mask: Mask, bright: Mask) -> bool:
    """Whether a patch lies within the picture, holds nearly all that is bright, and all that is written."""
    edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    if any(edge.any() for edge in edges) or bright[mask > 0].sum() < _ALONE * bright.sum():
        return False
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    beside = cv2.dilate(mask, np.ones((31, 31), np.uint8)) == 0
    lighter = cv2.subtract(grey, np.asarray(cv2.medianBlur(grey, 31), dtype=np.uint8))
    return bool((lighter[beside] > _LIGHTER).mean() < _SPECKS) if beside.any() else True


def _largest(mask: npt.NDArray[np.generic]) -> Mask:
    """The largest connected patch, its holes filled."""
    patch = np.asarray(mask, dtype=np.uint8)
    contours = cv2.findContours(patch, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[-2]
    filled = np.zeros(mask.shape, dtype=np.uint8)
    if contours:
        largest = max(contours, key=cv2.contourArea)
        cv2.drawContours(filled, [largest], -1, 1, cv2.FILLED)
    return filled


def _with_other_page(page: Mask, bright: Mask) -> Mask:
    """A patch and the one across a fold, where they are two pages of an open book; else the patch alone."""
    other = _largest(bright & (1 - page))
    if other.sum() < _OTHER_PAGE * page.sum() or not other.any() or not _side_by_side(page, other):
        return page
    reach = round(_FOLD * max(bright.shape)) | 1
    # Beyond the picture all counts as dark, or the closing would reach its edges.
    padded = cv2.copyMakeBorder(page | other, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    both = _largest(closed[reach:-reach, reach:-reach])
    return both if both[other > 0].mean() > _JOINED else page


def _side_by_side(page: Mask, other: Mask) -> bool:
    """Whether two patches lie beside each other, or one above the other, along all of a side."""
    left, top, width, height = cv2.boundingRect(page)
    x, y, wide, high = cv2.boundingRect(other)
    across = min(left + width, x + wide) - max(left, x)
    down = min(top + height, y + high) - max(top, y)
    return down > _ALONG * max(height, high) or across > _ALONG * max(width, wide)


def _four_sides(mask: Mask) -> Corners | None:
    """The quad that a patch is, None if it is none."""
    height, width = mask.shape
    contours = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[-2]
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(contour)
    area = float(cv2.contourArea(hull))
    if not _FAR_AREA * height * width <= area or cv2.contourArea(contour) < 0.88 * area:
        return None
    around = float(cv2.arcLength(hull, True))
    for tolerance in np.arange(0.01, 0.08, 0.005):
        corners = cv2.approxPolyDP(hull, tolerance * around, True).reshape(-1, 2).astype(np.float64)
        if len(corners) <= 4:
            break
    if len(corners) != 4:
        return None
    corners = _refined(_clockwise(corners), contour.reshape(-1, 2).astype(np.float64))
    if not _sensible(corners, area, (height, width)):
        return None
    return corners


def _clockwise(corners: Corners) -> Corners:
    """Order four corners clockwise, beginning with the one nearest to the top left."""
    centre = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])
    corners = corners[np.argsort(angles)]
    return np.roll(corners, -int(corners.sum(axis=1).argmin()), axis=0)


def _refined(corners: Corners, contour: Corners) -> Corners:
    """Fit each side anew to the contour's points along it, and cross the sides again."""
    lines = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        length = max(float(np.hypot(*(end - start))), 1.0)
        along = (end - start) / length
        across = np.array([-along[1], along[0]])
        u, v = (contour - start) @ along, (contour - start) @ across
        near = (u > 0.1 * length) & (u < 0.9 * length) & (np.abs(v) < 0.03 * length)
        if near.sum() < 20:
            lines.append((start, along))
            continue
        points = contour[near].astype(np.float32).reshape(-1, 1, 2)
        vx, vy, x, y = cv2.fitLine(points, cv2.DIST_HUBER, 0, 0.01, 0.01).reshape(-1)
        lines.append((np.array([x, y], dtype=np.float64), np.array([vx, vy], dtype=np.float64)))
    crossed = []
    for number, corner in enumerate(corners):
        (p, d), (q, e) = lines[number - 1], lines[number]
        system = np.stack([d, -e], axis=1)
        if abs(np.linalg.det(system)) < 0.2:
            crossed.append(corner)
        else:
            crossed.append(p + d * float(np.linalg.solve(system, q - p)[0]))
    return np.array(crossed) + 0.5


def _sensible(corners: Corners, area: float, size: tuple[int, int]) -> bool:
    """Whether the quad is convex, near the hull in area, and has corners of 50 to 130 degrees."""
    height, width = size
    own = float(cv2.contourArea(corners.astype(np.float32)))
    if not 0.93 * area <= own <= 1.1 * area or own > _MOST_AREA * height * width:
        return False
    forward = np.roll(corners, -1, axis=0) - corners
    backward = np.roll(corners, 1, axis=0) - corners
    cosine = (forward * backward).sum(axis=1) / (
        np.linalg.norm(forward, axis=1) * np.linalg.norm(backward, axis=1) + 1e-9
    )
    slack = 0.05 * max(size)
    inside = (corners > -slack).all() and (corners < np.array([width, height]) + slack).all()
    return bool(np.abs(cosine).max() < np.cos(np.radians(50.0)) and inside)


def _score(corners: Corners, mask: Mask, paper: Mask) -> float:
    """How well a quad stands out: 0 for not at all, else the step across its free sides."""
    height, width = paper.shape
    reach = 0.02 * max(height, width)
    centre = corners.mean(axis=0)
    steps = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        middle = start + np.linspace(0.08, 0.92, 40)[:, None] * (end - start)
        across = np.array([start[1] - end[1], end[0] - start[0]])
        across = across / (np.linalg.norm(across) + 1e-9)
        if np.dot(centre - start, across) < 0:
            across = -across
        outside, inside = middle - reach * across, middle + reach * across
        kept = _within(outside, width, height)
        if kept.mean() < 0.5:
            continue  # the side lies on the picture's edge
        difference = _sample(paper, inside[kept]) - _sample(paper, outside[kept])
        if (difference > _STEP).mean() < _SIDE_SHARE:
            return 0.0
        steps.append(float(np.median(difference)))
    if len(steps) < 2:
        return 0.0
    share = float(mask.mean())
    return float(np.mean(steps) * (0.5 + 0.5 * share) * np.sqrt(len(steps)))


def _within(points: Corners, width: int, height: int) -> npt.NDArray[np.bool_]:
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x >= 0) & (x < width) & (y >= 0) & (y < height))


def _sample(image: Mask, points: Corners) -> npt.NDArray[np.float64]:
    x = points[:, 0].astype(np.int64).clip(0, image.shape[1] - 1)
    y = points[:, 1].astype(np.int64).clip(0, image.shape[0] - 1)
    return np.asarray(image[y, x], dtype=np.float64)
