"""A contact sheet: some examples of a data set with their labels, in one picture to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from inkread.datasets.base import sample_rng
from inkread.datasets.dataset import Dataset, Example, Examples, Task
from inkread.datasets.label_font import LabelFont, drawable, label_font

RGBImage = npt.NDArray[np.uint8]

DEFAULT_COUNT: dict[Task, int] = {"characters": 119, "lines": 24, "regions": 6}

_WIDTH = 1200
_GAP = 12
_GROUND, _FRAME, _TEXT, _FAINT = (246, 246, 243), (205, 205, 200), (20, 60, 140), (120, 120, 120)
_COLOURS = ((216, 67, 45), (38, 110, 200), (46, 150, 80), (190, 130, 20), (140, 70, 170), (20, 150, 160))
_MIX = 0.65  # of a region's colour over its ink
_CHARACTER = 56
_LINE = 48
_REGION = 576


@dataclass(frozen=True, slots=True)
class _Tile:
    picture: Image.Image
    label: str
    remark: str = ""


def choose(examples: Examples, count: int, seed: int, by_class: bool) -> list[int]:
    """Choose examples at random, in rising order; ``by_class``: as many of each class, in their order."""
    order = sample_rng(seed, 0).permutation(len(examples)).tolist()
    if not by_class:
        return sorted(order[:count])
    targets = np.asarray(examples.targets, dtype=np.int64)
    queues: dict[int, list[int]] = {}
    for number in order:
        queues.setdefault(int(targets[number]), []).append(number)
    turns = max(map(len, queues.values()), default=0)
    rounds = (queue[turn] for turn in range(turns) for queue in queues.values() if turn < len(queue))
    chosen = [number for number, _ in zip(rounds, range(count), strict=False)]
    return sorted(chosen, key=lambda number: (int(targets[number]), number))


def draw_sheet(dataset: Dataset, examples: Sequence[Example], title: str) -> RGBImage:
    """Draw examples with their labels.

    Args:
        dataset: whose they are; its task decides how they are drawn: characters in a grid, lines
            one below the other, regions with each class' colour laid over the image.
        examples: what to draw, in this order.
        title: first line of the sheet.

    Returns:
        uint8 (H, W, 3) RGB, at most 1200 pixels wide.
    """
    if dataset.task == "characters":
        tiles = [_character(example, dataset.classes) for example in examples]
        columns, size, label = _WIDTH // (_CHARACTER + _GAP), (_CHARACTER, _CHARACTER), 15
    elif dataset.task == "lines":
        tiles = [_line(example) for example in examples]
        columns, size, label = 1, (_WIDTH - 2 * _GAP, _LINE), 17
    else:
        tiles = [_regions(example) for example in examples]
        columns, size, label = 2, (_REGION, max((tile.picture.height for tile in tiles), default=1)), 15
    legend = dataset.classes[1:] if dataset.task == "regions" else ()
    return _lay_out(tiles, min(columns, max(len(tiles), 1)), size, label, title, legend)


def _lay_out(
    tiles: Sequence[_Tile],
    columns: int,
    size: tuple[int, int],
    label_size: int,
    title: str,
    legend: Sequence[str],
) -> RGBImage:
    width, height = size
    font, small, large = map(label_font, (label_size, 13, 20))
    step_x, step_y = width + _GAP, height + label_size + 8 + _GAP
    top = 48 + (24 if legend else 0)
    rows = -(-len(tiles) // columns)
    sheet_width = max(columns * step_x + _GAP, round(large.getlength(title)) + 2 * _GAP)
    sheet = Image.new("RGB", (sheet_width, top + rows * step_y), _GROUND)
    pen = ImageDraw.Draw(sheet)
    pen.text((_GAP, 12), title, fill=(0, 0, 0), font=large)
    x = float(_GAP)
    for number, name in enumerate(legend):
        pen.rectangle((x, 46, x + 14, 60), fill=_COLOURS[number % len(_COLOURS)])
        pen.text((x + 20, 45), name, fill=(0, 0, 0), font=small)
        x += 40 + small.getlength(name)
    for number, tile in enumerate(tiles):
        left, upper = _GAP + number % columns * step_x, top + number // columns * step_y
        sheet.paste(tile.picture, (left, upper))
        box = (left - 1, upper - 1, left + tile.picture.width, upper + tile.picture.height)
        pen.rectangle(box, outline=_FRAME)
        below = upper + tile.picture.height + 2
        remark = round(small.getlength(tile.remark)) if tile.remark else 0
        pen.text((left, below), _cut(tile.label, font, width - remark - _GAP), fill=_TEXT, font=font)
        if remark:
            pen.text((left + width - remark, below + 2), tile.remark, fill=_FAINT, font=small)
    return np.asarray(sheet, dtype=np.uint8)


def _cut(text: str, font: LabelFont, width: float) -> str:
    """Return a text as the font can draw it, its end cut off where it is wider than ``width`` pixels."""
    text = drawable(text, font)
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "...") > width:
        text = text[:-1]
    return text + "..."


def _character(example: Example, classes: Sequence[str]) -> _Tile:
    side = (_CHARACTER, _CHARACTER)
    how = Image.Resampling.NEAREST if example.image.shape[0] <= _CHARACTER else Image.Resampling.BOX
    name = classes[example.target] if isinstance(example.target, int) else "?"
    return _Tile(_picture(example.image).resize(side, how), {" ": "space", "": "none"}.get(name, name))


def _line(example: Example) -> _Tile:
    rows, columns = example.image.shape
    scale = min(_LINE / rows, (_WIDTH - 2 * _GAP) / columns)
    picture = _scaled(example.image, scale)
    return _Tile(picture, str(example.target), example.key)


def _regions(example: Example) -> _Tile:
    image, target = example.image, np.asarray(example.target, dtype=np.uint8)
    colours = np.array([(0, 0, 0), *_COLOURS], dtype=np.float32)
    which = np.where(target == 0, 0, (target.astype(np.int64) - 1) % len(_COLOURS) + 1)
    mixed = np.repeat(image[:, :, None], 3, axis=2).astype(np.float32)
    inside = target > 0
    mixed[inside] = mixed[inside] * (1 - _MIX) + colours[which[inside]] * _MIX
    return _Tile(_scaled(mixed.astype(np.uint8), _REGION / image.shape[1]), example.key)


def _scaled(image: npt.NDArray[np.uint8], scale: float) -> Image.Image:
    rows, columns = image.shape[:2]
    size = (max(round(columns * scale), 1), max(round(rows * scale), 1))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return _picture(np.asarray(cv2.resize(image, size, interpolation=how), dtype=np.uint8))


def _picture(image: npt.NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(image).convert("RGB")
