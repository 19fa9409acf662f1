"""Sources as a configuration names them: the split lists hold, and each sample can be made again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from inkread.cli import main
from inkread.datasets import registry
from inkread.datasets.base import LineSource, sample_rng
from inkread.datasets.registry import make_page_source, make_source
from inkread.errors import ConfigError

SPLITS = {"a1": "train", "a2": "train", "b1": "validation", "c1": "test"}


def _copiste(folder: Path) -> None:
    """Four pages of three lines in three splits; each line's text begins with its page's name."""
    folder.mkdir()
    rows = [f"{page}\t{page}\t{split}\t3\t\t" for page, split in SPLITS.items()]
    head = "page\ttext\tsplit\tlines\tconsent_lines\tcrossed_out_lines"
    (folder / "split.tsv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    for number, page in enumerate(SPLITS):
        lines = "".join(
            f'<TextLine HPOS="0" VPOS="{40 * n}" WIDTH="200" HEIGHT="40">'
            f'<String CONTENT="{page} line {n}"/></TextLine>'
            for n in range(3)
        )
        xml = f'<alto><Layout><Page WIDTH="200" HEIGHT="120">{lines}</Page></Layout></alto>'
        (folder / f"{page}.xml").write_text(xml, encoding="utf-8")
        ink = np.random.default_rng(number).integers(0, 2, (120, 200), dtype=np.uint8) * 255
        Image.fromarray(ink).save(folder / f"{page}.png")


@pytest.fixture(scope="module")
def entries(
    tmp_path_factory: pytest.TempPathFactory, make_unipen: Callable[[Path], tuple[Path, Path]]
) -> tuple[Path, list[dict[str, Any]]]:
    """Return a data folder with two writers of UNIPEN and four of Copiste, and a mixture of both."""
    data = tmp_path_factory.mktemp("data")
    make_unipen(data / "unipen")
    _copiste(data / "copiste")
    packed = data / "copiste.parquet"
    command = ["data", "pack", str(data / "copiste"), str(packed), "--split", "train"]
    assert CliRunner().invoke(main, command, catch_exceptions=False).output == f"{packed}: 6 lines\n"
    (data / "text" / "novels").mkdir(parents=True)
    (data / "text" / "novels" / "a.txt").write_text("no mono on a noon moon, he said. " * 60)
    corpus = {"text": "text", "languages": {"en": 0.5, "fr": 0.5}, "transcripts": {"fr": "copiste.parquet"}}
    return data, [
        {
            "source": "unipen_lines",
            "root": "unipen",
            "cache": "cache",
            "split_file": "unipen/split.tsv",
            "corpus": corpus,
        },
        {"source": "varied_lines", "weight": 2.0, "packed": "copiste.parquet"},
    ]


@pytest.fixture(scope="module")
def source(entries: tuple[Path, list[dict[str, Any]]]) -> LineSource:
    return make_source(*entries)


def test_no_held_out_writer_is_in_the_training_stream(source: LineSource) -> None:
    samples = [source.sample(index, sample_rng(2, index)) for index in range(80)]
    writers = {sample.key.split("/", 1)[1].rsplit("/", 1)[0] for sample in samples if "/" in sample.key}
    assert any("anna" in sample.key for sample in samples) and {"a1", "a2"} <= writers
    held_out = [page for page, split in SPLITS.items() if split != "train"]
    for sample in samples:
        assert "bert" not in sample.key
        assert not any(page in sample.key or page in sample.text for page in held_out)


def test_every_sample_can_be_made_again_from_its_seed(
    source: LineSource, entries: tuple[Path, list[dict[str, Any]]]
) -> None:
    another = make_source(*entries)
    for index in (5, 3, 11, 7, 0):
        one, two = source.sample(index, sample_rng(9, index)), another.sample(index, sample_rng(9, index))
        assert (one.text, one.key) == (two.text, two.key) and np.array_equal(one.image, two.image)


def test_varied_crops_are_seen_anew_each_time_and_the_same_from_one_seed(
    entries: tuple[Path, list[dict[str, Any]]],
) -> None:
    data, sources = entries
    varied = make_source(data, [sources[1]])
    drawn = [varied.sample(0, sample_rng(4, index)) for index in range(30)]
    of_one_line = [sample.image for sample in drawn if sample.key == drawn[0].key]
    assert len(of_one_line) > 1 and not all(np.array_equal(of_one_line[0], image) for image in of_one_line)
    for index, sample in enumerate(drawn):
        assert np.array_equal(varied.sample(99, sample_rng(4, index)).image, sample.image)


def test_a_source_or_a_setting_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'poems'.*unipen_lines"):
        make_source(tmp_path, [{"source": "poems"}])
    with pytest.raises(ConfigError, match="packed"):
        make_source(tmp_path, [{"source": "varied_lines"}])


def test_a_corpus_may_name_its_folders(tmp_path: Path) -> None:
    for folder, text in (("novels", "no moon. "), ("en_stories", "a dragon. ")):
        (tmp_path / "text" / folder).mkdir(parents=True)
        (tmp_path / "text" / folder / "a.txt").write_text(text * 60)
    for named, word in (({}, "moon"), ({"folders": ["en_stories"]}, "dragon")):
        corpus = registry._corpus(tmp_path, {"languages": {"en": 1.0}, **named})
        assert word in corpus.sentence(np.random.default_rng(1), 20)


def test_a_source_of_pages_is_made_by_name(entries: tuple[Path, list[dict[str, Any]]]) -> None:
    data, (unipen, *_) = entries
    pens = {key: value for key, value in unipen.items() if key not in ("source", "weight")}
    entry = {"source": "synthetic_pages", "pens": pens, "corpus": pens["corpus"], "sides": [200, 300]}
    pages = make_page_source(data, entry)
    one, two = (pages.sample(0, sample_rng(4, 2)) for _ in range(2))
    assert np.array_equal(one.image, two.image) and one.key == "abc/anna"
    with pytest.raises(ConfigError, match="synthetic_papers"):
        make_page_source(data, {**entry, "source": "synthetic_papers"})
    with pytest.raises(ConfigError, match="colour"):
        make_page_source(data, {**entry, "colour": "red"})
