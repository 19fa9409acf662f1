from pathlib import Path

import numpy as np
from PIL import Image
from prepare import iam_lines, whiten_header, write_lines
from systems import Run, row_of

from inkread.datasets.folder import FolderLines, read_rows


def box(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], dtype=np.float32)


def test_iam_lines_are_the_boxes_of_the_split_without_padding(tmp_path: Path) -> None:
    for name in ("forms", "ascii", "splits"):
        (tmp_path / name).mkdir()
    page = np.full((60, 100), 255, np.uint8)
    page[10:20, 5:45] = 0
    for form in ("a01-001", "a01-002"):
        Image.fromarray(page).save(tmp_path / "forms" / f"{form}.png")
    rows = [f"{form}-00 ok 154 19 5 10 40 10 A|word" for form in ("a01-001", "a01-002")]
    (tmp_path / "ascii" / "lines.txt").write_text("\n".join(["# remark", *rows]), encoding="utf-8")
    (tmp_path / "natural.tsv").write_text(
        "line\tsplit\tok\ttext\na01-002-00\tv\tok\tA word\n", encoding="utf-8"
    )
    (tmp_path / "splits" / "aachen_validation.txt").write_text("a01-002\n", encoding="utf-8")
    ((name, image, text, writer),) = iam_lines(tmp_path)
    assert writer == ""
    assert (name, text, image.shape, int(image.max())) == ("a01-002-00", "A word", (10, 40), 0)


def test_a_folder_of_lines_is_written_as_the_reader_takes_it(tmp_path: Path) -> None:
    write_lines(tmp_path, [("one", np.full((9, 9), 7, np.uint8), "première ligne", "anna")])
    sample = FolderLines(tmp_path).sample(0)
    assert [row.writer for row in read_rows(tmp_path)] == ["anna"]
    assert (sample.text, int(sample.image[0, 0])) == ("première ligne", 7)


def test_a_header_is_whitened_even_beside_the_pages_name() -> None:
    image = np.zeros((200, 400), np.uint8)
    whiten_header(image, [box(300, 20, 390, 40), box(10, 80, 390, 110), box(10, 120, 390, 150)])
    assert image[30, 350] == 0
    assert image[30, 100] == 255
    assert image[60, 350] == 255
    assert (image[80:] == 0).all()


def test_a_row_of_the_table_gives_corpus_rates_in_percent() -> None:
    row = row_of("set", "system", Run(["abcd", ""], 3.0, 99.6), ["abcx", "y"], digits=2)
    assert row == ("set", "system", "2", "5", "40.00", "100.00", "40.00", "1.50", "100")
