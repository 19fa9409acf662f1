from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkread.datasets.folder import FolderLines
from inkread.errors import GroundTruthError


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
