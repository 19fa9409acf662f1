"""``inkread read album -o out``: the tree is mirrored, what is done is skipped, a killed run goes on."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from inkread.cli import main
from tests.cli import slow_reader
from tests.cli.slow_reader import SlowReader

ALBUM = ("cover.png", "1913/page2.png", "1913/page10.png", "1913/notes/cover.png", "1914/page2.png")


@pytest.fixture(autouse=True)
def album(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An album in a folder of its own, and a reader that needs no model."""
    monkeypatch.setattr("inkread.reader.Reader", SlowReader)
    monkeypatch.chdir(tmp_path)
    for name in ALBUM:
        save(f"album/{name}")


def save(name: str, pages: int = 1) -> None:
    """Write a picture that is older than anything read from it will be."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *others = [Image.new("L", (200, 60), 200 + number) for number in range(pages)]
    first.save(path, **({"save_all": True, "append_images": others} if others else {}))
    os.utime(path, (1, 1))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["read", *arguments], catch_exceptions=False)


def tree(folder: str = "out") -> list[str]:
    """All files, hidden ones too, in the order of their names."""
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


def mirrored(*suffixes: str) -> list[str]:
    return sorted(str(Path(name).with_suffix(suffix)) for name in ALBUM for suffix in suffixes)


def test_the_tree_is_mirrored_and_read_in_its_order() -> None:
    result = run("album", "-o", "out", "-f", "txt,json")
    assert result.exit_code == 0 and tree() == mirrored(".txt", ".json")
    assert Path("out/1913/notes/cover.txt").read_text() == "cover, page 1\n"
    assert result.stderr.splitlines() == [
        "[1/5] album/cover.png",
        "[2/5] album/1913/page2.png",
        "[3/5] album/1913/page10.png",
        "[4/5] album/1913/notes/cover.png",
        "[5/5] album/1914/page2.png",
    ]


def test_what_is_done_is_skipped_until_it_is_forced() -> None:
    run("album", "-o", "out")
    Path("out/cover.txt").write_text("mine")
    save("album/1914/new.png")
    result = run("album", "-o", "out")
    assert result.stderr == "inkread: 5 of 6 done already, skipped; --force reads again.\n"
    assert Path("out/1914/new.txt").exists() and Path("out/cover.txt").read_text() == "mine"
    result = run("album", "-o", "out", "--force")
    assert "skipped" not in result.stderr and Path("out/cover.txt").read_text() == "cover, page 1\n"


def test_done_means_every_format_and_newer_than_the_image() -> None:
    run("album", "-o", "out", "-f", "txt")
    assert "skipped" not in run("album", "-o", "out", "-f", "txt", "-f", "json").stderr
    Path("out/cover.json").unlink()
    os.utime("album/1914/page2.png")
    os.utime("out/1914/page2.txt", (2, 2))
    result = run("album", "-o", "out", "-f", "txt", "-f", "json")
    assert result.stderr.splitlines() == [
        "inkread: 3 of 5 done already, skipped; --force reads again.",
        "[1/2] album/cover.png",
        "[2/2] album/1914/page2.png",
    ]


def test_an_overlay_into_a_folder_is_of_one_input_and_not_skipped_in_silence() -> None:
    result = run("album", "-o", "out", "--overlay", "seen.png")
    assert result.exit_code == 2 and "takes one input" in result.stderr and not Path("out").exists()
    asked = ("album/cover.png", "-o", "out", "--overlay", "seen.png")
    assert run(*asked).exit_code == 0 and Path("seen.png").exists()
    Path("seen.png").unlink()
    result = run(*asked)
    assert result.exit_code == 0 and "seen.png is not drawn" in result.stderr and "--force" in result.stderr
    assert run(*asked, "--force").exit_code == 0 and Path("seen.png").exists()


def test_what_failed_is_tried_again() -> None:
    Path("album/bad.png").write_bytes(b"nothing")
    os.utime("album/bad.png", (1, 1))
    assert run("album", "-o", "out").exit_code == 2
    assert tree() == mirrored(".txt")
    result = run("album", "-o", "out")
    assert (
        result.exit_code == 2 and "5 of 6" in result.stderr and "album/bad.png: This is not" in result.stderr
    )


def test_outputs_inside_the_album_are_not_read() -> None:
    for _ in range(2):
        assert run("album", "-o", "album/out", "-f", "pdf,txt").exit_code == 0
    assert tree("album/out") == mirrored(".pdf", ".txt")


def test_pdfs_among_the_images_are_refused() -> None:
    result = run("album", "-o", "album", "-f", "pdf")
    assert (
        result.exit_code == 2 and "album/cover.pdf would be read as an image the next time" in result.stderr
    )
    assert run("album", "-o", "album", "-f", "txt").exit_code == 0
    assert run("album/cover.png", "-o", "album", "-f", "pdf").exit_code == 0


def test_one_stem_in_two_subfolders_is_no_collision_but_in_two_folders_it_is() -> None:
    Path("other").mkdir()
    save("other/cover.png")
    result = run("album", "other", "-o", "out")
    assert (
        result.exit_code == 2 and "album/cover.png and other/cover.png would both be written" in result.stderr
    )


def test_hidden_files_and_links_to_folders_are_left() -> None:
    save("album/.trash/a.png")
    save("album/.a.png")
    Path("album/again").symlink_to(Path("album").resolve())
    run("album", "-o", "out")
    assert tree() == mirrored(".txt")


def lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a folder not be listed; to the administrator, who may list any, it is refused here."""
    folder.chmod(0)
    if os.access(folder, os.R_OK):
        listed = os.scandir

        def refuse(path: str | Path) -> object:
            if Path(path) == folder:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return listed(path)

        monkeypatch.setattr(os, "scandir", refuse)


def test_a_locked_subfolder_is_named_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    lock(Path("album/1913"), monkeypatch)
    result = run("album", "-o", "out")
    Path("album/1913").chmod(0o755)
    assert result.exit_code == 2 and "album/1913: This folder cannot be listed" in result.stderr
    assert tree() == ["1914/page2.txt", "cover.txt"]


def test_a_folder_that_may_not_be_searched_costs_only_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Path("album/1913")
    stat = Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if path.is_relative_to(refused) and path != refused:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refuse)
    result = run("album/1913/page2.png", "album", "-o", "out")
    assert result.exit_code == 2 and tree() == ["1914/page2.txt", "cover.txt"]
    assert run("album/19*/*.png", "-o", "glob").exit_code == 2 and tree("glob") == ["page2.txt"]
    assert result.stderr.count("Its folder may not be searched") == 4 and "page10.png" in result.stderr


def test_a_link_to_itself_is_named_and_the_others_are_read() -> None:
    Path("loop.png").symlink_to("loop.png")
    result = run("loop.png", "album/cover.png", "-o", "out")
    assert result.exit_code == 2 and "loop.png: The file cannot be read" in result.stderr
    assert tree() == ["cover.txt"]


def test_the_longest_names_are_written_and_longer_ones_cost_nothing_else() -> None:
    longest = "a" * 251
    save(f"names/{longest}.png")
    save("names/short.png")
    assert run("names", "-o", "out").exit_code == 0
    assert tree() == [f"{longest}.txt", "short.txt"]
    result = run("names", "-o", "pages", "-f", "page")
    assert result.exit_code == 2 and "too long a name" in result.stderr and len(result.stderr) < 2000
    assert len(tree("pages")) == 1


def test_a_folder_without_images() -> None:
    Path("empty/deep").mkdir(parents=True)
    result = run("empty", "-o", "out")
    assert result.exit_code == 2 and "holds no images or PDFs" in result.stderr


def start(*arguments: str) -> subprocess.Popen[str]:
    """Begin a run in a process of its own that takes 50 ms for a page."""
    command = [sys.executable, slow_reader.__file__, "read", *arguments]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)


def wait_for(pattern: str) -> None:
    """Wait until the output folder holds such a file."""
    for _ in range(60_000):
        if any(Path("out").rglob(pattern)):
            return
        time.sleep(0.001)
    raise TimeoutError(pattern)


def test_a_killed_run_loses_nothing_and_goes_on() -> None:
    save("album/1914/long.tif", pages=40)
    arguments = ("album", "-o", "out", "-f", "txt,json,pdf")
    run_ = start(*arguments)
    wait_for(".long.pdf.*")  # in the middle of the album, and of a document
    run_.send_signal(signal.SIGKILL)
    assert run_.wait(60) == -signal.SIGKILL
    (leftover,) = [name for name in tree() if "/." in name]
    before = {name: (Path("out") / name).read_bytes() for name in tree() if name != leftover}
    assert "1913/page10.pdf" in before and not any("long" in name for name in before)
    for name, content in before.items():
        if name.endswith(".pdf"):
            assert len(pypdfium2.PdfDocument(content)) == 1
    result = run(*arguments)
    assert result.exit_code == 0 and f"{len(before) // 3} of 6 done already" in result.stderr
    assert tree() == sorted(
        [*mirrored(".txt", ".json", ".pdf"), *(f"1914/long.{end}" for end in ("json", "pdf", "txt"))]
    )
    assert all((Path("out") / name).read_bytes() == content for name, content in before.items())
    assert Path("out/1914/long.txt").read_text().endswith("\flong, page 40\n")


def test_ctrl_c_ends_with_a_kind_line() -> None:
    save("album/1914/long.tif", pages=40)
    run_ = start("album", "-o", "out")
    wait_for(".long.txt.*")
    run_.send_signal(signal.SIGINT)
    _, told = run_.communicate(timeout=60)
    assert run_.returncode == 130 and "Traceback" not in told
    assert told.endswith("inkread: Stopped; what is finished is in out, and the same command goes on.\n")
    assert "1913/page10.txt" in tree() and not any("long" in name for name in tree())


def test_a_file_that_another_run_is_writing_is_left_alone() -> None:
    save("album/1914/long.tif", pages=40)
    other = start("album", "-o", "out")
    wait_for(".long.txt.*")
    assert run("album", "-o", "out").exit_code == 0
    assert other.wait(60) == 0
    assert tree() == sorted([*mirrored(".txt"), "1914/long.txt"])
