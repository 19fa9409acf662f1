from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.datasets.base import sample_rng
from inkread.errors import DataError
from inkread.ink.corpus import Corpus, capitals
from inkread.ink.structured import structured

ENGLISH = (
    "It was a “fine” day — the birds sang , and nobody’s dog barked … at the мир tree ( oak ) ; was it? "
)
FRENCH = "Où était l'été, demanda-t-il : « à Noël » ? Le cœur de l’âme gémit déjà. "


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    root = tmp_path_factory.mktemp("text")
    for folder, text in (("novels", ENGLISH), ("fr_novels", FRENCH)):
        (root / folder).mkdir()
        (root / folder / "a.txt").write_text(text * 60, encoding="utf-8")
    return Corpus(root, {"en": 0.6, "fr": 0.4}, extra={"fr": ["zythum yaourt"] * 50})


def test_windows_hold_whole_words_of_the_alphabet(corpus: Corpus) -> None:
    words = set(ENGLISH.split()) | set(FRENCH.split())
    for index in range(300):
        text = corpus.sentence(sample_rng(1, index), 10, 50)
        assert 10 <= len(text) <= 50
        assert text == text.strip()
        assert not READER_ALPHABET.missing(text)
    plain = [corpus.sentence(sample_rng(2, index), 10, 50, "en") for index in range(50)]
    assert all(any(word in words for word in text.split()) for text in plain)


def test_windows_begin_anywhere_and_have_many_lengths(corpus: Corpus) -> None:
    texts = [corpus.sentence(sample_rng(3, index)) for index in range(300)]
    assert len({text.split()[0] for text in texts}) > 15
    lengths = np.array([len(text) for text in texts])
    assert 35 < lengths.mean() < 55
    assert lengths.std() > 12


def test_blanks_before_marks_are_closed_up_in_english(corpus: Corpus) -> None:
    texts = " ".join(corpus.sentence(sample_rng(4, index), 30, 80, "en") for index in range(100))
    assert " ," not in texts and "( oak" not in texts


def test_the_language_asked_for_is_given(corpus: Corpus) -> None:
    assert any("é" in corpus.sentence(sample_rng(5, i), 20, 60, "fr") for i in range(10))
    assert not any("é" in corpus.sentence(sample_rng(5, i), 20, 60, "en") for i in range(10))
    with pytest.raises(DataError, match="'xx'"):
        corpus.sentence(sample_rng(0, 0), language="xx")


def test_extra_texts_are_drawn(corpus: Corpus) -> None:
    texts = [corpus.sentence(sample_rng(6, index), 10, 60, "fr") for index in range(150)]
    assert 8 < sum("yaourt" in text for text in texts) < 70


def test_lines_mix_text_things_and_capitals(corpus: Corpus) -> None:
    lines = [corpus.line(sample_rng(7, index), 1, 60) for index in range(600)]
    assert all(1 <= len(line) <= 60 and not READER_ALPHABET.missing(line) for line in lines)
    assert lines == [corpus.line(sample_rng(7, index), 1, 60) for index in range(600)]
    assert 0.15 < np.mean([any(letter.isdigit() for letter in line) for line in lines]) < 0.4


def test_every_character_turns_up_in_structured_lines() -> None:
    seen: Counter[str] = Counter()
    for index in range(15000):
        text = structured(sample_rng(8, index))
        assert text and text == text.strip()
        seen.update(text)
    assert not set(READER_ALPHABET) - seen.keys()
    assert not seen.keys() - set(READER_ALPHABET)


def test_capitals_stay_in_the_alphabet() -> None:
    assert capitals("straße l'Haÿ œuf") == "STRAßE L'HAŸ ŒUF"


def test_missing_texts_are_reported(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder"):
        Corpus(tmp_path / "nowhere")
    (tmp_path / "novels").mkdir()
    (tmp_path / "novels" / "a.txt").write_text("some words", encoding="utf-8")
    with pytest.raises(DataError, match="fr"):
        Corpus(tmp_path, {"en": 0.5, "fr": 0.5})


def test_folders_for_language_models_are_left_out_unless_they_are_named(tmp_path: Path) -> None:
    for folder, text in (("novels", "the hound ran off "), ("en_stories", "a dragon came by ")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(text * 60, encoding="utf-8")
    rng = np.random.default_rng(1)
    usual = " ".join(Corpus(tmp_path, {"en": 1.0}).sentence(rng) for _ in range(20))
    named = " ".join(Corpus(tmp_path, {"en": 1.0}, folders=["en_stories"]).sentence(rng) for _ in range(20))
    assert "hound" in usual and "dragon" not in usual
    assert "dragon" in named and "hound" not in named
    for wrong in (["novels", "nowhere"], "nowhere"):
        with pytest.raises(DataError, match=r"no text in .*nowhere"):
            Corpus(tmp_path, {"en": 1.0}, folders=wrong)
