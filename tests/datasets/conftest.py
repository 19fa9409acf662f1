"""A tiny UNIPEN source: two writers, letters made of arches and rings."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inkread.datasets.unipen_lines import UnipenLines

_X = 40.0


def _arch(left: float, height: float = _X) -> np.ndarray:
    angle = np.linspace(np.pi, 0.0, 12)
    top = np.stack([left + 12 + 12 * np.cos(angle), height - 14 + 14 * np.sin(angle)], 1)
    return np.concatenate(([[left, 0.0]], top, [[left + 24, 0.0]]))


def _ring(left: float) -> np.ndarray:
    angle = np.linspace(0.0, 2 * np.pi, 20)
    return np.stack([left + 14 + 14 * np.sin(angle), _X / 2 + _X / 2 * np.cos(angle)], 1)


def _letters(text: str, left: float) -> tuple[list[np.ndarray], float]:
    strokes = []
    for letter in text:
        if letter == "o":
            strokes.append(_ring(left))
            left += 36
        elif letter == "n":
            strokes.append(_arch(left))
            left += 34
        elif letter == "m":
            strokes.append(np.concatenate((_arch(left), _arch(left + 24))))
            left += 58
        elif letter == "l":
            strokes.append(np.array([[left, 76.0], [left + 2, 0.0]]))
            left += 14
    return strokes, left


def write_unipen(root: Path) -> tuple[Path, Path]:
    """Write the source below ``root``; return it and its split table."""
    for folder in ("include/abc/data", "data/2/abc", "data/7/abc", "data/8/abc"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "include/abc/abc.doc").write_text(".X_POINTS_PER_INCH 200\n.Y_POINTS_PER_INCH 200\n.COORD X Y\n")
    vocabulary = [
        "no",
        "mono",
        "on",
        "moon",
        "noon",
        "loom",
        "monoll",
        "llama".replace("a", "o"),
        "nol",
        "mo",
        "lo",
    ]
    for writer in ("anna", "bert"):
        left, components = 0.0, []
        places: list[tuple[str, int, int]] = []
        for word in vocabulary + list("onml" * 6):
            strokes, left = _letters(word, left)
            places.append((word, len(components), len(components) + len(strokes) - 1))
            components += strokes
            left += 45
        blocks = "".join(
            ".PEN_DOWN\n" + "\n".join(f"{x:.0f} {y:.0f}" for x, y in stroke) + "\n.PEN_UP\n"
            for stroke in components
        )
        name = f"abc/data/{writer}.dat"
        (root / "include" / name).write_text(f".WRITER_ID {writer}\n.STYLE PRINTED\n" + blocks)
        head = f".VERSION 1.0\n.INCLUDE abc/abc.doc\n.INCLUDE {name}\n"
        letters = [place for place in places if len(place[0]) == 1]
        words = [place for place in places if len(place[0]) > 1]
        words.append(("incomprehensibilities", words[0][1], words[0][1]))
        for category, level, found in ((2, "CHARACTER", letters), (7, "WORD", words)):
            lines = "".join(f'.SEGMENT {level} {first}-{last} OK "{label}"\n' for label, first, last in found)
            (root / f"data/{category}/abc/{writer}.dat").write_text(head + lines)
        (root / f"data/8/abc/{writer}.dat").write_text(head + f'.SEGMENT TEXT 0-{places[1][2]} ? "no mono"\n')
    table = root / "split.tsv"
    table.write_text(
        "include\twriter\tsplit\nabc/data/anna.dat\tabc/anna\ttrain\nabc/data/bert.dat\tabc/bert\ttest\n"
    )
    return root, table


@pytest.fixture(scope="session")
def make_unipen() -> Callable[[Path], tuple[Path, Path]]:
    """Return what writes a UNIPEN source below a folder and returns it with its split table."""
    return write_unipen


@pytest.fixture(scope="session")
def words_and_texts(
    tmp_path_factory: pytest.TempPathFactory, make_unipen: Callable[[Path], tuple[Path, Path]]
) -> UnipenLines:
    folder = tmp_path_factory.mktemp("unipen")
    root, table = make_unipen(folder / "source")
    return UnipenLines(
        root, cache=folder / "cache", split_file=table, proportions={"words": 0.7, "texts": 0.3}
    )
