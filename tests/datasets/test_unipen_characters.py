from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inkread.datasets.unipen import Segment
from inkread.datasets.unipen_characters import UnipenCharactersDataset, draw_character, writers_pen
from inkread.errors import ConfigError, DataError
from inkread.ink.strokes import Stand


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, make_unipen: Callable[[Path], tuple[Path, Path]]) -> Path:
    folder = tmp_path_factory.mktemp("data")
    raw = folder / "raw" / "unipen"
    _, table = make_unipen(raw / "files")
    table.rename(raw / "split.tsv")
    return folder


def _segment(label: str, *strokes: list[tuple[float, float]]) -> Segment:
    points = tuple(np.array(stroke, np.float32) for stroke in strokes)
    return Segment(label, "character", points, "w", "abc", "f", "", Stand(0.0, 100.0, 0.0), 0, 0, True)


def test_all_printable_characters_in_the_shape_of_emnist() -> None:
    data = UnipenCharactersDataset()
    assert "".join(data.classes) == "".join(map(chr, range(33, 127)))
    assert (data.task, data.input_shape, data.output_shape) == ("characters", (28, 28), (94,))


def test_characters_are_centred_dark_on_light_and_of_one_writer_a_split(data: Path) -> None:
    dataset = UnipenCharactersDataset(data=data)
    train, validation, test = (dataset.split(split) for split in ("train", "validation", "test"))
    assert len(train) == len(test) == 24 and len(validation) == 0
    assert set(train.writers) == {"abc/anna"} and set(test.writers) == {"abc/bert"}
    assert {dataset.classes[int(target)] for target in train.targets} == set("onml")  # type: ignore[call-overload]
    for example in train:
        rows, columns = np.nonzero(example.image < 128)
        assert example.image[0].min() == 255 and example.image.min() < 60
        assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
        assert abs(rows.min() + rows.max() - 27) <= 1 and abs(columns.min() + columns.max() - 27) <= 1


def test_size_and_what_is_filled_can_be_set_and_sources_left_out(data: Path) -> None:
    example = next(iter(UnipenCharactersDataset(data=data, size=40, filled=36).make()["train"]))
    rows, columns = np.nonzero(example.image < 128)
    assert example.image.shape == (40, 40) and 35 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 37
    assert not list(UnipenCharactersDataset(data=data, without=["abc"]).make()["train"])
    assert UnipenCharactersDataset(size=40).input_shape == (40, 40)


def test_each_writer_keeps_a_pen_that_a_seed_chooses(data: Path) -> None:
    pens = [writers_pen(f"abc/{number}", 1) for number in range(200)]
    assert min(pens) >= 0.08 and max(pens) <= 0.28 and len(set(pens)) > 150
    assert pens[7] == writers_pen("abc/7", 1) != writers_pen("abc/7", 2)
    one, two, three = (
        [example.image for example in UnipenCharactersDataset(data=data, seed=seed).make()["train"]]
        for seed in (2, 2, 3)
    )
    assert np.array_equal(one, two) and not np.array_equal(one, three)
    folders = {UnipenCharactersDataset(data=data, seed=seed).processed for seed in (2, 2, 3)}
    assert len(folders) == 2


def test_pens_that_know_no_size_are_drawn_beside_the_writers(data: Path) -> None:
    made = {pen: UnipenCharactersDataset(data=data, pen=pen).make() for pen in ("writer", "any", "both")}  # type: ignore[arg-type]
    train = {pen: [example.image.tobytes() for example in splits["train"]] for pen, splits in made.items()}
    assert set(train["both"]) == set(train["writer"]) | set(train["any"])
    assert len(train["both"]) == 48 and train["writer"] != train["any"]
    assert len(list(made["both"]["test"])) == 24
    with pytest.raises(ConfigError, match="writer, any or both"):
        UnipenCharactersDataset(pen="quill")  # type: ignore[arg-type]


def test_a_small_letter_that_fills_its_image_is_bolder() -> None:
    small, large = (
        draw_character(_segment("c", [(size, 0.0), (0.0, 0.0), (0.0, size), (size, size)]), 0.15)
        for size in (80.0, 200.0)
    )
    assert small is not None and large is not None
    assert (small < 128).sum() > 1.3 * (large < 128).sum()


def test_at_the_x_height_small_letters_stay_small() -> None:
    ring = [(float(x), float(y)) for x, y in 50 + 50 * np.array([(0, -1), (1, 0), (0, 1), (-1, 0), (0, -1)])]
    small, large = _segment("o", ring), _segment("O", [(2 * x, 2 * y) for x, y in ring])
    tall = _segment("l", [(0.0, 0.0), (0.0, 500.0)])

    def height(segment: Segment, scale: str) -> int:
        image = draw_character(segment, 0.15, scale)  # type: ignore[arg-type]
        assert image is not None and image.shape == (28, 28)
        return int(np.ptp(np.nonzero(image < 128)[0])) + 1

    assert height(small, "fill") == height(large, "fill")
    assert height(large, "x_height") - height(small, "x_height") in (8, 9, 10)
    assert height(tall, "x_height") <= 28


def test_a_dot_is_a_blob_that_fills_or_a_dot_and_a_letter_of_no_size_is_left_out() -> None:
    dot = _segment(".", [(5.0, 5.0)])
    blob, small = draw_character(dot, 0.15), draw_character(dot, 0.15, "x_height")
    assert blob is not None and small is not None
    assert 250 < (blob < 128).sum() < 400 and 1 <= (small < 200).sum() < 8
    assert draw_character(_segment("a", [(5.0, 5.0)]), 0.15) is None


def test_a_wrong_scale_and_missing_strokes_are_plain_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="fill or x_height"):
        UnipenCharactersDataset(scale="huge")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="filled 4 to size"):
        UnipenCharactersDataset(filled=30)
    with pytest.raises(ConfigError, match=r"write \['syn'\]"):
        UnipenCharactersDataset(without="syn")
    with pytest.raises(DataError, match="split"):
        UnipenCharactersDataset(data=tmp_path).load()
    assert not list(tmp_path.glob("processed/unipen_characters/[!.]*"))
