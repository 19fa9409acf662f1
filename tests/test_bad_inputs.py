"""Every bad input is one line that says what to do, exit code 2, and the other files are read."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from inkread.cli import main
from inkread.reader import Reader
from tests.pictures import bomb, encoded, line_picture, locked_pdf

GOOD = line_picture("Hello World")

BAD: dict[str, Callable[[], bytes]] = {
    "not an image": lambda: b"Dear diary, " * 100,
    "zero bytes": lambda: b"",
    "truncated jpeg": lambda: encoded(GOOD, "JPEG")[:700],
    "truncated png": lambda: encoded(GOOD, "PNG")[:-50],
    "a bomb": lambda: bomb(20_000, 20_000),
    "a locked pdf": locked_pdf,
    "a broken pdf": lambda: b"%PDF-1.7 and no more",
}

SIXTEEN = np.asarray(GOOD).astype(np.uint16) * 257

FINE: dict[str, Callable[[], bytes]] = {
    "cmyk": lambda: encoded(GOOD.convert("CMYK"), "JPEG", quality=95),
    "16 bit": lambda: encoded(Image.fromarray(SIXTEEN), "PNG"),
    "16 bit tiff": lambda: encoded(Image.fromarray(SIXTEEN), "TIFF"),
    "palette": lambda: encoded(GOOD.convert("P"), "PNG"),
    "grey and alpha": lambda: encoded(GOOD.convert("LA"), "PNG"),
    "alpha": lambda: encoded(GOOD.convert("RGBA"), "WEBP", lossless=True),
    "animated": lambda: encoded(
        GOOD, "GIF", save_all=True, append_images=[line_picture("No", 20).resize(GOOD.size)]
    ),
    "one bit": lambda: encoded(GOOD.convert("1", dither=Image.Dither.NONE), "TIFF", compression="group4"),
}

EMPTY: dict[str, Callable[[], bytes]] = {
    "1x1": lambda: encoded(Image.new("L", (1, 1))),
    "all white": lambda: encoded(Image.new("RGB", (800, 600), "white"), "JPEG"),
    "all black": lambda: encoded(Image.new("RGB", (800, 600), "black"), "JPEG"),
}


def read(reader: Reader, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, list[str]]:
    monkeypatch.setattr("inkread.reader.Reader", lambda **_: reader)
    result = CliRunner().invoke(main, ["read", "--lines", *arguments], catch_exceptions=False)
    faults = [line for line in result.stderr.splitlines() if not line.startswith("[")]
    return result.exit_code, result.stdout, faults


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_file_is_one_line_and_the_others_are_read(
    name: str, reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bad, good = tmp_path / "bad.jpg", tmp_path / "good.png"
    bad.write_bytes(BAD[name]())
    GOOD.save(good)
    code, text, faults = read(reader, monkeypatch, str(bad), str(good))
    assert code == 2 and text == "Hello World\n"
    assert len(faults) == 1 and faults[0].startswith(f"inkread: {bad}: ") and faults[0].endswith(".")


@pytest.mark.parametrize("name", list(FINE))
def test_odd_pictures_give_the_right_text(
    name: str, reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "odd"
    path.write_bytes(FINE[name]())
    assert read(reader, monkeypatch, str(path)) == (0, "Hello World\n", [])


@pytest.mark.parametrize("name", list(EMPTY))
@pytest.mark.parametrize("arguments", [(), ("-f", "json")])
def test_blank_pictures_give_no_words(
    name: str, arguments: tuple[str, ...], reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "blank"
    path.write_bytes(EMPTY[name]())
    code, text, faults = read(reader, monkeypatch, *arguments, str(path))
    assert code == 0 and faults == []
    assert text == "" if not arguments else '"text": ""' in text and '"regions": []' in text


def test_places_without_images(reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    GOOD.save(tmp_path / "good.png")
    names = [str(tmp_path / name) for name in ("empty", "gone.png", "*.webp", "good.png")]
    code, text, faults = read(reader, monkeypatch, *names)
    assert code == 2 and text == "Hello World\n"
    assert len(faults) == 3
    for name, words in zip(names, ("holds no images", "no such file", "No file has a name"), strict=False):
        assert any(fault.startswith(f"inkread: {name}: ") and words in fault for fault in faults)
    assert read(reader, monkeypatch, names[0])[:2] == (2, "")


def test_a_file_without_read_permission(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.png"
    GOOD.save(secret)
    secret.chmod(0)
    if os.access(secret, os.R_OK):  # the superuser reads everything: refuse in the system's place
        real = Path.open

        def refuse(path: Path, *arguments: str) -> io.IOBase:
            if path == secret:
                raise PermissionError(13, "Permission denied", str(path))
            return real(path, *arguments)  # type: ignore[return-value]

        monkeypatch.setattr(Path, "open", refuse)
    code, text, faults = read(reader, monkeypatch, str(secret))
    assert code == 2 and text == "" and len(faults) == 1 and "permission" in faults[0]


def test_standard_input_without_an_image(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    code, text, faults = read(reader, monkeypatch, "-")
    assert (
        code == 2
        and text == ""
        and faults == ["inkread: -: The file is empty (zero bytes); copy or download it again."]
    )
