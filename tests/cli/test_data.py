import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from inkread.cli.data import data
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
