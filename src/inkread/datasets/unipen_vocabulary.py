"""Words that a UNIPEN hand lacks, lent by hands that write alike: natural sentences from many small sets.

No writer of UNIPEN has the words of an ordinary sentence, all writers together have most of them.
A borrowed word is brought to the slant of the line's hand; size, pen and spacing are the line's
anyway.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from inkread.datasets.unipen_hands import Inventory
from inkread.datasets.unipen_writers import Hand
from inkread.ink.compose import Piece

_LOOKED_AT = 12  # words of a hand that its style is taken from
_CANDIDATES = 8
_STRETCH = (0.7, 1.4)


@dataclass(frozen=True, slots=True)
class Style:
    """How a hand writes.

    Attributes:
        slant: columns to the right per row upwards.
        lifts: strokes a letter.
        pace: x-heights a letter takes along the line.
    """

    slant: float
    lifts: float
    pace: float

    def distance(self, other: Style) -> float:
        """Return how unlike two styles look side by side; 1 is plainly different."""
        unlike = abs(self.slant - other.slant) + 1.5 * abs(self.lifts - other.lifts)
        return unlike + 0.7 * abs(math.log(self.pace / other.pace))


class Vocabulary:
    """The words of all hands of an inventory, by what they say.

    Args:
        inventory: of the writers of one split.
        seed: of the choice of words that styles are taken from.
    """

    def __init__(self, inventory: Inventory, seed: int = 0) -> None:
        self._inventory = inventory
        self._styles: dict[str, Style] = {}
        self._hands: dict[str, list[Hand]] = defaultdict(list)
        rng = np.random.default_rng(seed)
        for hand in inventory.of("words"):
            self._styles[hand.name] = self._style(hand, rng)
            for text in hand.words:
                self._hands[text].append(hand)

    def __contains__(self, text: object) -> bool:
        return text in self._hands

    def word(self, hand: Hand, text: str, rng: np.random.Generator) -> Piece | None:
        """Return a piece that says ``text``: by the hand itself, else by one of those most like it."""
        lenders = self._hands.get(text)
        if not lenders:
            return None
        if text in hand.words:
            return self._inventory.word(hand, text, rng)
        style = self._styles.get(hand.name)
        drawn = [lenders[int(number)] for number in rng.integers(len(lenders), size=_CANDIDATES)]
        if style is None:
            return self._inventory.word(drawn[0], text, rng)
        lender = min(drawn, key=lambda other: style.distance(self._styles[other.name]))
        piece = self._inventory.word(lender, text, rng)
        if piece is None:
            return None
        theirs = self._styles[lender.name]
        stretch = float(np.clip((style.pace / theirs.pace) ** 0.7, *_STRETCH))
        return lean(piece, style.slant - theirs.slant, stretch)

    def _style(self, hand: Hand, rng: np.random.Generator) -> Style:
        """Measure a hand's slant (the mean lean of its steep strokes) and how often it lifts the pen."""
        texts = sorted(text for text in hand.words if len(text) > 2) or sorted(hand.words)
        chosen = [texts[int(number)] for number in rng.integers(len(texts), size=_LOOKED_AT)]
        lean_sum = steep_sum = strokes = letters = width = 0.0
        for text in chosen:
            piece = self._inventory.word(hand, text, rng)
            if piece is None:
                continue
            strokes += len(piece.strokes)
            letters += len(text)
            width += piece.width
            steps = np.concatenate([np.diff(stroke, axis=0) for stroke in piece.strokes])
            steep = steps[np.abs(steps[:, 1]) > np.abs(steps[:, 0])]
            lean_sum -= float((steep[:, 0] * steep[:, 1]).sum())
            steep_sum += float((steep[:, 1] ** 2).sum())
        slant = lean_sum / steep_sum if steep_sum else 0.0
        letters = max(letters, 1.0)
        return Style(float(np.clip(slant, -0.6, 0.8)), strokes / letters, max(width / letters, 0.2))


def lean(piece: Piece, slant: float, stretch: float = 1.0) -> Piece:
    """Return a piece ``stretch`` times as wide, then leaning further to the right by ``slant``.

    Args:
        piece: the piece; it begins at 0 again afterwards.
        slant: columns per row upwards, to be added.
        stretch: factor along x.
    """
    change = np.array(((stretch, 0.0), (-slant, 1.0)), np.float32)
    moved = [stroke @ change for stroke in piece.strokes]
    left = min(float(stroke[:, 0].min()) for stroke in moved)
    shifted = tuple(stroke - np.array((left, 0.0), np.float32) for stroke in moved)
    width = max(float(stroke[:, 0].max()) for stroke in shifted)
    return replace(piece, strokes=shifted, width=width, gap=piece.gap * stretch)
