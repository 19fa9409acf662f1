"""``inkread read`` as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from inkread.cli import main
from inkread.reader import Reader
from tests.pictures import LINES, encoded, line_picture, page_picture


@pytest.fixture
def run(reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Run the command in a folder of its own, with the shared reader."""
    monkeypatch.setattr("inkread.reader.Reader", lambda **_: reader)
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(main, ["read", *arguments], input=stdin, catch_exceptions=False)

    return invoke


def save(name: str, text: str = "Hello World") -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    line_picture(text).save(name)


def test_a_page_is_printed(run) -> None:
    page_picture().save("page.png")
    result = run("page.png")
    assert result.exit_code == 0 and result.stderr == ""
    assert [line[:5].strip() for line in result.stdout.splitlines()] == [text[:5].strip() for text in LINES]


def test_lines_flag_reads_each_image_as_one_line(run) -> None:
    save("a.png")
    result = run("--lines", "a.png")
    assert result.stdout == "Hello World\n"


def test_a_line_below_the_threshold_is_marked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    save("a.png")
    run = partial(CliRunner().invoke, main, catch_exceptions=False)
    common = ["read", "--lines", "--language", "none", "a.png", "--reject"]
    assert run([*common, "0"]).stdout == "Hello World\n"
    assert run([*common, "1"]).stdout == "[?]\n"
    assert "0.0<=x<=1.0" in run([*common, "80"]).stderr


def test_json_is_a_document_and_the_same_every_time(run) -> None:
    page_picture().save("page.png")
    first = run("-f", "json", "page.png")
    document = json.loads(first.stdout)
    (page,) = document["pages"]
    assert (page["number"], page["width"], page["height"], page["source"]) == (1, 900, 470, "page.png")
    assert page["model"]["name"] and page["model"]["version"] and "timing" not in page
    line = page["regions"][0]["lines"][0]
    assert line["text"] and 0 <= line["confidence"] <= 1 and len(line["polygon"]) >= 4 and line["baseline"]
    assert run("-f", "json", "page.png").stdout_bytes == first.stdout_bytes


def test_timing_goes_to_stderr_and_into_json(run) -> None:
    save("a.png")
    result = run("--lines", "--timing", "-f", "json", "a.png")
    assert "seconds: open" in result.stderr
    assert set(json.loads(result.stdout)["pages"][0]["timing"]) == {"open", "recognise", "decode"}


def test_many_files_show_progress_and_share_one_document(run) -> None:
    save("page2.png", "two")
    save("page10.png", "ten")
    result = run("--lines", "-f", "json", "*.png")
    assert result.stderr.splitlines() == ["[1/2] page2.png", "[2/2] page10.png"]
    assert [page["source"] for page in json.loads(result.stdout)["pages"]] == ["page2.png", "page10.png"]
    assert run("--lines", "*.png").stdout == "two\n\ften\n"


def test_a_folder_and_a_file_in_it_are_read_once(run) -> None:
    save("scans/a.png", "one")
    save("scans/.hidden.png", "hidden")
    Path("scans/notes.txt").write_text("no image")
    result = run("--lines", "scans", "scans/a.png")
    assert result.stdout == "one\n" and result.stderr == ""


def test_standard_input(run) -> None:
    result = run("--lines", "-f", "json", "-", stdin=encoded(line_picture("Hello World")))
    (page,) = json.loads(result.stdout)["pages"]
    assert page["source"] == "-" and page["text"] == "Hello World"


def test_a_name_that_looks_like_a_pattern(run) -> None:
    save("scan[1].png", "one")
    assert run("--lines", "scan[1].png").stdout == "one\n"


def test_one_file_each_in_a_folder(run) -> None:
    save("a.png", "one")
    save("b.png", "two")
    result = run("--lines", "-o", "out/texts", "a.png", "b.png")
    assert result.stdout == ""
    assert {path.name: path.read_text() for path in Path("out/texts").iterdir()} == {
        "a.txt": "one\n",
        "b.txt": "two\n",
    }
    umask = os.umask(0)
    os.umask(umask)
    assert Path("out/texts/a.txt").stat().st_mode & 0o777 == 0o666 & ~umask


def test_two_inputs_of_one_stem_keep_their_whole_names(run) -> None:
    save("a.png", "one")
    save("a.bmp", "two")
    save("b.png", "ten")
    run("--lines", "-o", "out", "a.png", "a.bmp", "b.png")
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.bmp.txt", "a.png.txt", "b.txt"]


def test_two_inputs_never_go_to_one_output(run) -> None:
    save("x/a.png")
    save("y/a.png")
    result = run("--lines", "-o", "out", "x/a.png", "y/a.png")
    assert result.exit_code == 2 and "both be written to" in result.stderr
    assert not Path("out").exists()


def test_a_fault_leaves_no_output_and_keeps_an_older_one(run) -> None:
    save("a.png", "one")
    Path("b.png").write_bytes(b"nothing")
    Path("out").mkdir()
    Path("out/b.txt").write_text("older")
    result = run("--lines", "--force", "-o", "out", "a.png", "b.png")
    assert result.exit_code == 2
    assert {path.name: path.read_text() for path in Path("out").iterdir()} == {
        "a.txt": "one\n",
        "b.txt": "older",
    }


def test_a_place_that_cannot_be_written(run) -> None:
    save("a.png")
    Path("out").write_text("a file")
    for target in ("out", "out/deeper"):
        result = run("--lines", "-o", target, "a.png")
        assert result.exit_code == 2 and "a.png" not in result.stdout
        assert "Traceback" not in result.stderr


def test_an_overlay_is_drawn_for_each_page(run) -> None:
    pages = [page_picture(LINES[:1]), page_picture(LINES[1:2])]
    pages[0].save("two.tif", save_all=True, append_images=pages[1:])
    result = run("--overlay", "seen.png", "two.tif")
    assert "overlay in seen-2.png" in result.stderr
    for name, page in zip(("seen.png", "seen-2.png"), pages, strict=True):
        drawn = Image.open(name).convert("RGB")
        assert drawn.size == page.size
        colours = {colour for _, colour in drawn.getcolors(1 << 20)}
        assert any(green > red + 60 for red, green, _ in colours)


def test_an_overlay_never_replaces_an_input(run) -> None:
    save("a.png")
    before = Path("a.png").read_bytes()
    result = run("--overlay", "a.png", "a.png")
    assert result.exit_code == 2 and "another place" in result.stderr
    assert Path("a.png").read_bytes() == before
    save("seen-2.png")
    result = run("--overlay", "seen.png", "a.png", "seen-2.png")
    assert result.exit_code == 2 and "another place" in result.stderr
    assert Path("seen-2.png").read_bytes() == before


def test_an_overlay_is_a_png(run) -> None:
    save("a.png")
    result = run("--overlay", "seen.jpg", "a.png")
    assert result.exit_code == 2 and "call it seen.png" in result.stderr and not Path("seen.jpg").exists()


def test_no_file_is_a_usage_error(run) -> None:
    assert run().exit_code == 2


def test_a_missing_model_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save("a.png")
    result = CliRunner().invoke(main, ["read", "--model", "none.onnx", "a.png"])
    assert result.exit_code == 1
    assert result.stderr == "inkread: There is no model file none.onnx; check the path.\n"


def test_the_installed_command(tmp_path: Path) -> None:
    line_picture("Hello World").save(tmp_path / "a.png")
    command = [
        sys.executable,
        "-m",
        "inkread",
        "read",
        "--lines",
        "--language",
        "none",
        "a.png",
        "missing.png",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
    assert done.returncode == 2
    assert done.stdout.decode() == "Hello World\n\f" or done.stdout.decode() == "Hello World\n"
    assert "inkread: missing.png: There is no such file; check its name." in done.stderr.decode()
