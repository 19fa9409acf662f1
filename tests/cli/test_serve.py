"""``inkread serve`` turns options and environment into settings."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from inkread.cli import main
from inkread.server.settings import Settings


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(import_module("inkread.server.run"), "serve", lambda *given: calls.append(given))
    return calls


def test_without_options(served: list[tuple[Any, ...]]) -> None:
    result = CliRunner().invoke(main, ["serve"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    ((settings, host, port, workers, grace),) = served
    assert (host, port, grace) == ("127.0.0.1", 8000, 30) and workers >= 1
    plain = Settings()
    assert settings.cores >= 1
    for name in ("language", "held", "seconds", "max_bytes", "max_pixels", "max_pages", "rate", "cors"):
        assert getattr(settings, name) == getattr(plain, name)
    assert settings.image_url and not settings.image_url_allow and settings.collect is None


def test_options_and_environment(served: list[tuple[Any, ...]]) -> None:
    options = "--host 0.0.0.0 --workers 3 --threads 5 --rate none --no-image-url --max-megabytes 2"
    environment = {"INKREAD_PORT": "8080", "INKREAD_CORS": "https://a.example https://b.example"}
    result = CliRunner().invoke(main, ["serve", *options.split()], env=environment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    ((settings, host, port, workers, _),) = served
    assert (host, port, workers) == ("0.0.0.0", 8080, 3)
    assert (settings.held, settings.rate, settings.image_url, settings.max_bytes) == (5, "", False, 2**21)
    assert settings.cors == ("https://a.example", "https://b.example")


def test_a_folder_for_corrections(served: list[tuple[Any, ...]], tmp_path: Path) -> None:
    folder = tmp_path / "kept" / "here"
    options = ["serve", "--collect", str(folder), "--collect-megabytes", "3"]
    result = CliRunner().invoke(main, options, catch_exceptions=False)
    assert result.exit_code == 0 and folder.is_dir()
    ((settings, *_),) = served
    assert (settings.collect, settings.collect_bytes) == (folder, 3 * 2**20)
    (tmp_path / "file").touch()
    result = CliRunner().invoke(main, ["serve", "--collect", str(tmp_path / "file" / "under")])
    assert result.exit_code == 2 and "name another" in result.output and len(served) == 1


@pytest.mark.parametrize(
    "options",
    [
        "--port 70000",
        "--collect-megabytes 0",
        "--rate sometimes",
        "--image-url-allow 10.0.0.0/99",
        "--model nothing.onnx",
        "--language xx",
    ],
)
def test_options_that_are_wrong(served: list[tuple[Any, ...]], options: str) -> None:
    result = CliRunner().invoke(main, ["serve", *options.split()])
    assert result.exit_code == 2 and not served and "Traceback" not in result.output


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("inkread.server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "apiflask", None)
    result = CliRunner().invoke(main, ["serve"])
    assert result.exit_code == 2 and "pip install 'inkread[server]'" in result.output
