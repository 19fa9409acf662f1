"""How well words and characters are placed: lines set of words whose ink is known, word by word.

    python benchmarks/boxes.py --cache CACHE --split-file SPLIT --lines 200

Lines of UNIPEN's held-out writers are set from words (and from single characters) and drawn one
after the other, so that every pixel of ink has its owner; then they are read as lines. Of each word
that the reading has, right or wrong, the ink inside its polygon is compared with the ink that is its
own: intersection over union, in pixels of ink. ``--phone`` takes a picture of nothing but tone: what
is measured stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein
from systems import add_rows, show

from inkread.datasets.base import sample_rng
from inkread.datasets.unipen import UnipenDataset
from inkread.datasets.unipen_hands import Inventory
from inkread.document import Line, Polygon
from inkread.ink.compose import MARGIN, Piece, Setting, choose_setting, set_line
from inkread.ink.pen import render
from inkread.reader import Reader

HEADER = ("kind", "lines", "pieces", "placed", "mean IoU", "over 0.5 %", "median", "lost as 0")
SEED = 20261122
LEAST = 0.5

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Owned:
    """A line image whose ink is owned.

    Attributes:
        image: uint8 (H, W), black on white.
        pieces: what each owner says: words, or the characters of words set one by one.
        masks: bool (H, W) of each, its ink.
    """

    image: Grey
    pieces: tuple[str, ...]
    masks: tuple[npt.NDArray[np.bool_], ...]

    @property
    def ink(self) -> npt.NDArray[np.bool_]:
        """All ink, bool (H, W)."""
        return np.asarray(np.any(self.masks, axis=0))


def own(
    tokens: Sequence[Sequence[Piece]], setting: Setting, rng: np.random.Generator, by_piece: bool
) -> Owned:
    """Draw tokens on one line, each token (or each piece of it) by itself.

    Args:
        by_piece: each piece has its own mask (characters); otherwise each token (words).
    """
    strokes, _ = set_line(tokens, setting, rng)
    owners: list[str] = []
    of_stroke: list[int] = []
    for token in tokens:
        groups = [[piece] for piece in token] if by_piece else [list(token)]
        for group in groups:
            of_stroke += [len(owners)] * sum(len(piece.strokes) for piece in group)
            owners.append("".join(piece.text for piece in group))
    points = np.concatenate(strokes)
    edge = MARGIN + setting.pen.width
    low, high = points.min(axis=0) - edge, points.max(axis=0) + edge
    shape = (int(np.ceil(high[1] - low[1])), int(np.ceil(high[0] - low[0])))
    moved = [stroke - low.astype(np.float32) for stroke in strokes]
    drawn = [
        render(
            [stroke for stroke, owner in zip(moved, of_stroke, strict=True) if owner == number],
            shape,
            setting.pen,
        )
        for number in range(len(owners))
    ]
    image = np.asarray(255 - np.max(drawn, axis=0), dtype=np.uint8)
    return Owned(image, tuple(owners), tuple(np.asarray(layer > 127) for layer in drawn))


def lines(inventory: Inventory, kind: str, count: int, seed: int = SEED) -> Iterator[Owned]:
    """Yield lines of "words" (those that a hand wrote in a row) or of "characters" (set one by one)."""
    number = 0
    while count:
        rng = sample_rng(seed, number)
        number += 1
        setting = choose_setting(rng)
        hand = inventory.choose("words" if kind == "words" else "letters", rng)
        if kind == "words":
            tokens = inventory.run(hand, int(rng.integers(20, 60)), rng)
        else:
            letters = [letter for letter in hand.characters if letter.isalnum()]
            words = [rng.choice(letters, size=int(size)) for size in rng.integers(2, 9, size=5)]
            tokens = [
                [piece for letter in word if (piece := inventory.character(hand, str(letter), rng))]
                for word in words
            ]
        if len(tokens) > 1 and all(tokens):
            count -= 1
            yield own(tokens, setting, rng, by_piece=kind != "words")


def overlaps(line: Owned, read: Line | None, kind: str) -> list[float]:
    """Return the overlap of ink, 0 to 1, of each piece that the reading has at its place."""
    words = read.words if read is not None else ()
    found: list[tuple[str, Polygon]] = [(word.text, word.polygon) for word in words]
    if kind != "words":
        found = [(character.text, character.polygon) for word in words for character in word.characters]
    ink = line.ink
    shares = []
    for block in Levenshtein.opcodes(line.pieces, [text for text, _ in found]):
        length = block.src_end - block.src_start
        if block.tag not in ("equal", "replace") or length != block.dest_end - block.dest_start:
            continue
        for step in range(length):
            polygon = np.round(np.array(found[block.dest_start + step][1]) - 0.5).astype(np.int32)
            inside = np.zeros(ink.shape, np.uint8)
            cv2.fillPoly(inside, [polygon.reshape(-1, 1, 2)], 1)
            mine, theirs = line.masks[block.src_start + step], ink & (inside > 0)
            shares.append(float((mine & theirs).sum() / max((mine | theirs).sum(), 1)))
    return shares


@click.command(help=__doc__)
@click.option(
    "--cache", type=click.Path(exists=True, path_type=Path), required=True, help="Parsed strokes of UNIPEN."
)
@click.option("--split-file", type=click.Path(exists=True, path_type=Path), required=True)
@click.option(
    "--lines", "count", type=click.IntRange(1), default=200, show_default=True, help="Of each kind."
)
@click.option("--bundle", type=click.Path(exists=True, path_type=Path), help="Another line bundle.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Add the rows to this file.")
def main(cache: Path, split_file: Path, count: int, bundle: Path | None, table: Path | None) -> None:
    inventory = Inventory(UnipenDataset(None, "validation", cache=cache, split_file=split_file))
    reader = Reader(bundle, threads=1)
    show(HEADER)
    rows = []
    for kind in ("words", "characters"):
        pieces, shares = 0, []
        for line in lines(inventory, kind, count):
            read = reader.read(line.image, as_line=True).lines
            pieces += len(line.pieces)
            shares += overlaps(line, read[0] if read else None, kind)
        found = np.array(shares)
        cells = (
            kind, str(count), str(pieces), str(len(found)), f"{found.mean():.3f}",
            f"{100 * (found > LEAST).mean():.1f}", f"{np.median(found):.3f}", f"{found.sum() / pieces:.3f}",
        )  # fmt: skip
        show(cells)
        rows.append(cells)
    if table:
        add_rows(table, HEADER, rows)


if __name__ == "__main__":
    main()
