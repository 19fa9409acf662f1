"""How a sheet comes to lie in a photograph: curled paper seen in perspective, exactly invertible.

A page point (x, y) first sinks by ``bend(x) * (1 + taper * y)`` rows, as the lines of an open book do, then
goes through a homography. Points go forward, images come by the inverse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkread.ink.strokes import Points

_CELL = 8


@dataclass(frozen=True, slots=True)
class Warp:
    """From page to image.

    Attributes:
        matrix: float64 (3, 3), after the bend.
        size: rows and columns of the image.
        width: columns of the page.
        sink: rows by which the page sinks at its inner edge (the middle of a spread, or left or right).
        inner: column of that edge.
        reach: columns over which the sinking fades.
        taper: growth of the bend per row.
    """

    matrix: npt.NDArray[np.float64]
    size: tuple[int, int]
    width: float
    sink: float = 0.0
    inner: float = 0.0
    reach: float = 1.0
    taper: float = 0.0

    def _bend(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        bend: npt.NDArray[Any] = self.sink * np.exp(-np.abs(x - self.inner) / self.reach)
        return bend

    def forward(self, points: npt.NDArray[Any]) -> Points:
        """Carry page points, (N, 2), to the image: float32 (N, 2)."""
        x = points[:, 0].astype(np.float64)
        y = points[:, 1].astype(np.float64)
        y = y + self._bend(x) * (1.0 + self.taper * y)
        three = self.matrix @ np.stack([x, y, np.ones_like(x)])
        return np.asarray((three[:2] / three[2]).T, np.float32)

    def holding(self, points: npt.NDArray[Any], margin: float = 3.0) -> Warp:
        """Return the same view with the image enlarged, at need, to hold all page ``points``, (N, 2)."""
        if not len(points):
            return self
        seen = self.forward(points)
        low = np.maximum(np.ceil(margin - seen.min(axis=0)), 0.0)
        high = np.ceil(seen.max(axis=0) + margin) + low
        move = np.array([[1.0, 0.0, low[0]], [0.0, 1.0, low[1]], [0.0, 0.0, 1.0]])
        size = (max(self.size[0] + int(low[1]), int(high[1])), max(self.size[1] + int(low[0]), int(high[0])))
        return replace(self, matrix=move @ self.matrix, size=size)

    def backward(self, points: npt.NDArray[Any]) -> Points:
        """Carry image points, (N, 2), back to the page."""
        three = np.linalg.inv(self.matrix) @ np.concatenate(
            (points.T.astype(np.float64), np.ones((1, len(points))))
        )
        x, y = three[:2] / three[2]
        bend = self._bend(x)
        y = (y - bend) / (1.0 + self.taper * bend)
        return np.stack([x, y], axis=1).astype(np.float32)

    def maps(self) -> npt.NDArray[np.float32]:
        """Return for every pixel of the image where it lies on the page: float32 (H, W, 2)."""
        rows, columns = self.size
        grid_rows, grid_columns = -(-rows // _CELL) + 2, -(-columns // _CELL) + 2
        across = (np.arange(grid_columns) - 0.5) * _CELL - 0.5
        down = (np.arange(grid_rows) - 0.5) * _CELL - 0.5
        x, y = np.meshgrid(across, down)
        nodes = self.backward(np.stack([x.ravel(), y.ravel()], axis=1)).reshape(grid_rows, grid_columns, 2)
        size = (grid_columns * _CELL, grid_rows * _CELL)
        whole = cv2.resize(nodes, size, interpolation=cv2.INTER_LINEAR)
        return np.ascontiguousarray(whole[_CELL : _CELL + rows, _CELL : _CELL + columns], np.float32)


def choose_warp(rng: np.random.Generator, rows: int, columns: int, spread: bool, strength: float) -> Warp:
    """Draw how a photograph sees a page of ``rows`` x ``columns``; ``strength`` 0 to 1 scales all of it."""
    sink, inner, reach, taper = 0.0, 0.0, 1.0, 0.0
    if spread or rng.random() < 0.35 * strength:
        sink = float(rng.normal(0.0, 0.02)) * rows * (strength + 0.2)
        inner = columns / 2 if spread else float(rng.choice((0.0, columns)))
        reach = columns * float(rng.uniform(0.08, 0.3)) * (0.5 if spread else 1.0)
        reach = max(reach, 40.0)
        taper = float(rng.uniform(-0.6, 0.6)) / rows
    edge = np.abs(rng.normal(0.0, 0.05, 4)) * strength + 0.005
    if rng.random() < 0.25:  # the camera sees the sheet only
        edge[:] = -0.004
    high, wide = rows * (1 + edge[0] + edge[1]), columns * (1 + edge[2] + edge[3])
    corners = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float64)
    angle = math.radians(float(np.clip(rng.normal(0.0, 1.6), -5, 5)) * strength)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    middle = corners.mean(axis=0)
    quad = (corners - middle) @ turn.T + middle + (edge[2] * columns, edge[0] * rows)
    quad += rng.uniform(-0.02, 0.02, (4, 2)) * strength * (columns, rows)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), quad.astype(np.float32))
    return Warp(
        np.asarray(matrix, np.float64), (round(high), round(wide)), columns, sink, inner, reach, taper
    )
