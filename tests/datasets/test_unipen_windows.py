import numpy as np
import pytest

from inkread.datasets.unipen_windows import Row, expected_widths, fit_words, slant_of, upright

SENTENCE = "the cat is on a very old garden wall again"


def strokes_of(
    text: str, gap: float, slant: float = 0.0, loose: float = 4.0
) -> tuple[list[np.ndarray], list[float]]:
    """Write a stroke a letter, with ``loose`` between letters and ``gap`` between words.

    Returns the strokes and the left end of each word.
    """
    strokes, starts, at = [], [], 0.0
    for word in text.split():
        starts.append(at)
        for width in 100.0 * np.array([expected_widths([letter])[0] for letter in word]):
            rows = np.array((0.0, -60.0, -120.0, -20.0))
            columns = at + np.array((0.0, 0.3, 0.6, 1.0)) * (width - loose)
            strokes.append(np.stack([columns - slant * rows, rows], axis=1).astype(np.float32))
            at += width
        at += gap - loose
    return strokes, starts


@pytest.mark.parametrize("slant", [0.0, 0.6])
def test_words_are_found_at_the_wide_gaps(slant: float) -> None:
    strokes, starts = strokes_of(SENTENCE, gap=60.0, slant=slant)
    row = fit_words(SENTENCE, upright(strokes, slant))
    assert row is not None and row.words == tuple(SENTENCE.split())
    for cut, start in zip(row.cuts[1:-1], starts[1:], strict=True):
        assert start - 60.0 < cut <= start


def test_slant_is_measured_from_steep_strokes() -> None:
    strokes = [np.array(((0.0, 0.0), (40.0, -100.0)), np.float32), np.array(((0, 0), (90, 5)), np.float32)]
    assert slant_of(strokes) == pytest.approx(0.4)


def test_a_gap_that_does_not_stand_out_is_no_place_to_cut() -> None:
    strokes, _ = strokes_of(SENTENCE, gap=21.0, loose=20.0)
    row = fit_words(SENTENCE, upright(strokes, 0.0))
    assert row is not None and all(np.isnan(row.cuts[1:-1]))


def test_too_few_gaps_fit_no_words() -> None:
    assert fit_words("one two three", [(0.0, 10.0), (20.0, 30.0)]) is None


def test_a_window_begins_and_ends_at_sure_cuts() -> None:
    row = Row(("one", "two", "three", "four"), (0.0, 10.0, float("nan"), 30.0, 40.0))
    assert row.window(0, 9) == ("one two three", 0.0, 30.0)
    assert row.window(2, 9) == ("four", 30.0, 40.0)
    assert row.window(1, 100) == ("two three four", 10.0, 40.0)
    assert row.window(0, 1) == ("one", 0.0, 10.0)
    assert row.window(1, 0) is None, "two and three cannot be told apart, and both are too long"
