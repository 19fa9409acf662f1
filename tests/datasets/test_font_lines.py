"""With the font that Pillow carries, in place of handwriting."""

import io
import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from inkread.alphabet import READER_ALPHABET
from inkread.datasets.base import sample_rng
from inkread.datasets.font_lines import FontLines, kept_for_test
from inkread.errors import ConfigError, DataError
from inkread.ink.corpus import Corpus
from inkread.ink.glyphs import load_faces, write


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fonts")
    held = getattr(ImageFont.load_default(20), "path", None)
    if not isinstance(held, io.BytesIO):
        pytest.skip("this Pillow carries no font")
    (folder / "a.ttf").write_bytes(held.getvalue())
    (folder / "fonts.tsv").write_text(
        "family\tfile\tweight\tstyle\tgrade\tfull_ascii\tmissing_ascii\tlicence\tsource\tnote\n"
        "A\ta.ttf\t400\tprint\t3\tyes\t\tOFL-1.1\tnone\t\n"
        "B\ta.ttf\t400\tcursive\t2\tyes\t\tOFL-1.1\tnone\tunicase/small-caps: lower case drawn as capitals\n",
        encoding="utf-8",
    )
    (folder / "text" / "novels").mkdir(parents=True)
    (folder / "text" / "novels" / "a.txt").write_text(
        "The quick brown fox, they say, jumps. " * 60, encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def source(root: Path) -> FontLines:
    return FontLines(root, Corpus(root / "text", {"en": 1.0}), max_chars=40)


def test_faces_know_what_they_draw(root: Path) -> None:
    letters, capitals = load_faces(root)
    assert letters.characters >= set("abcxyzABCXYZ0123456789.,")
    assert letters.characters <= set(READER_ALPHABET)
    assert letters.writes("fox") and not letters.writes("мир")
    assert capitals.capitals_only and capitals.writes("FOX 1") and not capitals.writes("Fox")
    assert letters.weight > capitals.weight


def test_missing_fonts_are_reported(root: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"fonts\.tsv"):
        load_faces(tmp_path)
    (tmp_path / "fonts.tsv").write_text((root / "fonts.tsv").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(DataError, match="missing"):
        load_faces(tmp_path)


def test_writing_gives_ink_on_a_baseline(root: Path) -> None:
    face = load_faces(root)[0]
    for index in range(10):
        line = write("  xxx  ox ", face, sample_rng(0, index))
        assert line.text == "xxx ox"
        x0, y0, x1, y1 = line.box
        assert line.coverage.max() > 200 and x1 - x0 > 4 * line.x_height
        assert line.baseline == pytest.approx(y1, abs=0.3 * line.x_height)
        assert y1 - y0 == pytest.approx(line.x_height, rel=0.5)
    with pytest.raises(DataError):
        write("   ", face, sample_rng(0, 0))


def test_samples_are_functions_of_seed_and_index(source: FontLines) -> None:
    for index in range(15):
        first, again = (source.sample(index, sample_rng(4, index)) for _ in range(2))
        assert first.text == again.text and np.array_equal(first.image, again.image)
        assert first.image.dtype == np.uint8 and first.image.ndim == 2
        assert 1 <= len(first.text) <= 40 and not READER_ALPHABET.missing(first.text)
        assert first.key.startswith("font_lines/")


def test_fonts_without_small_letters_write_capitals(root: Path, tmp_path: Path) -> None:
    table = (root / "fonts.tsv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "fonts.tsv").write_text("\n".join((table[0], table[2])), encoding="utf-8")
    (tmp_path / "a.ttf").write_bytes((root / "a.ttf").read_bytes())
    source = FontLines(tmp_path, Corpus(root / "text", {"en": 1.0}), max_chars=12)
    texts = [source.sample(index, sample_rng(5, index)).text for index in range(12)]
    assert all(text == text.upper() for text in texts)


def test_capitals_mean_themselves_and_small_capitals_small_letters(root: Path) -> None:
    corpus = Corpus(root / "text", {"en": 1.0})
    texts = {
        shares: [
            FontLines(root, corpus, 40, capitals=shares[0], small_capitals=shares[1])
            .sample(number, sample_rng(4, number))
            .text
            for number in range(12)
        ]
        for shares in ((1.0, 0.0), (0.0, 1.0))
    }
    assert all(text == text.upper() for text in texts[1.0, 0.0])
    assert any(text != text.upper() for text in texts[0.0, 1.0])


@pytest.mark.parametrize("share", ["20 %", -3, 1.5, True, float("nan")])
def test_shares_are_from_0_to_1(root: Path, share: object) -> None:
    with pytest.raises(ConfigError, match="small_capitals is a number from 0 to 1"):
        FontLines(root, Corpus(root / "text", {"en": 1.0}), small_capitals=share)  # type: ignore[arg-type]


@pytest.mark.skipif("INKREAD_DATA" not in os.environ, reason="needs the data folder")
def test_the_real_fonts_write_quickly() -> None:
    data = Path(os.environ["INKREAD_DATA"])
    lines = FontLines(data / "fonts", Corpus(data / "text"))
    start = time.process_time()
    for index in range(30):
        lines.sample(index, sample_rng(6, index))
    assert (time.process_time() - start) / 30 < 0.1


def test_a_tenth_of_the_families_is_kept_for_test_pages(root: Path) -> None:
    assert kept_for_test("homemade-apple-400") and not kept_for_test("gaegu-700")
    assert kept_for_test("give-you-glory-700-italic") == kept_for_test("give-you-glory-400")
    assert kept_for_test("playwrite-id-400") == kept_for_test("playwrite-fr-trad-400")
    corpus = Corpus(root / "text", {"en": 1.0})
    assert FontLines(root, corpus, part="train")
    with pytest.raises(DataError, match="no such font"):
        FontLines(root, corpus, part="test")
    with pytest.raises(ConfigError, match="half"):
        FontLines(root, corpus, part="half")


def test_a_font_lends_itself_as_a_hand(source: FontLines) -> None:
    name, write_line = source.hand(np.random.default_rng(1))
    lines = [write_line(20, np.random.default_rng(seed)) for seed in range(8)]
    written = [line for line in lines if line is not None]
    assert name == "a" and written and all(len(line.text) <= 20 for line in written)
