from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkread.alphabet import READER_ALPHABET
from inkread.datasets.dataset import SPLITS
from inkread.datasets.folder import FolderLines, FolderLinesDataset
from inkread.errors import ConfigError, GroundTruthError, InkreadError


def picture(path: Path, level: int) -> None:
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(np.full((20, 50), level, np.uint8)).save(path)


def test_an_index_gives_path_tab_text_in_its_own_order(tmp_path: Path) -> None:
    picture(tmp_path / "b.png", 10)
    picture(tmp_path / "images" / "a.png", 20)
    (tmp_path / "index.tsv").write_text('b.png\tsaid "é"\n\nimages/a.png\ta\n', encoding="utf-8")
    lines = FolderLines(tmp_path)
    samples = [lines.sample(index) for index in range(len(lines))]
    assert [(sample.text, int(sample.image[0, 0])) for sample in samples] == [('said "é"', 10), ("a", 20)]


def test_without_an_index_each_image_has_a_text_beside_it(tmp_path: Path) -> None:
    picture(tmp_path / "1.png", 10)
    picture(tmp_path / "2.png", 20)
    (tmp_path / "1.txt").write_text("one\n", encoding="utf-8")
    lines = FolderLines(tmp_path)
    assert [lines.sample(index).text for index in range(len(lines))] == ["one"]


def test_faults_are_named(tmp_path: Path) -> None:
    with pytest.raises(GroundTruthError, match="holds no lines"):
        FolderLines(tmp_path)
    (tmp_path / "index.tsv").write_text("no tab here\n", encoding="utf-8")
    with pytest.raises(GroundTruthError, match="line 1"):
        FolderLines(tmp_path)
    (tmp_path / "index.tsv").write_text("none.png\ttext\n", encoding="utf-8")
    with pytest.raises(GroundTruthError, match=r"none\.png cannot be opened"):
        FolderLines(tmp_path).sample(0)


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", 10)
    (tmp_path / "index.tsv").write_text("a.png\tun été\n", encoding="utf-8-sig")
    assert FolderLines(tmp_path).sample(0).text == "un été"
    (tmp_path / "index.tsv").write_bytes("a.png\tun été\n".encode("latin-1"))
    with pytest.raises(GroundTruthError, match="not text in UTF-8"):
        FolderLines(tmp_path)


def folder_of_lines(folder: Path, count: int = 40, writers: int = 8) -> Path:
    """Lines of as many writers in an index with their names."""
    rows = []
    for number in range(count):
        picture(folder / f"{number}.png", 5 * number)
        rows.append(f"{number}.png\tline {number}\thand{number % writers}\n")
    (folder / "index.tsv").write_text("".join(rows), encoding="utf-8")
    return folder


def dataset(folder: Path, **settings: object) -> FolderLinesDataset:
    return FolderLinesDataset(folder, data=folder / "data", **settings)  # type: ignore[arg-type]


def test_splits_are_carved_by_writer_and_by_seed(tmp_path: Path) -> None:
    found = dataset(folder_of_lines(tmp_path), validation_fraction=0.25, test_fraction=0.25)
    hands = {split: set(found.split(split).writers) for split in SPLITS}
    assert [len(hands[split]) for split in SPLITS] == [4, 2, 2]
    assert len(set.union(*hands.values())) == 8
    assert sum(len(found.split(split)) for split in SPLITS) == 40
    seeds = {
        tuple(line.split for line in dataset(tmp_path, seed=seed, validation_fraction=0.25).lines)
        for seed in (1, 1, 2)
    }
    assert len(seeds) == 2


def test_examples_are_read_back_as_they_lie_there_dark_on_light(tmp_path: Path) -> None:
    image = np.full((20, 60), 220, np.uint8)
    image[8:12, 5:50:6] = 10
    Image.fromarray(image).save(tmp_path / "dark.png")
    Image.fromarray(255 - image).save(tmp_path / "light.png")
    (tmp_path / "index.tsv").write_text(
        "text\tremark\timage\tsplit\n e\u0301t\u00e9 \t-\tdark.png\ttrain\nlight\t\tlight.png\ttest\n",
        encoding="utf-8",
    )
    found = dataset(tmp_path, validation_fraction=0)
    (train,), (test,) = found.split("train"), found.split("test")
    assert (train.target, train.key, test.target, test.key) == (
        "\u00e9t\u00e9",
        "dark.png",
        "light",
        "light.png",
    )
    assert np.array_equal(train.image, image)
    assert np.array_equal(test.image, image)
    assert found.input_shape == (48, 160)
    assert found.output_shape == (5, len(READER_ALPHABET) - 1)


def test_a_folder_for_each_writer_and_a_table_of_splits(tmp_path: Path) -> None:
    for writer in "abcd":
        for number in range(3):
            picture(tmp_path / writer / f"{number}.png", 100)
            (tmp_path / writer / f"{number}.txt").write_text(f"text {number}", encoding="utf-8")
    (tmp_path / "split.tsv").write_text("writer\tsplit\nc\ttest\nb/2.png\tvalidation\n", encoding="utf-8")
    splits = {line.key: (line.group, line.split) for line in dataset(tmp_path).lines}
    assert splits["a/0.png"] == ("a", "train")
    assert splits["b/2.png"] == ("b", "validation")
    assert {key for key, (_, split) in splits.items() if split == "test"} == {"c/0.png", "c/1.png", "c/2.png"}


def test_lines_without_writers_are_carved_one_by_one(tmp_path: Path) -> None:
    found = dataset(folder_of_lines(tmp_path, count=10, writers=1))
    assert [sum(line.split == split for line in found.lines) for split in SPLITS] == [8, 1, 1]


def test_changed_lines_are_processed_anew(tmp_path: Path) -> None:
    first = dataset(folder_of_lines(tmp_path, count=3)).processed
    assert dataset(tmp_path).processed == first
    picture(tmp_path / "1.png", 255)
    second = dataset(tmp_path).processed
    assert second != first
    (tmp_path / "index.tsv").write_text("0.png\tother\n", encoding="utf-8")
    assert dataset(tmp_path).processed not in (first, second)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("0.png\t\n", "0.png has no text"),
        ("0.png\tx\u2211\n", r"0\.png holds '\u2211'.*inkread data check"),
        ("0.png\ttext\tme\ttraining\n", "no split 'training'"),
        ("none.png\ttext\n", "cannot be opened"),
    ],
)
def test_faults_are_told_before_anything_is_kept(tmp_path: Path, row: str, message: str) -> None:
    picture(tmp_path / "0.png", 0)
    (tmp_path / "index.tsv").write_text(row, encoding="utf-8")
    with pytest.raises(InkreadError, match=message):
        dataset(tmp_path).load()
    assert not list(tmp_path.rglob("*.parquet"))


def test_settings_out_of_range_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="below 1 together"):
        dataset(tmp_path, validation_fraction=0.5, test_fraction=0.5)
    with pytest.raises(ConfigError, match="alphabet given is at fault"):
        dataset(tmp_path, alphabet="aa")


def test_what_is_no_folder_of_lines_says_why(tmp_path: Path) -> None:
    with pytest.raises(GroundTruthError, match="is no folder"):
        FolderLines(tmp_path / "none")
    (tmp_path / "index.tsv").write_text("", encoding="utf-8")
    with pytest.raises(GroundTruthError, match=r"index\.tsv holds no lines; write a row for each"):
        FolderLines(tmp_path)
    (tmp_path / "index.tsv").unlink()
    (tmp_path / "index.tsv").mkdir()
    with pytest.raises(GroundTruthError, match=r"index\.tsv is no file"):
        FolderLines(tmp_path)
    (tmp_path / "index.tsv").rmdir()
    (tmp_path / "index.tsv").write_text("a\0.png\ttext\n", encoding="utf-8")
    with pytest.raises(GroundTruthError, match="NUL character"):
        FolderLines(tmp_path)
