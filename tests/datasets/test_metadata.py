import hashlib
from pathlib import Path

import pytest

from inkread.datasets.metadata import Metadata, RawFile, read_metadata
from inkread.errors import DataError

DIGEST = hashlib.sha256(b"weights").hexdigest()
MD5 = hashlib.md5(b"weights").hexdigest()


def about(**fields: str) -> Metadata:
    return Metadata("set", "A set", "MIT", files=(RawFile(name="model.onnx", sha256=DIGEST, **fields),))


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


def test_an_md5_a_filename_and_files_of_which_one_suffices_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "set" / "metadata.toml"
    path.parent.mkdir()
    path.write_text(
        f'title = "A set"\nlicence = "MIT"\nany = true\nby_hand = "ask."\n'
        f'[[files]]\nfilename = "a.zip"\nmd5 = "{MD5}"\nurl = "https://files.example/a.zip"\n'
        f'[[files]]\nname = "b.zip"\nsha256 = "{DIGEST}"\n',
        encoding="utf-8",
    )
    metadata = read_metadata(path)
    assert metadata.any_suffices
    assert [(file.name, file.checksum) for file in metadata.files] == [
        ("a.zip", ("md5", MD5)),
        ("b.zip", ("sha256", DIGEST)),
    ]


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[2].glob("data/raw/*/metadata.toml")), ids=str)
def test_the_repositorys_own_metadata_is_sound(path: Path) -> None:
    metadata = read_metadata(path)
    assert metadata.files or metadata.by_hand
