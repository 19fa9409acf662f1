"""Pictures of a run: curves of loss and score, example predictions beside the truth, confusions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from inkread.datasets.label_font import drawable, label_font

Picture = npt.NDArray[np.uint8]

_COLOURS = ((200, 80, 40), (40, 90, 200), (40, 150, 70), (140, 60, 160), (120, 120, 40))
_DARK, _PALE, _RIGHT, _WRONG = (60, 60, 60), (225, 225, 225), (20, 110, 50), (190, 40, 30)
_REGIONS = np.array([(255, 255, 255), (210, 50, 30), (30, 90, 210), (30, 150, 60)], np.float32)
_MIX = 0.75  # of a region's colour over its ink


@dataclass(frozen=True, eq=False)
class Shown:
    """One example with what the model made of it.

    Attributes:
        image: uint8 (H, W), grey.
        truth, prediction: texts, or maps of classes, uint8 (H, W).
        confidence: 0 to 1.
    """

    image: Picture
    truth: str | Picture
    prediction: str | Picture
    confidence: float | None = None


def draw_curves(rows: Sequence[Mapping[str, float]], panel: tuple[int, int] = (640, 300)) -> Picture:
    """Draw the figures of a run over its epochs: the losses above, the scores below.

    Args:
        rows: ``epoch`` and any of ``loss``, ``val_loss`` and other ``val_...`` figures.
        panel: width and height of each of the two.

    Returns:
        uint8 (2 * height, width, 3), RGB.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    losses = [name for name in names if name in {"loss", "val_loss"}]
    scores = [name for name in names if name.startswith("val_") and name not in losses]
    return np.vstack([_draw_panel(rows, losses, *panel), _draw_panel(rows, scores, *panel, top=1.0)])


def _draw_panel(
    rows: Sequence[Mapping[str, float]], names: list[str], width: int, height: int, top: float = 0.0
) -> Picture:
    picture = np.full((height, width, 3), 255, np.uint8)
    curves = {
        name: np.array([(row["epoch"], row[name]) for row in rows if np.isfinite(row.get(name, np.nan))])
        for name in names
    }
    curves = {name: points for name, points in curves.items() if len(points)}
    last = max([1.0, *(points[:, 0].max() for points in curves.values())])
    top = _round_up(max([top, 1e-9, *(points[:, 1].max() for points in curves.values())]))
    left, right, over, under = 56, width - 170, 20, height - 40

    def place(epoch: float, value: float) -> tuple[int, int]:
        share = min(max(value / top, 0.0), 1.0)
        return round(left + (right - left) * epoch / last), round(under - (under - over) * share)

    for value in np.linspace(0.0, top, 5):
        row = place(0.0, value)[1]
        cv2.line(picture, (left, row), (right, row), _PALE, 1)
        _write(picture, f"{value:.3g}", (8, row + 5), _DARK)
    for epoch in sorted({round(last * share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)}):
        _write(picture, str(epoch), (place(epoch, 0.0)[0] - 4, under + 18), _DARK)
    _write(picture, "epochs", ((left + right) // 2 - 20, height - 6), _DARK)
    ends = _spread([place(*points[-1])[1] for points in curves.values()], 18)
    for colour, end, (name, points) in zip(_COLOURS * 3, ends, curves.items(), strict=False):
        line = np.array([place(*point) for point in points], np.int32).reshape(-1, 1, 2)
        cv2.polylines(picture, [line], False, colour, 2, cv2.LINE_AA)
        cv2.circle(picture, tuple(int(v) for v in line[-1, 0]), 3, colour, -1, cv2.LINE_AA)
        _write(picture, f"{name} {points[-1, 1]:.3g}", (right + 8, end + 5), colour)
    return picture


def draw_examples(shown: Sequence[Shown], columns: int = 1) -> Picture:
    """Draw examples below one another, the prediction under each: green where right, else red with the truth.

    Args:
        shown: texts, or maps, which are drawn as tints of the image beside one another.
        columns: side by side.

    Returns:
        uint8 (H, W, 3), RGB; a blank square for no examples.
    """
    tiles = [_draw_text(one) if isinstance(one.truth, str) else _draw_maps(one) for one in shown]
    if not tiles:
        return np.full((32, 32, 3), 255, np.uint8)
    height, width = (max(tile.shape[axis] for tile in tiles) + 8 for axis in (0, 1))
    rows = []
    for start in range(0, len(tiles), columns):
        row = tiles[start : start + columns]
        tallest = height if columns > 1 else row[0].shape[0] + 8
        sheet = np.full((tallest, columns * width, 3), 255, np.uint8)
        for at, tile in enumerate(row):
            sheet[4 : 4 + tile.shape[0], at * width + 4 : at * width + 4 + tile.shape[1]] = tile
        rows.append(sheet)
    return np.vstack(rows)


def draw_confusion(counts: npt.NDArray[np.int64], classes: Sequence[str], cell: int = 12) -> Picture:
    """Draw a confusion matrix: truth downwards, prediction to the right, darker for a larger share.

    Args:
        counts: int (C, C), ``counts[truth, prediction]``; classes without examples are left out.
        classes: names.
        cell: side of a cell in pixels.

    Returns:
        uint8 (S, S, 3), RGB; right ones green, confusions red.
    """
    counts = np.asarray(counts, np.int64)
    seen = np.flatnonzero(counts.sum(0) + counts.sum(1))
    counts, names = counts[np.ix_(seen, seen)], [classes[int(number)] for number in seen]
    shares = np.sqrt(counts / np.maximum(counts.sum(1, keepdims=True), 1))[..., None]
    colours = np.full((*counts.shape, 3), _WRONG, float)
    colours[np.arange(len(seen)), np.arange(len(seen))] = _RIGHT
    cells = (255.0 + shares * (colours - 255.0)).round().astype(np.uint8)
    margin, side = 2 * cell, len(seen) * cell
    picture = np.full((side + margin, side + margin, 3), 255, np.uint8)
    picture[margin:, margin:] = np.kron(cells, np.ones((cell, cell, 1), np.uint8))
    canvas = Image.fromarray(picture)
    pen, font = ImageDraw.Draw(canvas), label_font(cell - 1)
    for number, name in enumerate(names):
        middle = margin + number * cell + cell // 2
        for at in ((margin - cell // 2, middle), (middle, margin - cell // 2)):
            pen.text(at, drawable(_visible(name)[:3], font), fill=_DARK, font=font, anchor="mm")
    return np.asarray(canvas)


def save_picture(path: object, picture: Picture) -> None:
    """Write a picture as PNG."""
    Image.fromarray(picture).save(str(path), format="PNG")


def _draw_text(one: Shown) -> Picture:
    """The image, at least 28 and at most 64 pixels high, with a line or two of text below."""
    image: npt.NDArray[Any] = one.image
    height = min(max(image.shape[0], 28), 64)
    scale = height / image.shape[0]
    size = (max(round(image.shape[1] * scale), 1), height)
    image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    right = one.prediction == one.truth
    said = _visible(str(one.prediction)) + (f"  {one.confidence:.2f}" if one.confidence is not None else "")
    lines = [(said, _RIGHT if right else _WRONG)]
    if not right:
        lines.append((_visible(str(one.truth)), _DARK))
    font = label_font(14)
    lines = [(drawable(text, font), colour) for text, colour in lines]
    width = max([image.shape[1], *(round(font.getlength(text)) + 2 for text, _ in lines)])
    canvas = Image.new("RGB", (width, height + 18 * len(lines)), "white")
    canvas.paste(Image.fromarray(image), (0, 0))
    for number, (text, colour) in enumerate(lines):
        ImageDraw.Draw(canvas).text((0, height + 18 * number), text, fill=colour, font=font)
    return np.asarray(canvas)


def _draw_maps(one: Shown) -> Picture:
    """The image with the colours of the true classes over it, and beside it with the predicted ones."""
    tiles = []
    for classes in (one.truth, one.prediction):
        classes = np.asarray(classes)
        size = (classes.shape[1], classes.shape[0])
        grey = np.asarray(cv2.resize(one.image, size, interpolation=cv2.INTER_AREA), np.float32)
        share = np.where(classes > 0, _MIX, 0.0)[..., None]
        colour = _REGIONS[np.minimum(classes, len(_REGIONS) - 1)]
        tile = np.round(grey[..., None] * (1.0 - share) + colour * share).astype(np.uint8)
        tiles.append(tile if size[0] > 400 else tile.repeat(2, axis=0).repeat(2, axis=1))
    gap = np.full((tiles[0].shape[0], 6, 3), 255, np.uint8)
    return np.hstack([tiles[0], gap, tiles[1]])


def _visible(text: str) -> str:
    return text.replace(" ", "␣") if not text.strip() else text


def _write(picture: Picture, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(
        next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if value <= step * power * (1 + 1e-9))
    )


def _spread(rows: list[int], gap: int) -> list[int]:
    """Move rows that are too near to one another apart, downwards."""
    placed: dict[int, int] = {}
    lowest = -gap
    for number in sorted(range(len(rows)), key=rows.__getitem__):
        lowest = placed[number] = max(rows[number], lowest + gap)
    return [placed[number] for number in range(len(rows))]
