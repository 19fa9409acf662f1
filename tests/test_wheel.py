"""What may be released: ``tasks/wheel_contents.py`` on wheels made for it, and the real one, really tried."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


def module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wheel_contents", ROOT / "tasks/wheel_contents.py")
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


contents = module()


def wheel(folder: Path, changes: Mapping[str, bytes | None]) -> Path:
    """Write a wheel of what is needed, with ``changes``: other contents, or None for a file left out."""
    names = [name.replace("inkread-*", "inkread-1.0").replace("*", "x") for name in contents.NEEDED]
    held = {name: b"" if name.endswith("py.typed") else b"x" for name in names} | dict(changes)
    path = folder / "inkread-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def test_a_wheel_with_all_that_is_needed_has_no_fault(tmp_path: Path) -> None:
    assert contents.faults(wheel(tmp_path, {"inkread/cli/read.py": b"import click"})) == []


@pytest.mark.parametrize("content", [None, b""])
def test_weights_that_are_missing_or_empty_are_told(tmp_path: Path, content: bytes | None) -> None:
    (fault,) = contents.faults(wheel(tmp_path, {"inkread/weights/language.ngrams": content}))
    assert "language.ngrams is missing or empty" in fault


@pytest.mark.parametrize(
    "name",
    [
        "tests/test_reader.py",
        "inkread/cli/test_read.py",
        "benchmarks/lines.py",
        "training/run_experiment.py",
        "data/raw/iam/metadata.toml",
        "inkread/server/page.ckpt",
        "inkread/weights/step-9.ckpt",
    ],
)
def test_what_does_not_belong_is_told(tmp_path: Path, name: str) -> None:
    (fault,) = contents.faults(wheel(tmp_path, {name: b"x"}))
    assert name in fault


@pytest.mark.parametrize("host", contents.REGISTRY)
def test_a_registry_is_told(tmp_path: Path, host: bytes) -> None:
    assert host.count(b".") >= 1
    (fault,) = contents.faults(wheel(tmp_path, {"inkread/cli/read.py": b'"https://%s/x"' % host.upper()}))
    assert "cli/read.py" in fault and host.decode() in fault


def test_a_wheel_that_has_grown_is_told(tmp_path: Path) -> None:
    (fault,) = contents.faults(wheel(tmp_path, {"inkread/weights/lines.onnx": os.urandom(26_000_000)}))
    assert "26.0 MB" in fault


@pytest.mark.slow
def test_the_real_wheel_reads_the_sample_in_a_bare_environment(tmp_path: Path) -> None:
    script = str(ROOT / "tasks/check_wheel.sh")
    done = subprocess.run([script, str(tmp_path / "out")], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".gz", ".whl"]
