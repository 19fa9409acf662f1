import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkread.datasets.copiste import consent_lines, copiste_lines, pages_of, read_case_faults, read_split
from inkread.errors import DataError

HEAD = "page\ttext\tsplit\tlines\tconsent_lines\tcrossed_out_lines\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pages of fifteen lines; fourteen of page a are of the consent paragraph."""
    consent = ",".join(map(str, range(1, 15)))
    (tmp_path / "split.tsv").write_text(
        HEAD + f"a\t1\ttrain\t15\t{consent}\t\nb\t2\ttest\t15\t0,1\t\nc\t3\ttrain\t15\t\t\n", encoding="utf-8"
    )
    for page in "abc":
        lines = "".join(
            f'<TextLine HPOS="0" VPOS="{10 * n}" WIDTH="50" HEIGHT="10">'
            f'<String CONTENT="{page}{n}"/></TextLine>'
            for n in range(15)
        )
        xml = f'<alto><Layout><Page WIDTH="50" HEIGHT="150">{lines}</Page></Layout></alto>'
        (tmp_path / f"{page}.xml").write_text(xml, encoding="utf-8")
        Image.fromarray(np.full((150, 50), 255, np.uint8)).save(tmp_path / f"{page}.png")
    return tmp_path


def texts(folder: Path, *arguments: object, **settings: object) -> list[str]:
    lines = copiste_lines(folder, *arguments, **settings)  # type: ignore[arg-type]
    return [lines.sample(index).text for index in range(len(lines))]


def test_a_split_holds_its_own_pages_only(folder: Path) -> None:
    assert {text[0] for text in texts(folder, "train")} == {"a", "c"}
    assert {text[0] for text in texts(folder, "test")} == {"b"}


def test_one_in_twelve_lines_of_the_consent_paragraph_is_kept_for_training(folder: Path) -> None:
    assert len(texts(folder, "train", "all")) == 30
    assert texts(folder, "train", "few")[:4] == ["a0", "a1", "a13", "c0"]
    assert texts(folder, "test", "none") == [f"b{number}" for number in range(2, 15)]


def test_pages_in_capitals_are_relabelled_and_mixed_ones_left_out(folder: Path) -> None:
    (folder / "capitals.tsv").write_text("# page\tink\na\tmixed\nc\tcapitals\n", encoding="utf-8")
    faults = read_case_faults(folder / "capitals.tsv")
    assert faults == {"a": "mixed", "c": "capitals"}
    assert texts(folder, "train", case_faults=faults) == [f"C{number}" for number in range(15)]


def test_without_the_split_list_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"split\.tsv cannot be read"):
        read_split(tmp_path)


@pytest.mark.skipif("INKREAD_DATA" not in os.environ, reason="needs the data (INKREAD_DATA)")
def test_no_text_of_the_real_data_is_in_two_splits() -> None:
    rows = read_split(Path(os.environ["INKREAD_DATA"]) / "copiste")
    writers = [
        {rows[page]["text"] for page in pages_of(rows, split)} for split in ("train", "validation", "test")
    ]  # type: ignore[arg-type]
    assert not (writers[0] & writers[1] or writers[0] & writers[2] or writers[1] & writers[2])
    assert len(consent_lines(rows, list(rows))) == 628
