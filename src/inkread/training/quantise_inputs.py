"""What a bundle's activations are measured on before they become integers: inputs out of its own recipe."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkread.datasets.base import LineSource, sample_rng
from inkread.datasets.layout_pages import MarkedPages
from inkread.datasets.paths import located
from inkread.datasets.registry import make_source
from inkread.images.line import normalise_line, to_input
from inkread.layout.look import SIDE
from inkread.training.layout_experiment import LayoutExperiment
from inkread.training.recipe import Recipe

LINES, PAGES = 64, 32
"""Inputs that are drawn, of pages at most."""

WIDTH = 640
"""Columns of rows of lines, and sides of a page's middle, in pixels."""

_SEED = 20261127

Input = npt.NDArray[Any]


def inputs_of(recipe: Recipe, data: str | Path) -> list[Input]:
    """Draw inputs of its network from what a recipe trains on: ``LINES`` rows of lines, or ``PAGES`` pages.

    Args:
        recipe: a line reader's or a line finder's.
        data: the folder that its paths are relative to.

    Returns:
        float32 (1, 1, height, WIDTH) each, in -1 to 1; or uint8 (1, WIDTH, WIDTH, 3), RGB, at the scale
        that pages are looked at.

    Raises:
        ConfigError, DataError: the recipe's data are missing.
    """
    if isinstance(recipe, LayoutExperiment):
        folders = [MarkedPages(located(Path(data), entry["folder"])) for entry in recipe.pages]
        pages = [(folder, number) for folder in folders for number in range(len(folder))]
        chosen = pages[:: len(pages) // PAGES + 1]
        return [_middle(folder[number].image) for folder, number in chosen]
    rows = _rows(make_source(Path(data), recipe.sources))
    return [to_input(next(rows)[None]) for _ in range(LINES)]


def _rows(source: LineSource) -> Iterator[npt.NDArray[np.uint8]]:
    """Set lines side by side and cut them after every ``WIDTH`` columns, so that short ones serve too."""
    row = np.zeros((0, 0), np.uint8)
    for number in count():
        line = normalise_line(source.sample(number, sample_rng(_SEED, number)).image)
        row = np.hstack((row, line)) if row.size else line
        while row.shape[1] >= WIDTH:
            yield row[:, :WIDTH]
            row = row[:, WIDTH:]


def _middle(page: npt.NDArray[np.uint8]) -> Input:
    """Return the middle of a page as it is looked at."""
    factor = SIDE / max(page.shape[:2])
    scaled = cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    missing = [max(WIDTH - length, 0) for length in scaled.shape[:2]]
    padded = cv2.copyMakeBorder(scaled, 0, missing[0], 0, missing[1], cv2.BORDER_REPLICATE)
    top, left = ((length - WIDTH) // 2 for length in padded.shape[:2])
    return np.asarray(padded[top : top + WIDTH, left : left + WIDTH], np.uint8)[None]
