from pathlib import Path

import pytest

from inkread.errors import BundleError
from inkread.runtime import store


def test_weights_are_found_by_kind(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "WEIGHTS", tmp_path)
    for name in ("lines.onnx", "layout.onnx", "language.bin"):
        (tmp_path / name).touch()
    assert store.packaged("line") == store.packaged("lines") == tmp_path / "lines.onnx"
    assert store.packaged("layout") == tmp_path / "layout.onnx"
    assert store.packaged("language") == tmp_path / "language.bin"


def test_missing_and_unknown_weights_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "WEIGHTS", tmp_path)
    with pytest.raises(BundleError, match="missing"):
        store.packaged("layout")
    with pytest.raises(BundleError, match="called 'words'"):
        store.packaged("words")


def test_recognisers_are_known_by_name_and_files_by_their_paths(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "WEIGHTS", tmp_path)
    for name in ("lines.onnx", "lines_small.onnx"):
        (tmp_path / name).touch()
    assert store.recogniser(None) == store.recogniser("base") == tmp_path / "lines.onnx"
    assert store.recogniser("small") == tmp_path / "lines_small.onnx"
    for own in ("./small", Path("small"), "mine.onnx", b"content"):
        assert store.recogniser(own) == own
