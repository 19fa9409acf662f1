"""The parallel-coordinates picture of a sweep: an axis a setting, the score last, a line a trial."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from inkread.training.sweep_results import Result, shown
from inkread.training.sweep_space import Sweep

_GREY = (205, 205, 205)
_TEXT = (60, 60, 60)
_BEST, _WORST = np.array([20, 60, 160]), np.array([245, 190, 120])
_TICKS = 5


class _Axis:
    """One axis: places values from 0 (bottom) to 1 (top), and knows its ticks."""

    def __init__(self, values: list[Any], log: bool = False) -> None:
        present = [value for value in values if value is not None]
        self.numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in present)
        few = len(set(map(str, present))) <= _TICKS
        if not self.numeric or (few and not log):
            unique = {str(v): v for v in present}.values()
            self.names = [str(v) for v in (sorted(unique) if self.numeric else sorted(unique, key=str))]
            self.numeric = False
        else:
            self.names = []
            low, high = min(present), max(present)
            self._log = log
            self._low, self._high = (math.log(v) if self._log else v for v in (low, high))

    def place(self, value: Any) -> float:
        """Return 0 to 1."""
        if not self.numeric:
            return self._share(self.names.index(str(value)), len(self.names) - 1)
        return self._share((math.log(value) if self._log else value) - self._low, self._high - self._low)

    def ticks(self) -> list[tuple[float, str]]:
        """Return places and what stands there."""
        if not self.numeric:
            return [(self.place(name), name) for name in self.names]
        shares = [n / (_TICKS - 1) for n in range(_TICKS)]
        values = [self._low + share * (self._high - self._low) for share in shares]
        return [(s, f"{math.exp(v) if self._log else v:.3g}") for s, v in zip(shares, values, strict=True)]

    @staticmethod
    def _share(part: float, whole: float) -> float:
        return part / whole if whole else 0.5


def draw_parallel(sweep: Sweep, rows: list[Result], width: int = 0, height: int = 520) -> np.ndarray:
    """Draw the trials that have a score; the better, the darker; those pruned are grey.

    Args:
        sweep: names the axes.
        rows: the trials, the best first.
        width: of the picture; by default it grows with the axes.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    names = sweep.columns
    drawn = [(sweep.row(row.values), row) for row in rows if row.score is not None and row.state != "FAIL"]
    width = width or max(720, 190 * len(names) + 220)
    picture = np.full((height, width, 3), 255, np.uint8)
    if not drawn:
        _write(picture, "no trial has a score", (30, height // 2))
        return picture
    logs = [name in sweep.parameters and sweep.parameters[name].log for name in names]
    axes = [_Axis([v.get(name) for v, _ in drawn], log) for name, log in zip(names, logs, strict=True)]
    scores = [row.score for _, row in drawn if row.score is not None]
    axes.append(_Axis([*scores], log=min(scores) > 0 and max(scores) / min(scores) >= 20))
    columns = np.linspace(70, width - 130, len(axes)).round().astype(int)
    over, under = 70, height - 40
    whole = sum(row.state != "PRUNED" for _, row in drawn)
    for number in reversed(range(len(drawn))):  # the best on top
        values, row = drawn[number]
        points = [
            (column, under - (under - over) * axis.place(value))
            for column, axis, value in zip(
                columns, axes, [*(values.get(name) for name in names), row.score], strict=True
            )
            if value is not None
        ]
        share = min(number / max(whole - 1, 1), 1.0)
        mixed = (_BEST + share * (_WORST - _BEST)).round().astype(int).tolist()
        colour = _GREY if row.state == "PRUNED" else tuple(mixed)
        curve = np.array(_smooth(points), np.float32).round().astype(np.int32)
        thick = 3 if number == 0 else 1 if row.state == "PRUNED" else 2
        cv2.polylines(picture, [curve.reshape(-1, 1, 2)], False, colour, thick, cv2.LINE_AA)
    for column, axis, name in zip(columns.tolist(), axes, [*names, sweep.metric], strict=True):
        cv2.line(picture, (column, over), (column, under), (120, 120, 120), 1)
        for place, text in axis.ticks():
            row_at = round(under - (under - over) * place)
            cv2.line(picture, (column - 4, row_at), (column + 4, row_at), (120, 120, 120), 1)
            _write(picture, text[:18], (column + 8, row_at + 5), halo=True)
        group, _, last = name.rpartition(".")
        _write(picture, last, (column - 40, 44))
        _write(picture, group, (column - 40, 26), 0.38, (140, 140, 140))
    best = drawn[0][1]
    line = f"{len(drawn)} trials; best: trial {best.number}, {sweep.metric} {shown(best.score)}"
    _write(picture, line, (20, height - 10), 0.42)
    return picture


def _smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join points by curves that leave and reach each axis at a right angle."""
    steps = np.linspace(0.0, 1.0, 24)
    curve = [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        eased = steps * steps * (3 - 2 * steps)
        curve += [(x0 + (x1 - x0) * s, y0 + (y1 - y0) * e) for s, e in zip(steps, eased, strict=True)]
    return curve


def _write(picture: np.ndarray, text: str, at: tuple[int, int], size: float = 0.45,
           colour: tuple[int, int, int] = _TEXT, halo: bool = False) -> None:  # fmt: skip
    font = cv2.FONT_HERSHEY_SIMPLEX
    plain = text.encode("ascii", "replace").decode()
    if halo:
        (wide, high), _ = cv2.getTextSize(plain, font, size, 1)
        cv2.rectangle(picture, (at[0] - 1, at[1] - high - 1), (at[0] + wide, at[1] + 2), (255, 255, 255), -1)
    cv2.putText(picture, plain, at, font, size, colour, 1, cv2.LINE_AA)
