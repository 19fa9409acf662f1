import hashlib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from inkread.cli.data import data
from inkread.datasets.packed_lines import PackedLines
from inkread.errors import DataError


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    digest = hashlib.sha256(b"content").hexdigest()
    (tmp_path / "raw" / "little").mkdir(parents=True)
    (tmp_path / "raw" / "little" / "metadata.toml").write_text(
        f'title = "A little set"\nlicence = "MIT"\n[[files]]\nname = "a.txt"\nsha256 = "{digest}"\n',
        encoding="utf-8",
    )
    (tmp_path / "a.txt").write_bytes(b"content")
    return tmp_path / "raw"


def test_list_names_the_sets_and_their_licences(raw: Path) -> None:
    result = CliRunner().invoke(data, ["list", "--raw", str(raw)])
    assert result.output.split() == ["little", "A", "little", "set", "(MIT)"]


def test_fetch_takes_a_file_from_where_it_is(raw: Path) -> None:
    result = CliRunner().invoke(data, ["fetch", "little", "--raw", str(raw), "--from", str(raw.parent)])
    assert result.output == "a.txt: fetched\n"
    assert (raw / "little" / "files" / "a.txt").read_bytes() == b"content"


def test_an_unknown_set_names_the_known_ones(raw: Path) -> None:
    result = CliRunner().invoke(data, ["fetch", "big", "--raw", str(raw)])
    assert isinstance(result.exception, DataError)
    assert "known here: little" in str(result.exception)


def test_pack_cuts_the_lines_of_pages_into_one_file(tmp_path: Path) -> None:
    line = '<TextLine HPOS="5" VPOS="5" WIDTH="40" HEIGHT="20"><String CONTENT="mot"/></TextLine>'
    xml = f'<alto><Layout><Page WIDTH="50" HEIGHT="30">{line}</Page></Layout></alto>'
    (tmp_path / "leaf.xml").write_text(xml, encoding="utf-8")
    Image.fromarray(np.full((30, 50), 200, np.uint8)).save(tmp_path / "leaf.png")
    out = tmp_path / "lines.npz"
    result = CliRunner().invoke(data, ["pack", str(tmp_path), str(out)])
    assert result.output == f"{out}: 1 lines\n"
    assert PackedLines(out).sample(0).text == "mot"
