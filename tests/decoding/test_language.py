"""The n-gram model: counting by hand, sums, the file, the symbols."""

from __future__ import annotations

import math
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.language import FLOOR, LanguageModel, NgramModel
from inkread.decoding.language_build import Backoff, build, estimate, prune, suffix, windows
from inkread.decoding.language_text import SYMBOLS, tidy
from inkread.decoding.symbols import Symbols
from inkread.errors import BundleError

TEXT = "the cat sat on the mat and the dog ran at noon, and that was that: 12 cats, 305 dogs. " * 4


def test_windows_pack_seven_bits_a_symbol() -> None:
    keys = windows(np.array([1, 2, 3], dtype=np.uint8), 2)
    assert keys.tolist() == [(1 << 7) + 2, (2 << 7) + 3]
    assert suffix(keys, 2).tolist() == [2, 3]


def test_counts_are_those_of_the_text() -> None:
    orders = estimate(np.array([0, 1, 0, 1, 1], dtype=np.uint8), 2, 3)
    assert orders[0].counts.tolist() == [2, 2, 0]  # the last symbol has nothing after it
    assert dict(zip(orders[1].keys.tolist(), orders[1].counts.tolist(), strict=True)) == {
        1: 2,
        128: 1,
        129: 1,
    }


def test_every_context_sums_to_one() -> None:
    codes = SYMBOLS.encode(TEXT)
    for threshold in (0.0, 3.0):
        model = Backoff(prune(estimate(codes, 5, len(SYMBOLS)), threshold)).model(SYMBOLS)
        context = model.start()
        for symbol in codes[:60].tolist():
            total = sum(math.exp(context.log_probability(other)) for other in range(len(SYMBOLS)))
            assert total == pytest.approx(1.0, abs=0.06)  # quantised to steps of a tenth of a nat
            context = context.after(symbol)


def test_the_trie_answers_like_the_arrays_it_was_made_from() -> None:
    codes = SYMBOLS.encode(TEXT)
    arrays = Backoff(prune(estimate(codes, 4, len(SYMBOLS)), 1.0))
    model = arrays.model(SYMBOLS)
    probe = SYMBOLS.encode("that noon cat, 35 dots")
    expected = arrays.log_probability(windows(probe, 4), 4)
    context = model.context(())
    for place, symbol in enumerate(probe.tolist()):
        if place >= 3:
            raised = math.log((1.0 - FLOOR) * math.exp(expected[place - 3]) + FLOOR / len(SYMBOLS))
            assert model.look_up(context._nodes, symbol) == pytest.approx(raised, abs=0.05)
        context = context.after(symbol)


def test_pruning_drops_what_tells_least() -> None:
    orders = estimate(SYMBOLS.encode(TEXT), 5, len(SYMBOLS))
    sizes = [sum(len(order.keys) for order in prune(orders, threshold)) for threshold in (0.0, 1.0, 5.0, 1e9)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[1] > sizes[-1] == len(SYMBOLS)


def test_likely_text_is_likely(language_model: LanguageModel) -> None:
    assert language_model.log_likelihood("the cat", "en") > language_model.log_likelihood("teh tac", "en")
    assert language_model.log_likelihood("the cat", "en") > language_model.log_likelihood("the cat", "fr")


def test_nothing_is_impossible(language_model: LanguageModel) -> None:
    for symbol in range(len(SYMBOLS)):
        assert language_model.models["en"].start().log_probability(symbol) > -9.0


def test_a_mixture_is_the_weighted_mean(language_model: LanguageModel) -> None:
    symbols = SYMBOLS.encode("the").tolist()
    parts = [language_model.models[name].start() for name in ("en", "fr")]
    mixed = language_model.start({"en": 3.0, "fr": 1.0})
    for symbol in symbols:
        mean = sum(
            w * math.exp(part.log_probability(symbol)) for w, part in zip((0.75, 0.25), parts, strict=True)
        )
        assert mixed.log_probability(symbol) == pytest.approx(math.log(mean))
        parts, mixed = [part.after(symbol) for part in parts], mixed.after(symbol)


def test_a_file_comes_back_as_it_was(language_model: LanguageModel, tmp_path: Path) -> None:
    first, second = tmp_path / "first.ngrams", tmp_path / "second.ngrams"
    language_model.save(first)
    again = LanguageModel.load(first)
    again.save(second)
    assert first.read_bytes() == second.read_bytes()
    assert again.languages == ("en", "fr")
    assert again.log_likelihood("the hat", "en") == language_model.log_likelihood("the hat", "en")
    assert LanguageModel.load(first, ["fr"]).languages == ("fr",)


def test_damaged_files_are_named(language_model: LanguageModel, tmp_path: Path) -> None:
    path = tmp_path / "model.ngrams"
    language_model.save(path)
    data = path.read_bytes()
    for damaged in (b"", b"INK", data[:40], data[:-20], b"X" + data[1:], data[:-100] + bytes(100)):
        path.write_bytes(damaged)
        with pytest.raises(BundleError, match="install inkread again"):
            LanguageModel.load(path)
    with pytest.raises(BundleError, match="cannot be read"):
        LanguageModel.load(tmp_path / "absent")
    language_model.save(path)
    with pytest.raises(BundleError, match="choose one of"):
        LanguageModel.load(path, ["de"])


def test_arrays_that_do_not_fit_are_refused() -> None:
    one = np.zeros(1, dtype=np.uint8)
    with pytest.raises(BundleError):
        NgramModel(Symbols([("a", False), ("b", False)]), one, one, one, one)


def test_every_character_of_the_reader_has_a_symbol() -> None:
    members = [character for group, _ in SYMBOLS.groups for character in group]
    assert len(members) == len(set(members))
    assert not set(READER_ALPHABET) - set(members)


def test_shapes_and_digits_are_one_symbol_and_rare_letters_share() -> None:
    encoded = SYMBOLS.encode("'’ \"” -– 07").tolist()
    assert encoded[0] == encoded[1] and encoded[3] == encoded[4] and encoded[6] == encoded[7]
    assert encoded[9] == encoded[10]
    assert SYMBOLS.share(encoded[9]) == 0.0
    rare = int(SYMBOLS.encode("ñ")[0])
    assert SYMBOLS.share(rare) == pytest.approx(-math.log(len(SYMBOLS.groups[rare][0])))


def test_unknown_characters_and_decomposed_ones_are_taken() -> None:
    assert SYMBOLS.encode("漢").tolist() == [len(SYMBOLS) - 1]
    assert SYMBOLS.encode(unicodedata.normalize("NFD", "é")).tolist() == SYMBOLS.encode("é").tolist()


def test_tidy_makes_one_run_of_words() -> None:
    assert tidy("It was--\n  _so_ he\u00a0said — late.") == "It was - so he said - late."


def test_building_twice_gives_the_same_model() -> None:
    first, second = (build([TEXT], SYMBOLS, 4, 1.0) for _ in range(2))
    assert (first.labels, first.levels, first.weights) == (second.labels, second.levels, second.weights)
