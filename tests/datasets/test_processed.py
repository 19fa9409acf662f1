import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import pytest
from PIL import Image

from inkread.datasets import processed
from inkread.datasets.dataset import Example, Split
from inkread.datasets.png import decode_alike, encode
from inkread.datasets.processed import load, read_examples, write_examples
from inkread.errors import ConfigError, DataError


def _characters(count: int, size: tuple[int, int] = (28, 28)) -> list[Example]:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (count, *size), dtype=np.uint8)
    return [
        Example(image, number % 7, f"w{number // 10}", f"k/{number}") for number, image in enumerate(images)
    ]


def test_characters_come_back_one_by_one_and_all_at_once(tmp_path: Path) -> None:
    examples = _characters(50)
    assert write_examples(tmp_path / "made" / "x.parquet", iter(examples)) == 50
    read = read_examples(tmp_path / "made" / "x.parquet")
    assert len(read) == 50 and os.listdir(tmp_path / "made") == ["x.parquet"]
    assert read.targets == [example.target for example in examples]
    assert read.writers == [example.writer for example in examples]
    for mine, theirs in zip(examples, read, strict=True):
        assert np.array_equal(mine.image, theirs.image) and theirs.image.dtype == np.uint8
        assert (mine.target, mine.writer, mine.key) == (theirs.target, theirs.writer, theirs.key)
    images, labels = read.arrays()
    assert images.shape == (50, 28, 28) and labels.dtype == np.int64
    assert np.array_equal(images, np.stack([example.image for example in examples]))


def test_some_of_them_are_taken_in_the_order_asked(tmp_path: Path) -> None:
    write_examples(tmp_path / "x.parquet", _characters(20))
    some = read_examples(tmp_path / "x.parquet").take([7, 3, 19])
    assert [some[n].key for n in range(3)] == ["k/7", "k/3", "k/19"] and some[-1].key == "k/19"
    assert some.targets == [0, 3, 5] and some.labels.tolist() == [0, 3, 5]
    assert np.array_equal(some.arrays()[0][1], _characters(20)[3].image)
    assert [example.key for example in some[1:]] == ["k/3", "k/19"]
    with pytest.raises(IndexError):
        some[3]


def test_examples_are_sent_to_another_process_as_a_path(tmp_path: Path) -> None:
    write_examples(tmp_path / "x.parquet", _characters(2000))
    some = read_examples(tmp_path / "x.parquet").take(range(0, 2000, 400))
    sent = pickle.dumps(some)
    assert len(sent) < 1000
    assert [example.key for example in pickle.loads(sent)] == [example.key for example in some]


def test_lines_and_regions_keep_size_and_kind(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    lines = [
        Example(rng.integers(0, 256, (40, 90 + n), dtype=np.uint8), f"l'été\u00a0{n}", key=str(n))
        for n in range(4)
    ]
    maps = [Example(line.image, (line.image > 99).astype(np.uint8) * 2, "anna") for line in lines if line.key]
    write_examples(tmp_path / "lines.parquet", lines)
    write_examples(tmp_path / "maps.parquet", maps)
    read = read_examples(tmp_path / "lines.parquet")
    assert list(read.targets) == [line.target for line in lines]
    assert [line.image.shape for line in read] == [(40, 90 + n) for n in range(4)]
    drawn = read_examples(tmp_path / "maps.parquet")
    assert len(drawn.targets) == 4 and np.array_equal(drawn.targets[2], maps[2].target)
    assert np.array_equal(drawn.targets[1:][0], maps[1].target)
    assert np.array_equal(drawn[3].target, maps[3].target) and drawn[3].writer == "anna"
    with pytest.raises(DataError, match="holds no classes"):
        read.arrays()


def test_a_split_may_be_empty_and_a_file_larger_than_a_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert write_examples(tmp_path / "none.parquet", []) == 0
    empty = read_examples(tmp_path / "none.parquet")
    assert len(empty) == 0 and list(empty.targets) == [] and empty.arrays()[1].shape == (0,)
    monkeypatch.setattr(processed, "_ROWS", 8)
    mixed = [*_characters(30), *_characters(30, (80, 70))]
    write_examples(tmp_path / "many.parquet", mixed)
    read = read_examples(tmp_path / "many.parquet")
    assert all(np.array_equal(mine.image, theirs.image) for mine, theirs in zip(mixed, read, strict=True))
    assert read.writers == [example.writer for example in mixed]
    assert read.take(range(30)).arrays()[0].shape == (30, 28, 28)
    with pytest.raises(DataError, match="differ in size"):
        read.arrays()


@pytest.mark.parametrize("size", [(28, 28), (1, 3), (64, 64), (65, 20)])
def test_every_reader_opens_our_png(size: tuple[int, int], tmp_path: Path) -> None:
    image = np.random.default_rng(3).integers(0, 256, size, dtype=np.uint8)
    content = encode(image)
    (tmp_path / "x.png").write_bytes(content)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "x.png")), image)
    assert np.array_equal(cv2.imread(str(tmp_path / "x.png"), cv2.IMREAD_UNCHANGED), image)
    alike = decode_alike(np.frombuffer(content * 2, np.uint8).reshape(2, -1))
    assert alike is None if max(size) > 64 else np.array_equal(alike, [image, image])


def test_damaged_files_are_told_apart_from_missing_ones(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    with pytest.raises(DataError, match="is missing"):
        read_examples(path)
    write_examples(path, _characters(300))
    content = path.read_bytes()
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 0x40
    for damaged in (b"nothing of the kind", content[: len(content) // 2], bytes(flipped)):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"x\.parquet is damaged"):
            read_examples(path)
    with pytest.raises(DataError, match="has other columns"):
        import pyarrow
        from pyarrow import parquet

        parquet.write_table(pyarrow.table({"image": [b""]}), path)
        read_examples(path)


def test_a_damaged_image_is_named(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    write_examples(tmp_path / "x.parquet", _characters(2))
    table = parquet.read_table(tmp_path / "x.parquet")
    broken = pyarrow.array([b"", b"no image"], pyarrow.large_binary())
    parquet.write_table(table.set_column(0, table.schema.field(0), broken), tmp_path / "x.parquet")
    read = read_examples(tmp_path / "x.parquet")
    for number in range(2):
        with pytest.raises(DataError, match=f"Image {number} in .* is damaged"):
            read[number]


def _made(count: int = 5) -> dict[Split, Iterator[Example]]:
    return {"train": iter(_characters(count)), "test": iter(_characters(2))}


def test_data_are_made_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "emnist" / "abc"
    assert len(load(folder, {"a": [1, "é"]}, _made)["train"]) == 5
    names = ["arguments.json", "test.parquet", "train.parquet", "validation.parquet"]
    assert sorted(os.listdir(folder)) == names
    assert "é" in (folder / "arguments.json").read_text(encoding="utf-8")
    again = load(folder, {}, lambda: pytest.fail("made again"))
    assert {split: len(examples) for split, examples in again.items()} == {
        "train": 5, "validation": 0, "test": 2,
    }  # fmt: skip
    assert capfd.readouterr() == ("", ""), "work of a moment is not reported"


def test_data_that_cannot_be_made_leave_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Example]:
        yield from _characters(3)
        raise DataError("The archive is truncated; fetch it again.")

    with pytest.raises(DataError, match="truncated"):
        load(tmp_path / "x" / "abc", {}, lambda: {"train": broken()})
    assert [name for name in os.listdir(tmp_path / "x") if not name.endswith(".lock")] == []


def test_processed_data_that_were_damaged_say_which_folder_to_delete(tmp_path: Path) -> None:
    load(tmp_path / "x" / "abc", {}, _made)
    (tmp_path / "x" / "abc" / "test.parquet").unlink()
    with pytest.raises(DataError, match=r"[Dd]elete the folder .*abc"):
        load(tmp_path / "x" / "abc", {}, _made)


_SLOW = """
import sys, time
import numpy as np
from inkread.datasets.dataset import Example
from inkread.datasets.processed import load
def slow():
    for number in range(1000):
        print(number, flush=True)
        yield Example(np.full((28, 28), 9, np.uint8), 0)
        time.sleep(0.05)
load(sys.argv[1], {}, lambda: {"train": slow()})
"""


def test_a_killed_process_leaves_no_half_made_data_and_no_lock(tmp_path: Path) -> None:
    folder = tmp_path / "x" / "abc"
    process = subprocess.Popen([sys.executable, "-c", _SLOW, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n" and process.stdout.readline() == "1\n"
    left = list(folder.parent.glob(".abc.making-*"))
    assert len(left) == 1 and not folder.exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not folder.exists() and left[0].exists()
    assert len(load(folder, {}, _made)["train"]) == 5
    assert not list(folder.parent.glob(".abc.making-*")), "what the killed one left is cleared away"


def test_of_two_that_want_the_same_data_one_makes_them(tmp_path: Path) -> None:
    calls, told = [], []

    def make() -> dict[Split, Iterator[Example]]:
        calls.append(1)
        time.sleep(0.3)
        return _made()

    found: list[int] = []
    threads = [
        Thread(target=lambda: found.append(len(load(tmp_path / "x" / "abc", {}, make, told.append)["train"])))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, len(calls)) == ([5, 5, 5], 1)
    assert told == ["x: another process makes these data; waiting for it."] * 2


def test_where_there_are_no_locks_the_first_to_finish_wins(tmp_path: Path) -> None:
    folder = tmp_path / "x" / "abc"
    folder.parent.mkdir()

    def overtaken() -> dict[Split, Iterator[Example]]:
        processed._make(folder, {}, _made, print, alone=False)
        return _made(9)

    processed._make(folder, {}, overtaken, print, alone=False)
    assert len(load(folder, {}, _made)["train"]) == 5
    assert os.listdir(tmp_path / "x") == ["abc"]


def test_without_pyarrow_one_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"pip install 'inkread\[train\]'"):
        load(tmp_path / "x" / "abc", {}, _made)
