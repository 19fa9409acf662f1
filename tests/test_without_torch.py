"""Reading works in a process where importing torch and its kin fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.pictures import page_picture

BLOCKED = (
    "torch",
    "torchvision",
    "lightning",
    "pytorch_lightning",
    "onnx",
    "yaml",
    "pyarrow",
    "fontTools",
    "scipy",
)

CODE = f"""
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {BLOCKED!r}:
            raise ImportError(f"{{name}} is blocked")

sys.meta_path.insert(0, Block())
try:
    import torch
except ImportError:
    pass
else:
    raise AssertionError("torch was not blocked")

from inkread.cli import main
main(["read", "--language", "none", "--overlay", "seen.png", "page.png"], standalone_mode=False)
import inkread.evaluation, inkread.cli.evaluate, inkread.cli.models, inkread.decoding.beam
assert not set({BLOCKED!r}) & set(sys.modules)
"""


def test_reading_without_the_training_half(tmp_path: Path) -> None:
    page_picture(["Hello World"]).save(tmp_path / "page.png")
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Hello World\n"
    assert (tmp_path / "seen.png").is_file()
