"""What each UNIPEN writer has left: words, characters, texts, ready to be set in a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from inkread.datasets.unipen import UNIT, UnipenDataset
from inkread.datasets.unipen_windows import Row, fit_words, slant_of, upright
from inkread.datasets.unipen_writers import Entry, Hand, fill_hands
from inkread.ink.accents import can_draw, make
from inkread.ink.compose import Piece, piece_of
from inkread.ink.strokes import Points, Stand

_RARE = frozenset({"lav"})


class Inventory:
    """All writers of one split, by what they can write."""

    def __init__(self, dataset: UnipenDataset) -> None:
        self._data = dataset
        self.hands = fill_hands(dataset.table)
        hands = list(self.hands.values())
        self._of: dict[str, tuple[list[Hand], np.ndarray]] = {}
        self._rows: dict[int, Row | None] = {}
        for kind, size in _SIZES.items():
            able = [hand for hand in hands if size(hand)]
            weight = np.sqrt([min(size(hand), 400) for hand in able])
            self._of[kind] = able, np.cumsum(weight / max(weight.sum(), 1e-9))
        self._donors = [hand for hand in hands if len(hand.characters) >= 70] or hands

    def of(self, kind: str) -> list[Hand]:
        """Return the hands that can write "words", "texts", "windows" or "letters"."""
        return self._of[kind][0]

    def choose(self, kind: str, rng: np.random.Generator) -> Hand:
        """Draw a hand for a kind of line, those with more material a little more often."""
        hands, edges = self._of[kind]
        return hands[min(int(np.searchsorted(edges, rng.random())), len(hands) - 1)]

    def donor(self, rng: np.random.Generator) -> Hand:
        """Draw a hand that has nearly all characters, to lend digits and marks."""
        return self._donors[int(rng.integers(len(self._donors)))]

    def word(self, hand: Hand, text: str, rng: np.random.Generator) -> Piece | None:
        """Return a piece of the hand that says ``text`` as a whole, if there is one."""
        entries = hand.words.get(text)
        return self._entry(text, entries[int(rng.integers(len(entries)))]) if entries else None

    def like(self, hand: Hand, text: str, rng: np.random.Generator) -> list[Piece]:
        """Return another word of the hand, of like length and capital, to stand where ``text`` would."""
        pool = (hand.capitals or hand.smalls) if text[:1].isupper() else (hand.smalls or hand.capitals)
        if not pool:
            return []
        tries = [pool[int(number)] for number in rng.integers(len(pool), size=6)]
        word = min(tries, key=lambda other: abs(len(other) - len(text)))
        piece = self.word(hand, word, rng)
        return [piece] if piece else []

    def character(self, hand: Hand, text: str, rng: np.random.Generator) -> Piece | None:
        """Return a piece for one character: the hand's own, or an accented one made of its letters."""
        numbers = hand.characters.get(text)
        if numbers:
            number = numbers[int(rng.integers(len(numbers)))]
            table = self._data.table
            stand = Stand(*table.stand[number].tolist())
            return piece_of(text, table.strokes(number), stand, UNIT, joined=False)
        if can_draw(text) is None:
            return None
        return make(
            text, lambda base: self.character(hand, base, rng) if base in hand.characters else None, rng
        )

    def texts(self, hand: Hand, length: int, rng: np.random.Generator) -> list[Piece]:
        """Return texts that the hand wrote one after the other, about ``length`` characters in all."""
        rows = hand.texts[int(rng.integers(len(hand.texts)))]
        at = int(rng.integers(len(rows)))
        pieces: list[Piece] = []
        used = 0
        for label, number in rows[at:]:
            if pieces and used + len(label) > length + 8:
                break
            table = self._data.table
            stand = Stand(*table.stand[number].tolist())
            pieces.append(piece_of(label, table.strokes(number), stand, UNIT, joined=True))
            used += len(label) + 1
            if used >= length:
                break
        return pieces

    def window(self, hand: Hand, length: int, rng: np.random.Generator) -> Piece | None:
        """Return some words in a row out of a long text of the hand, about ``length`` characters."""
        label, number = hand.rows[int(rng.integers(len(hand.rows)))]
        table = self._data.table
        strokes = table.strokes(number)
        spans = upright(strokes, slant_of(strokes))
        if number not in self._rows:
            self._rows[number] = fit_words(label, spans)
        row = self._rows[number]
        if row is None:
            return None
        last = max(len(row.words) - length // 6, 1)  # so that about ``length`` characters remain
        found = row.window(int(rng.integers(last)), length)
        if found is None:
            return None
        text, left, right = found
        inside = [
            stroke
            for stroke, (begin, end) in zip(strokes, spans, strict=True)
            if left < (begin + end) / 2.0 < right
        ]
        if not inside:
            return None
        return piece_of(text, inside, Stand(*table.stand[number].tolist()), UNIT, joined=True)

    def run(self, hand: Hand, length: int, rng: np.random.Generator) -> list[list[Piece]]:
        """Return words in the order in which the hand wrote them, up to about ``length`` characters."""
        words = hand.runs[int(rng.integers(len(hand.runs)))]
        at = int(rng.integers(len(words)))
        tokens: list[list[Piece]] = []
        used = 0
        for label, entry in words[at:]:
            used += len(label) + 1
            if used > length + 4 and tokens:
                break
            piece = self._entry(label, entry)
            if tokens and label in ".,;:!?":
                tokens[-1].append(piece)
            else:
                tokens.append([piece])
        return tokens

    def any_token(self, hand: Hand, rng: np.random.Generator) -> list[Piece]:
        """Return some word of the hand, or some letters of it."""
        written = len(hand.capitals) + len(hand.smalls)
        if written:
            number = int(rng.integers(written))
            small = len(hand.smalls)
            text = hand.smalls[number] if number < small else hand.capitals[number - small]
            piece = self.word(hand, text, rng)
            return [piece] if piece else []
        if hand.characters:
            known = list(hand.characters)
            chosen = [known[int(number)] for number in rng.integers(len(known), size=int(rng.integers(2, 9)))]
            pieces = [self.character(hand, text, rng) for text in chosen]
            return [piece for piece in pieces if piece is not None]
        return self.texts(hand, 10, rng)

    def _entry(self, text: str, entry: Entry) -> Piece:
        """Return the piece of a word, joining characters that were written side by side."""
        table = self._data.table
        if len(entry) == 1:
            stand = Stand(*table.stand[entry[0]].tolist())
            return piece_of(text, table.strokes(entry[0]), stand, UNIT, joined=len(text) > 1)
        strokes: list[Points] = []
        baselines, heights = [], []
        for number, character in zip(entry, text, strict=True):
            origin = table.origin[number]
            strokes.extend(stroke + origin for stroke in table.strokes(number))
            if character.isalnum():
                baselines.append(float(table.stand[number, 0] + origin[1]))
                heights.append(float(table.stand[number, 1]))
        baseline = float(np.median(baselines)) if baselines else float(origin[1])
        height = float(np.median(heights)) if heights else UNIT
        return piece_of(text, strokes, Stand(baseline, height, 0.0), UNIT, joined=True)


def _word_count(hand: Hand) -> int:
    count = len(hand.capitals) + len(hand.smalls)
    if count < 8:
        return 0
    return count if hand.name.split("/", 1)[0] not in _RARE else 1


def _text_count(hand: Hand) -> int:
    return sum(len(rows) for rows in hand.texts)


def _row_count(hand: Hand) -> int:
    return len(hand.rows)


def _letter_count(hand: Hand) -> int:
    letters = sum(character.isalpha() for character in hand.characters)
    small = sum(character.islower() for character in hand.characters)
    return sum(len(numbers) for numbers in hand.characters.values()) if small == 26 or letters >= 40 else 0


_SIZES: Mapping[str, Callable[[Hand], int]] = {
    "words": _word_count,
    "texts": _text_count,
    "windows": _row_count,
    "letters": _letter_count,
}
