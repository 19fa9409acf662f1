"""A little raw data set of one file, and the archives of packages that hold it."""

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

from inkread.datasets.metadata import Metadata, RawFile

CONTENT = b"weights" * 100
DIGEST = hashlib.sha256(CONTENT).hexdigest()
URL = "https://files.example/model.onnx"


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


EITHER = Metadata(
    "set",
    "A set",
    "MIT",
    any_suffices=True,
    files=(
        RawFile("gone.zip", sha256="0" * 64, url="https://files.example/wrong"),
        RawFile("model.onnx", sha256=DIGEST, url=URL),
    ),
)
