"""What ``import inkread`` promises, and what it costs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import inkread
from inkread import errors

NAMES = """
AlphabetError Alternative BundleError Character ConfigError DataError GroundTruthError ImageError
InkreadError InputError Limits Line ModelInfo Page PageImage Reader Region Word __version__
open_pages read
""".split()


def test_all_names_are_there() -> None:
    assert sorted(inkread.__all__) == sorted(NAMES)
    assert set(NAMES) <= set(dir(inkread))
    for name in NAMES:
        assert getattr(inkread, name) is not None


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="Raeder"):
        inkread.Raeder  # noqa: B018


def test_every_error_is_public_and_an_inkread_error() -> None:
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, Exception):
            assert getattr(inkread, name) is value and issubclass(value, inkread.InkreadError)


def test_the_version_is_the_projects() -> None:
    project = Path(__file__).parent.parent / "pyproject.toml"
    stated = re.search(r'^version = "(.+)"$', project.read_text(), re.MULTILINE)
    assert stated and stated[1] == inkread.__version__


def test_importing_brings_nothing_heavy_in() -> None:
    code = "import sys, inkread; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert not {"numpy", "cv2", "onnxruntime", "PIL", "torch", "click"} & set(done.stdout.split())
