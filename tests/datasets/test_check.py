import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkread.alphabet import Alphabet
from inkread.datasets.check import check_folder
from inkread.datasets.check_examples import check_dataset
from inkread.datasets.dataset import Example
from inkread.datasets.faults import Checked
from inkread.errors import GroundTruthError
from tests.datasets.own import TinyDataset, alto, line_image

BLOCKED = ("torch", "lightning", "onnx", "yaml", "pyarrow", "fontTools", "scipy")


def told(checked: Checked, folder: Path) -> dict[tuple[str, int], str]:
    """Kind of fault by file and line."""
    return {
        (Path(fault.path).relative_to(folder).as_posix(), fault.line): fault.kind for fault in checked.faults
    }


def indexed(folder: Path, *rows: str) -> Path:
    (folder / "index.tsv").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder


def test_a_sound_folder_has_no_faults(tmp_path: Path) -> None:
    for number in range(3):
        line_image(tmp_path / f"{number}.png", 20 + number)
    checked = check_folder(indexed(tmp_path, "0.png\tun été", "1.png\ttwo\tme\ttrain", "2.png\tthree"))
    assert checked.faults == []
    assert checked.examples == 3


def test_every_fault_of_an_index_is_told_by_its_line(tmp_path: Path) -> None:
    for number in range(6):
        line_image(tmp_path / f"{number}.png", 20 + number)
    line_image(tmp_path / "again.png", 20)
    (tmp_path / "broken.png").write_bytes(b"no image")
    rows = [
        "0.png\tsound\tanna\ttrain",
        "1.png\t",
        "2.png\ta ∑ and a ∑ and 漢",
        "3.png\t" + "much too long for so small an image " * 4,
        "gone.png\ttext",
        "broken.png\ttext",
        "again.png\tanother text",
        "no tab here",
        "4.png\tsound\tanna\ttest",
        "",
        "5.png\tsound\tbert\tlearning",
    ]
    line_image(tmp_path / "left.png", 60)
    folder = indexed(tmp_path, *rows)
    assert told(check_folder(folder), folder) == {
        ("index.tsv", 2): "empty text",
        ("index.tsv", 3): "outside the alphabet",
        ("index.tsv", 4): "too narrow",
        ("index.tsv", 5): "missing image",
        ("index.tsv", 6): "unreadable image",
        ("index.tsv", 7): "duplicate",
        ("index.tsv", 8): "bad row",
        ("index.tsv", 9): "writer in two splits",
        ("index.tsv", 11): "bad row",
        ("5.png", 0): "missing text",
        ("left.png", 0): "missing text",
    }


def test_a_fault_says_what_where_and_how_much(tmp_path: Path) -> None:
    line_image(tmp_path / "0.png", 20)
    line_image(tmp_path / "1.png", 20)
    folder = indexed(tmp_path, "0.png\taé∑", "1.png\t" + "l" * 30)
    first, *others = (str(fault) for fault in check_folder(folder).sorted())
    assert first.endswith("index.tsv:1: characters outside the alphabet: '∑' (U+2211) at column 3.")
    assert any("1.png is the same image as in" in fault and "another text" in fault for fault in others)
    assert any("are 40 frames, and its 30 characters need 59" in fault for fault in others)
    (fault, *_) = check_folder(folder, Alphabet("al∑")).sorted()
    assert "'é' (U+00E9)" in str(fault)


def test_texts_beside_images_are_checked_in_folders_too(tmp_path: Path) -> None:
    (tmp_path / "anna").mkdir()
    for number, name in enumerate(("a", "b", "c", "anna/d")):
        line_image(tmp_path / f"{name}.png", 20 + number)
    (tmp_path / "a.txt").write_text("sound", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes("un été".encode("latin-1"))
    (tmp_path / "anna" / "d.txt").write_text("two\nlines", encoding="utf-8")
    (tmp_path / "alone.txt").write_text("text", encoding="utf-8")
    (tmp_path / "readme.txt").write_text("about", encoding="utf-8")
    assert told(check_folder(tmp_path), tmp_path) == {
        ("b.txt", 1): "not UTF-8",
        ("c.png", 0): "missing text",
        ("anna/d.txt", 1): "several lines",
        ("alone.txt", 0): "missing image",
    }


def test_an_index_in_another_encoding_is_told_by_its_lines(tmp_path: Path) -> None:
    line_image(tmp_path / "0.png", 20)
    (tmp_path / "index.tsv").write_bytes("0.png\tsound\r\n1.png\tété\r\n".encode("latin-1"))
    assert told(check_folder(tmp_path), tmp_path) == {("index.tsv", 2): "not UTF-8"}
    (tmp_path / "index.tsv").write_text("0.png\tsound\n", encoding="utf-16")
    assert told(check_folder(tmp_path), tmp_path)[("index.tsv", 1)] == "not UTF-8"


def test_every_fault_of_pages_is_told_by_its_line(tmp_path: Path) -> None:
    box = "10 10 300 10 300 50 10 50"
    lines = [
        ("sound", box),
        ("", "10 60 300 60 300 90 10 90"),
        ("a ∑", "10 60 300 60 300 91 10 91"),
        ("no polygon", ""),
        ("no area", "10 10 20 20 30 30"),
        ("outside", "10 10 900 10 900 50 10 50"),
        ("a number", "10 x 300 10 300 50"),
        ("same", box),
        ("a &gt;word&lt; out", ""),
        ("far too long a text for so narrow a line", "10 10 40 10 40 40 10 40"),
    ]
    alto(tmp_path / "leaf.xml", lines)
    line_image(tmp_path / "leaf.png", 1, size=(100, 320))
    (tmp_path / "cut.xml").write_text("<alto>\n<Layout>\n", encoding="utf-8")
    (tmp_path / "other.xml").write_text("<mets/>", encoding="utf-8")
    (tmp_path / "page.xml").write_text("", encoding="utf-8")
    line_image(tmp_path / "page.png", 2)
    line_image(tmp_path / "unused.png", 3)
    alto(tmp_path / "lost.xml", [("text", box)])
    checked = check_folder(tmp_path)
    assert told(checked, tmp_path) == {
        ("leaf.xml", 3): "empty text",
        ("leaf.xml", 4): "outside the alphabet",
        ("leaf.xml", 5): "bad polygon",
        ("leaf.xml", 6): "bad polygon",
        ("leaf.xml", 7): "bad polygon",
        ("leaf.xml", 8): "bad polygon",
        ("leaf.xml", 9): "duplicate",
        ("leaf.xml", 11): "too narrow",
        ("cut.xml", 3): "bad file",
        ("page.xml", 0): "bad file",
        ("unused.png", 0): "missing text",
        ("lost.xml", 0): "missing image",
    }
    assert checked.left_out == 1


def test_a_page_with_the_wrong_image_or_the_same_as_another_is_told(tmp_path: Path) -> None:
    for stem in ("a", "b", "c"):
        alto(tmp_path / f"{stem}.xml", [("text", "10 10 300 10 300 50 10 50")])
        line_image(tmp_path / f"{stem}.png", 1, size=(100, 320))
    line_image(tmp_path / "c.png", 1, size=(320, 100))
    assert told(check_folder(tmp_path), tmp_path) == {("b.xml", 0): "duplicate", ("c.xml", 0): "wrong image"}


def test_what_is_no_folder_of_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GroundTruthError, match="is no folder"):
        check_folder(tmp_path / "none")
    with pytest.raises(GroundTruthError, match="holds no lines"):
        check_folder(tmp_path)


def test_a_data_set_is_checked_as_models_get_it(tmp_path: Path) -> None:
    image = np.full((28, 28), 255, np.uint8)
    inked = image.copy()
    inked[8:20, 12:16] = 0
    examples = {
        "train": [Example(inked, 0, "anna", "one"), Example(image, 1, "anna", "two")],
        "validation": [Example(inked, 5, "anna", "three")],
        "test": [Example(inked[:20], 1, "bert", "four")],
    }
    checked = check_dataset(TinyDataset(examples, data=tmp_path))
    assert {(fault.path, fault.line, fault.kind) for fault in checked.faults} == {
        ("train/two", 2, "no ink"),
        ("validation", 0, "writer in two splits"),
        ("validation/three", 1, "bad target"),
        ("test/four", 1, "bad image"),
    }


def test_checking_and_looking_need_only_the_base_install(tmp_path: Path) -> None:
    for number in range(4):
        line_image(tmp_path / f"{number}.png", 20 + number)
    indexed(tmp_path, *(f"{number}.png\ttext" for number in range(4)))
    code = f"""
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {BLOCKED!r}:
            raise ImportError(name + " is blocked")
sys.meta_path.insert(0, Block())
from inkread.cli.data import data
data(["show", {str(tmp_path)!r}, "-o", {str(tmp_path.parent / "sheet.png")!r}], standalone_mode=False)
data(["list"], standalone_mode=False)
sys.exit(data(["check", {str(tmp_path)!r}], standalone_mode=False))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "4 lines checked; no faults" in done.stdout
    with Image.open(tmp_path.parent / "sheet.png") as sheet:
        assert sheet.width == 1200
