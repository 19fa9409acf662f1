"""``inkread read --character`` as a user types it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image, ImageDraw, ImageFont, ImageOps

from inkread.cli import main
from tests.pictures import encoded


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["read", "--character", "--threads", "1", *arguments], input=stdin)


def letter(text: str) -> Image.Image:
    image = Image.new("L", (90, 110), 235)
    ImageDraw.Draw(image).text((45, 55), text, fill=30, font=ImageFont.load_default(80), anchor="mm")
    return image


def test_the_best_five_are_printed_with_their_probabilities() -> None:
    letter("R").save("crop.png")
    result = run("crop.png")
    assert result.exit_code == 0 and result.stderr == ""
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert len(lines) == 5 and lines[0][0] == "R"
    assert all(len(line[0]) == 1 and 0 <= float(line[1]) <= 1 for line in lines)


def test_json_holds_the_same_and_where_it_comes_from() -> None:
    letter("R").save("crop.png")
    (record,) = json.loads(run("-f", "json", "crop.png").stdout)["characters"]
    assert (record["source"], record["number"], record["text"]) == ("crop.png", 1, "R")
    assert record["model"]["name"] and len(record["candidates"]) == 5
    assert record["candidates"][0] == {"character": "R", "probability": record["confidence"]}


def test_a_light_on_dark_crop_is_turned() -> None:
    letter("E").save("crop.png")
    ImageOps.invert(letter("E")).save("turned.png")
    first, second = run("crop.png").stdout.split("\n")[0], run("turned.png").stdout.split("\n")[0]
    assert first[0] == second[0] == "E"


def test_a_blank_crop_is_an_empty_answer_and_a_remark() -> None:
    Image.new("L", (30, 30), 240).save("blank.png")
    result = run("blank.png")
    assert result.exit_code == 0 and result.stdout == "" and "no ink" in result.stderr
    (record,) = json.loads(run("-f", "json", "blank.png").stdout)["characters"]
    assert record["text"] == "" and record["candidates"] == [] and record["confidence"] == 0


def test_several_crops_stand_apart_and_faults_are_named() -> None:
    letter("A").save("a.png")
    letter("K").save("b.png")
    result = run("a.png", "missing.png", "b.png")
    assert result.exit_code == 2 and "missing.png" in result.stderr
    blocks = result.stdout.split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == ["a.png:", "b.png:"]
    assert [block.splitlines()[1][0] for block in blocks] == ["A", "K"]


def test_one_file_each_and_standard_input() -> None:
    letter("A").save("a.png")
    letter("K").save("b.png")
    assert run("-o", "out", "a.png", "b.png").stdout == ""
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.txt", "b.txt"]
    assert Path("out/b.txt").read_text().startswith("K\t")
    assert run("-", stdin=encoded(letter("A"))).stdout.startswith("A\t")


@pytest.mark.parametrize("flag", [["--lines"], ["--timing"], ["--overlay", "x.png"], ["--language", "fr"]])
def test_what_does_not_go_with_it_is_told(flag: list[str]) -> None:
    letter("A").save("a.png")
    result = run(*flag, "a.png")
    assert result.exit_code == 2 and "--character goes without" in result.stderr


def test_a_line_model_is_refused() -> None:
    from inkread.runtime.store import packaged

    letter("A").save("a.png")
    result = run("--model", str(packaged("line")), "a.png")
    assert result.exit_code == 1 and "character model is needed" in result.stderr


@pytest.mark.parametrize("format_", ["txt", "json"])
def test_names_that_are_no_text(format_: str) -> None:
    name = os.fsdecode(b"c\xff.png")
    letter("R").save(name)
    letter("S").save("s.png")
    printed = run("-f", format_, name, "s.png")
    assert printed.exit_code == 0 and "c\ufffd.png" in printed.stdout
    assert run("-f", format_, "-o", "out", name).exit_code == 0


def test_a_model_of_lines_is_told_from_a_missing_file() -> None:
    letter("R").save("crop.png")
    result = run("crop.png", "--model", "small")
    assert result.exit_code == 2 and "small reads lines" in result.stderr
