from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inkread.datasets.unipen import UNIT, UnipenDataset
from inkread.datasets.unipen_parse import clean_label, read_components
from inkread.errors import ConfigError, DataError

Opener = Callable[..., UnipenDataset]


@pytest.fixture
def open_split(tmp_path: Path, make_unipen: Callable[[Path], tuple[Path, Path]]) -> Opener:
    root, table = make_unipen(tmp_path / "source")

    def opened(split: str = "train", **settings: object) -> UnipenDataset:
        return UnipenDataset(root, split, cache=tmp_path / "cache", split_file=table, **settings)  # type: ignore[arg-type]

    return opened


def test_labels_lose_their_escapes_and_kai_its_ligature_marks() -> None:
    assert clean_label(r"say \"no\" \\ ever", "lex") == r'say "no" \ ever'
    assert clean_label(r"th\@in\@k", "kai") == "think"
    assert clean_label("two   words ", "apa") == "two words"


def test_components_are_the_blocks_that_hold_a_point(tmp_path: Path) -> None:
    path = tmp_path / "pen.dat"
    path.write_text(
        ".STYLE CURSIVE\n.PEN_DOWN\n1 2 9\n3 4 9\n.PEN_UP\n.DT 30\n.PEN_DOWN\n5 6\n.PEN_UP\n7 8\n"
    )
    components, style = read_components(path)
    assert style == "CURSIVE"
    assert [down for down, _ in components] == [True, True, False]
    assert components[0][1].tolist() == [[1, 2, 9], [3, 4, 9]]


def test_segments_have_labels_levels_and_strokes_with_y_downwards(open_split: Opener) -> None:
    data = open_split()
    words = {segment.label: segment for segment in data.segments("word")}
    assert {"no", "mono"} <= set(words)
    word = words["no"]
    assert word.level == "word" and word.source == "abc" and word.writer == "abc/anna"
    assert word.style == "PRINTED"
    assert all(stroke.dtype == np.float32 and stroke.shape[1] == 2 for stroke in word.strokes)
    x_height = max(float(stroke[:, 1].max()) for stroke in word.strokes)
    assert x_height == pytest.approx(UNIT, rel=0.1)
    assert word.stand.baseline == pytest.approx(x_height, abs=0.1 * UNIT)
    first = word.strokes[0]
    assert first[0, 1] > first[:, 1].min(), "the n begins at the baseline, which is the lower end"


def test_a_text_knows_its_words_by_their_components(open_split: Opener) -> None:
    data = open_split()
    text = next(data.segments("text"))
    inside = [
        word.label for word in data.segments("word") if text.first <= word.first and word.last <= text.last
    ]
    assert text.label == "no mono" and text.one_row
    assert inside == ["no", "mono"]


def test_each_split_holds_its_own_writers_only(open_split: Opener) -> None:
    assert {segment.writer for segment in open_split().segments()} == {"abc/anna"}
    assert {segment.writer for segment in open_split("test").segments()} == {"abc/bert"}
    with pytest.raises(ConfigError):
        open_split("everything")


def test_the_cache_serves_without_the_source(open_split: Opener, tmp_path: Path) -> None:
    before = [(segment.label, segment.strokes[0].tolist()) for segment in open_split().segments()]
    again = UnipenDataset(None, cache=tmp_path / "cache", split_file=tmp_path / "source" / "split.tsv")
    assert [(segment.label, segment.strokes[0].tolist()) for segment in again.segments()] == before
    assert isinstance(again.table.points, np.memmap)
    assert not list((tmp_path / "cache").glob(".unfinished*"))


def test_a_label_that_cannot_fit_is_left_out(open_split: Opener) -> None:
    labels = [segment.label for segment in open_split().segments("word")]
    assert "incomprehensibilities" not in labels


def test_without_source_and_cache_there_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "split.tsv").write_text("include\twriter\tsplit\n")
    with pytest.raises(DataError, match="give the unpacked source"):
        UnipenDataset(None, cache=tmp_path / "cache", split_file=tmp_path / "split.tsv")
    with pytest.raises(DataError, match="include and data"):
        UnipenDataset(tmp_path, cache=tmp_path / "cache", split_file=tmp_path / "split.tsv")


def test_progress_is_told_file_by_file(open_split: Opener) -> None:
    told: list[tuple[int, int]] = []
    open_split(progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]
