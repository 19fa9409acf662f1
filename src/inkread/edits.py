"""A person's corrections: a line's text changed, its words and characters still in their places.

The corrected text is aligned with what was read (Levenshtein). Words that stand as they were keep
everything; the characters of the others share the room between the nearest places that are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from rapidfuzz.distance import Levenshtein

from inkread.document import Line, Page, Point, Polygon, Word
from inkread.placing import Floats, Track, words

Anchors = dict[int, float]
"""Known borders: how many characters stand before one, and where it is along the line."""


def with_text(line: Line, text: str) -> Line:
    """Return a line with the text that a person says it has.

    Args:
        line: as it was read. Where its ``text`` is not that of its ``words``, the words count as
            what was read.
        text: what stands there; runs of whitespace count as one space.

    Returns:
        The line itself where its words say so already. Otherwise one with the words of ``text``:
        those that were read so are kept as they are, the others have confidence 1.0, as has the
        line, and lie on the line's outline between their neighbours. There are no alternatives
        left. A line without an outline gives words without places.
    """
    text = " ".join(text.split())
    read = " ".join(word.text for word in line.words)
    if text == line.text and (text == read or not line.words):
        return line
    kept = _kept(line, read, text)
    track = _track(line)
    if track is None:
        columns, outlines = [0.0] * (len(text) + 1), _nowhere
    else:
        anchors = _anchors(line, read, text, kept, track)
        known = sorted(anchors)
        borders = np.interp(np.arange(len(text) + 1), known, [anchors[place] for place in known])
        columns, outlines = (borders - track.start).tolist(), track.outlines
    placed = words(text, [1.0] * len(text), [1.0] * len(text.split()), columns, outlines, _polygon)
    starts = _starts([word.text for word in placed])
    found = tuple(kept.get(start, (0, word))[1] for start, word in zip(starts, placed, strict=True))
    return replace(line, text=text, confidence=1.0, words=found, alternatives=())


def with_texts(page: Page, texts: Sequence[str]) -> Page:
    """Return a page with the texts that a person says its lines have.

    Args:
        page: as it was read.
        texts: of ``page.lines``, in their order. An empty one takes its line out, and a region
            with its last line.

    Raises:
        ValueError: there are not as many texts as lines.
    """
    pairs = iter(zip(page.lines, texts, strict=True))
    regions = []
    for region in page.regions:
        given = [next(pairs) for _ in region.lines]
        lines = tuple(with_text(line, text) for line, text in given if text.strip())
        if lines:
            regions.append(replace(region, lines=lines))
    next(pairs, None)  # notices a text too many
    return replace(page, regions=tuple(regions))


def _kept(line: Line, read: str, text: str) -> dict[int, tuple[int, Word]]:
    """Return the words that stand as they were: start in ``text`` -> (start in ``read``, word)."""
    before = dict(zip(_starts([word.text for word in line.words]), line.words, strict=True))
    came_from = {
        block.dest_start + step: block.src_start + step
        for block in Levenshtein.opcodes(read, text)
        if block.tag == "equal"
        for step in range(block.dest_end - block.dest_start)
    }
    kept = {}
    for start, word in zip(_starts(text.split()), text.split(), strict=True):
        old = came_from.get(start, -1)
        if old in before and before[old].text == word:
            kept[start] = (old, before[old])
    return kept


def _starts(pieces: Sequence[str]) -> list[int]:
    """Return where each word begins in the line that they make."""
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece) + 1)
    return starts[:-1]


def _track(line: Line) -> Track | None:
    """Return the line's course; None where it has no outline, nor its words one."""
    outline = line.polygon or tuple(point for word in line.words for point in word.polygon)
    if len(outline) < 3:
        return None
    polygon = np.array(outline, dtype=np.float64)
    (left, _), (right, bottom) = polygon.min(axis=0), polygon.max(axis=0)
    baseline = line.baseline if len(line.baseline) > 1 else ((left, bottom), (right, bottom))
    return Track.of(polygon, np.array(baseline, dtype=np.float64), 0)


def _anchors(line: Line, read: str, text: str, kept: dict[int, tuple[int, Word]], track: Track) -> Anchors:
    """Return the borders of ``text`` that are known, its two ends among them.

    Borders inside of stretches that were read right, or with one character for another, are known,
    and the ends of words that are kept. A border beside something put in or left out is not: the
    characters around it share the room.
    """
    low, high = float(track.knots[0]), float(track.knots[-1])
    was = _borders(line, read, track)
    blocks = Levenshtein.opcodes(read, text)
    anchors: Anchors = {0: was[0], len(text): was[-1]}
    if blocks and blocks[0].tag == "insert":
        anchors[0] = low
    if blocks and blocks[-1].tag == "insert":
        anchors[len(text)] = high
    aligned = [block for block in blocks if block.tag in ("equal", "replace")]
    for before, block in zip([None, *aligned], aligned, strict=False):
        joined = before and (before.src_end, before.dest_end) == (block.src_start, block.dest_start)
        first = 0 if joined else 1
        for step in range(first, block.dest_end - block.dest_start):
            anchors[block.dest_start + step] = was[block.src_start + step]
    for start, (old, word) in kept.items():
        anchors[start], anchors[start + len(word.text)] = was[old], was[old + len(word.text)]
    known = sorted(anchors)
    rising = np.maximum.accumulate([anchors[place] for place in known]).clip(low, high).tolist()
    return dict(zip(known, rising, strict=True))


def _borders(line: Line, read: str, track: Track) -> list[float]:
    """Return where each character that was read begins along the line, the spaces too, and where it ends.

    What has no place of its own gets one between its neighbours.
    """
    borders = np.full(len(read) + 1, np.nan)
    for start, word in zip(_starts([word.text for word in line.words]), line.words, strict=True):
        end = start + len(word.text)
        pieces = [_extent(character.polygon, track) for character in word.characters if character.polygon]
        if pieces and len(pieces) == len(word.text):
            borders[start : end + 1] = [*(left for left, _ in pieces), pieces[-1][1]]
        elif word.polygon:
            borders[start : end + 1] = np.linspace(*_extent(word.polygon, track), end - start + 1)
    known = np.flatnonzero(~np.isnan(borders))
    if not len(known):
        return [float(u) for u in np.linspace(track.knots[0], track.knots[-1], len(borders))]
    return [float(u) for u in np.interp(np.arange(len(borders)), known, borders[known])]


def _extent(polygon: Sequence[Point], track: Track) -> tuple[float, float]:
    """Return how far a polygon reaches along the line."""
    along = (np.array(polygon, dtype=np.float64) - track.origin) @ track.along
    return float(along.min()), float(along.max())


def _nowhere(spans: Sequence[tuple[float, float]]) -> list[Floats]:
    """Return the outlines of what has none."""
    return [np.zeros((0, 2)) for _ in spans]


def _polygon(points: Floats) -> Polygon:
    return tuple(map(tuple, points.tolist()))
